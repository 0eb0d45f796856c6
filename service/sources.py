"""Reads rows of the database into the values of `servicerules`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min

from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month, day_end, local_day
from programmes.rulebook import rules_in
from service.models import Reopening, Visit, Waiver
from service.parties import groups_of, parties_of
from servicerules import Record, RuleSet, Service, Term, month_of, whole_month
from servicerules import Reopening as Reopened
from servicerules import Waiver as Excuse

# A visit may reach into the month before or after; nobody stays longer than this at one enterprise.
REACH = timedelta(days=31)
ONE_DAY = timedelta(days=1)


def rules_of(assignment: Assignment) -> RuleSet:
    """The rules the assignment's batch is pinned to; the batch comes with the assignment.

    Raises Refused, naming the batch and what to do, where they cannot be read.
    """
    return rules_in(assignment.batch, assignment.batch.rule_set_id)


def by_rules(assignments: Iterable[Assignment]) -> list[tuple[RuleSet, list[Assignment]]]:
    """The assignments by the version of the rules that their batch has. Raises Refused where one cannot be read."""
    found: dict[int, tuple[RuleSet, list[Assignment]]] = {}
    for each in assignments:
        found.setdefault(each.batch.rule_set_id, (rules_of(each), []))[1].append(each)
    return list(found.values())


def trouble_with(assignment: Assignment) -> str:
    """Why nothing can be judged here, in a sentence; "" where the rules of the batch can be read."""
    try:
        rules_of(assignment)
    except Refused as refusal:
        return refusal.message
    return ""


def term_of(assignment: Assignment) -> Term:
    return Term(
        assignment.starts_on, assignment.ends_on, assignment.stopped_on, assignment.stopped_at,
        assignment.started_on, assignment.started_known_at, assignment.extended_to, assignment.extended_known_at,
    )  # fmt: skip


@dataclass
class Facts:
    """What is known about one assignment."""

    records: list[Record] = field(default_factory=list)
    waivers: list[Excuse] = field(default_factory=list)
    reopened: list[Reopened] = field(default_factory=list)


VISIT_COLUMNS = (
    "assignment_id", "id", "starts_on", "ends_on", "logged_at", "enterprise_id", "mode", "confirmed_at", "disputed_at",
    "withdrawn_at",
)  # fmt: skip


def record_of(row: Sequence[Any]) -> Record:
    """The values of VISIT_COLUMNS as a record."""
    _assignment, pk, first, last, logged, host, mode, confirmed, disputed, withdrawn = row
    return Record(pk, first, last, logged, host, "visit", mode, None, confirmed, disputed, withdrawn)


def record_of_visit(visit: Visit) -> Record:
    """A visit alone."""
    return record_of([getattr(visit, name) for name in VISIT_COLUMNS])


def entry_of(rules: RuleSet, enterprise: int, first: date, last: date, *, on: date) -> Record:
    """A visit that is to be entered."""
    return Record("", first, last, day_end(on, rules.clock), enterprise)


def facts_of(keys: Sequence[int], *, near: tuple[date, date] | None = None) -> Mapping[int, Facts]:
    """Assignment's key → its records, waivers and re-openings, in three queries; with days, the records near them."""
    found: dict[int, Facts] = defaultdict(Facts)
    visits = Visit.objects.filter(assignment__in=keys).order_by("assignment", "starts_on", "pk")
    if near is not None:
        visits = visits.filter(starts_on__lte=near[1] + REACH, ends_on__gte=near[0] - REACH)
    for row in visits.values_list(*VISIT_COLUMNS):
        found[row[0]].records.append(record_of(row))
    for waiver in Waiver.objects.filter(assignment__in=keys).order_by("pk"):
        found[waiver.assignment_id].waivers.append(_excuse(waiver))
    for key, each in _reopenings(keys):
        found[key].reopened.append(each)
    return found


def _reopenings(keys: Sequence[int]) -> Iterator[tuple[int, Reopened]]:
    rows = Reopening.objects.filter(assignment__in=keys).order_by("at", "pk")
    for key, day, at, until, reason in rows.values_list("assignment_id", "month", "at", "until", "reason"):
        yield key, Reopened(Month.of(day), at, until, reason)


def _excuse(waiver: Waiver) -> Excuse:
    decided = waiver.status != Waiver.Status.ASKED
    return Excuse(
        waiver.pk,
        waiver.window,
        waiver.asked_at,
        waiver.status_at if decided else None,
        waiver.status == Waiver.Status.GRANTED if decided else None,
        reason=waiver.reason,
    )


