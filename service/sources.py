"""Reads rows of the database into the values of `service.compliance`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month
from programmes.models import Batch, RuleSet
from programmes.rulebook import unreadable_rules
from service.compliance import ReopenFact, RuleError, ServiceRules, Term, VisitFact, WaiverFact
from service.models import Reopening, Visit, Waiver
from service.wording import sentence

# A visit may reach into the month before or after; nobody stays longer than this at one enterprise.
REACH = timedelta(days=31)


@lru_cache(maxsize=64)
def _read_rules(pk: int) -> ServiceRules | RuleError:
    # A rule set is never changed, so what was read once holds for the life of the process, a fault too.
    try:
        return ServiceRules.from_data(RuleSet.objects.values_list("data", flat=True).get(pk=pk))
    except RuleError as error:
        return error


def rules_of(assignment: Assignment) -> ServiceRules:
    """The rules the assignment's batch is pinned to; the batch comes with the assignment.

    Raises Refused, naming the batch and what to do, where they cannot be read.
    """
    return rules_in(assignment.batch, assignment.batch.rule_set_id)


def rules_in(batch: Batch, rule_set_id: int) -> ServiceRules:
    """One version of the rules of a batch: the one it is pinned to, or one that a check was judged by."""
    rules = _read_rules(rule_set_id)
    if isinstance(rules, RuleError):
        raise unreadable_rules(batch, [sentence(reason) for reason in rules.reasons])
    return rules


def trouble_with(assignment: Assignment) -> str:
    """Why nothing can be judged here, in a sentence; "" where the rules of the batch can be read."""
    try:
        rules_of(assignment)
    except Refused as refusal:
        return refusal.message
    return ""


def term_of(assignment: Assignment) -> Term:
    return Term(assignment.first_day, assignment.agreed_until, assignment.stopped_on, assignment.stopped_at)


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
    """Assignment's key → its visits, waivers and re-openings, in three queries; with a month, what can affect it."""
    keys = [assignment.pk for assignment in assignments]
    found: dict[int, Facts] = defaultdict(Facts)
    visits = Visit.objects.filter(assignment__in=keys).order_by("assignment", "starts_on", "pk")
    waivers = Waiver.objects.filter(assignment__in=keys).order_by("pk")
    reopened = Reopening.objects.filter(assignment__in=keys).order_by("at", "pk")
    if month is not None:
        visits = visits.filter(starts_on__lte=month.last + REACH, ends_on__gte=month.first - REACH)
        waivers = waivers.filter(month=month.first)
        reopened = reopened.filter(month=month.first)
    for row in visits.values_list(*VISIT_COLUMNS):
        found[row[0]].visits.append(VisitFact(*row[1:]))
    for waiver in waivers:
        found[waiver.assignment_id].waivers.append(_waiver_fact(waiver))
    for key, day, at, until, reason in reopened.values_list("assignment_id", "month", "at", "until", "reason"):
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
