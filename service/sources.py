"""Rows of the database as the facts the judge of service reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from assignments.models import Assignment
from officedata.months import Month
from programmes.models import RuleSet
from service.compliance import ReopenFact, ServiceRules, Term, VisitFact, WaiverFact
from service.models import MonthlyCheck, Visit, Waiver

# A visit may reach into the month before or after; nobody stays longer than this at one enterprise.
REACH = timedelta(days=31)


@lru_cache(maxsize=64)
def _read_rules(pk: int) -> ServiceRules:
    # A rule set is never changed, so what was read once holds for the life of the process.
    return ServiceRules.from_data(RuleSet.objects.values_list("data", flat=True).get(pk=pk))


def rules_of(assignment: Assignment) -> ServiceRules:
    """The rules the assignment's batch is pinned to; the batch comes with the assignment."""
    return _read_rules(assignment.batch.rule_set_id)


def term_of(assignment: Assignment) -> Term:
    return Term(assignment.starts_on, assignment.ends_on, assignment.stopped_on, assignment.stopped_at)


@dataclass
class Facts:
    """What is known about one assignment."""

    visits: list[VisitFact] = field(default_factory=list)
    waivers: list[WaiverFact] = field(default_factory=list)
    reopened: list[ReopenFact] = field(default_factory=list)


VISIT_COLUMNS = (
    "assignment_id", "id", "enterprise_id", "starts_on", "ends_on", "mode", "logged_at", "confirmed_at",
    "disputed_at", "withdrawn_at",
)  # fmt: skip


def facts_of(assignments: Sequence[Assignment], *, month: Month | None = None) -> Mapping[int, Facts]:
    """Assignment's key → its visits, waivers and re-openings, in three queries; with a month, what can bear on it."""
    keys = [assignment.pk for assignment in assignments]
    found: dict[int, Facts] = defaultdict(Facts)
    visits = Visit.objects.filter(assignment__in=keys).order_by("assignment", "starts_on", "pk")
    waivers = Waiver.objects.filter(assignment__in=keys).order_by("pk")
    reopened = MonthlyCheck.objects.filter(assignment__in=keys, reopened_at__isnull=False).order_by("pk")
    if month is not None:
        visits = visits.filter(starts_on__lte=month.last + REACH, ends_on__gte=month.first - REACH)
        waivers = waivers.filter(month=month.first)
        reopened = reopened.filter(month=month.first)
    for row in visits.values_list(*VISIT_COLUMNS):
        found[row[0]].visits.append(VisitFact(*row[1:]))
    for waiver in waivers:
        found[waiver.assignment_id].waivers.append(_waiver_fact(waiver))
    for key, day, at, until, reason in reopened.values_list(
        "assignment_id", "month", "reopened_at", "reopened_until", "reopened_reason"
    ):
        if at is not None:
            found[key].reopened.append(ReopenFact(Month.of(day), at, until, reason))
    return found


def _waiver_fact(waiver: Waiver) -> WaiverFact:
    decided = waiver.status != Waiver.Status.ASKED
    return WaiverFact(
        waiver.pk,
        Month.of(waiver.month),
        waiver.asked_at,
        waiver.status_at if decided else None,
        waiver.status == Waiver.Status.GRANTED if decided else None,
        waiver.reason,
    )


def doctors_visits(doctor_id: int, first: date, last: date) -> Iterable[VisitFact]:
    """A doctor's visits of any assignment near these days: what a new entry could clash with."""
    rows = Visit.objects.filter(doctor=doctor_id, starts_on__lte=last + REACH, ends_on__gte=first - REACH).values_list(
        *VISIT_COLUMNS
    )
    return [VisitFact(*row[1:]) for row in rows]