def services_of(
    rules: RuleSet, assignments: Sequence[Assignment], *, near: tuple[date, date] | None = None
) -> list[Service]:
    """The assignments as the rules judge them, with all that is known of them, or with the records near some days."""
    keys = [each.pk for each in assignments]
    facts, begun = facts_of(keys, near=near), begun_at(assignments)
    parties = parties_of(rules, keys)
    nothing = Facts()
    found = []
    for each in assignments:
        known = facts.get(each.pk, nothing)
        found.append(
            Service(
                each.pk, term_of(each), each.doctor_id, each.host_id, records=known.records, waivers=known.waivers,
                reopened=[*known.reopened, *_opened_late(rules, each, begun.get(each.pk))],
                **parties.get(each.pk, {}),
            )
        )  # fmt: skip
    return found


def service_of(assignment: Assignment) -> Service:
    """One assignment alone, with all that is known of it."""
    return services_of(rules_of(assignment), [assignment])[0]


def frames_of(rules: RuleSet, assignments: Sequence[Assignment]) -> list[Service]:
    """The terms and the people of assignments, without what was done."""
    parties = parties_of(rules, [each.pk for each in assignments])
    return [
        Service(each.pk, term_of(each), each.doctor_id, each.host_id, **parties.get(each.pk, {}))
        for each in assignments
    ]


def opened_of(assignment: Assignment) -> Service:
    """The term of an assignment and the months that were opened again; no records."""
    late = _opened_late(rules_of(assignment), assignment, begun_at([assignment]).get(assignment.pk))
    again = [each for _key, each in _reopenings([assignment.pk])]
    return Service(assignment.pk, term_of(assignment), reopened=[*again, *late])


# -- Months that became known late --------------------------------------------------------------------------------


def begun_at(assignments: Iterable[Assignment]) -> dict[int, datetime]:
    """The moment at which each service was begun, where it is known; the history tells it of those that have ended."""
    active = Assignment.Status.ACTIVE
    listed = [each for each in assignments if each.status_at is not None]
    found = {each.pk: each.status_at for each in listed if each.status == active and each.status_at is not None}
    ended = [each.pk for each in listed if each.status != active]
    if ended:
        events = apps.get_model("assignments", "AssignmentEvent")._default_manager.filter(pgh_obj__in=ended)
        rows = events.filter(status=active, status_at__isnull=False).order_by().values_list("pgh_obj_id")
        found.update(rows.annotate(first=Min("status_at")))
    return found


def _opened_late(rules: RuleSet, assignment: Assignment, begun: datetime | None) -> Iterator[Reopened]:
    """The months that were over when they became months of the service, because it was begun or extended afterwards:
    each takes entries for the days of grace from then on."""
    if begun is not None:
        yield from _over_before(rules, assignment, (assignment.starts_on, assignment.agreed_until), begun)
    if assignment.extended_to is not None and assignment.extended_known_at is not None:
        days = (assignment.ends_on + ONE_DAY, assignment.extended_to)
        yield from _over_before(rules, assignment, days, assignment.extended_known_at)


def _over_before(
    rules: RuleSet, assignment: Assignment, days: tuple[date, date], known: datetime
) -> Iterator[Reopened]:
    day = local_day(known, rules.clock)
    if day <= days[0]:
        return
    anchor = 1 if rules.entries.month == "calendar" else assignment.starts_on.day
    until = day + rules.entries.grace_days * ONE_DAY
    for month in Month.between(month_of(days[0], anchor).first, month_of(min(day, days[1]), anchor).first):
        if whole_month(month, anchor).last < day:
            yield Reopened(month, known, until)


# -- Services that are judged together ----------------------------------------------------------------------------


def with_others(rules: RuleSet, assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments, and those of the same batch that a rule of theirs judges together with them; only where there is
    such a rule."""
    found = {each.pk: each for each in assignments}
    for path in groups_of(rules):
        for batch in {each.batch_id for each in assignments}:
            mine = Assignment.objects.filter(pk__in=[each.pk for each in assignments if each.batch_id == batch])
            rows = Assignment.objects.filter(batch=batch, **{f"{path}__in": mine.values(path)})
            begun = rows.exclude(status__in=[Assignment.Status.PREPARING, Assignment.Status.CANCELLED])
            for each in begun.select_related("batch").order_by("pk"):
                found.setdefault(each.pk, each)
    return list(found.values())


def doctors_records(doctor_id: int, first: date, last: date) -> list[Record]:
    """A doctor's visits of any assignment near these days: what a new entry could clash with."""
    rows = Visit.objects.filter(doctor=doctor_id, starts_on__lte=last + REACH, ends_on__gte=first - REACH)
    return [record_of(row) for row in rows.values_list(*VISIT_COLUMNS)]
