"""Reads rows of the database into the values of `servicerules`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month, day_end
from programmes.rulebook import rules_in
from service.beside import REACH, gifts_of, shared_rows
from service.models import Reopening, Visit, Waiver
from service.parties import groups_of, parties_of, quota_groups_of
from service.terms import opened_late, pasts_of, replaced_in, term_of
from servicerules import Record, RuleSet, Service
from servicerules import Reopening as Reopened
from servicerules import Waiver as Excuse


def rules_of(assignment: Assignment) -> RuleSet:
    """The rules the assignment's batch is pinned to; the batch comes with the assignment.

    Raises Refused, naming the batch and what to do, where they cannot be read.
    """
    return rules_in(assignment.batch, assignment.batch.rule_set_id)


def by_rules(assignments: Iterable[Assignment]) -> list[tuple[RuleSet, list[Assignment]]]:
    """The assignments by the version of the rules that their batch has; by their batch, where services of one batch are
    judged together. Raises Refused where the rules cannot be read."""
    found: dict[tuple[int, int], tuple[RuleSet, list[Assignment]]] = {}
    for each in assignments:
        rules = rules_of(each)
        key = each.batch.rule_set_id, each.batch_id if groups_of(rules) else 0
        found.setdefault(key, (rules, []))[1].append(each)
    return list(found.values())


def trouble_with(assignment: Assignment) -> str:
    """Why nothing can be judged here, in a sentence; "" where the rules of the batch can be read."""
    try:
        rules_of(assignment)
    except Refused as refusal:
        return refusal.message
    return ""


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


def known_of(keys: Sequence[int], *, near: tuple[date, date] | None = None) -> Mapping[int, Facts]:
    """Assignment's key → its records, those shared with it among them, waivers and re-openings, in four queries; with
    days, the records near them."""
    found: dict[int, Facts] = defaultdict(Facts)
    visits = Visit.objects.filter(assignment__in=keys).order_by("assignment", "starts_on", "pk")
    if near is not None:
        visits = visits.filter(starts_on__lte=near[1] + REACH, ends_on__gte=near[0] - REACH)
    for row in [*visits.values_list(*VISIT_COLUMNS), *shared_rows(keys, VISIT_COLUMNS, near=near)]:
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
        documented=bool(waiver.document),
        reason=waiver.reason,
    )


def services_of(
    rules: RuleSet | None, assignments: Sequence[Assignment], *, near: tuple[date, date] | None = None
) -> list[Service]:
    """The assignments as the rules judge them, with all that is known of them, or with the records near some days.

    Without rules they come as any rules can judge them, so that several can be compared.
    """
    keys = [each.pk for each in assignments]
    facts, pasts = known_of(keys, near=near), pasts_of(assignments)
    parties, given = parties_of(rules, keys), gifts_of(keys) if rules is None or rules.indicators else {}
    nothing = Facts()
    found = []
    for each in assignments:
        known, past = facts.get(each.pk, nothing), pasts[each.pk]
        found.append(
            Service(
                each.pk, term_of(each, past.replaced), each.doctor_id, each.host_id, records=known.records,
                waivers=known.waivers, reopened=[*known.reopened, *opened_late(rules or rules_of(each), each, past)],
                given=given.get(each.pk, ()), team=each.host_id,
                **parties.get(each.pk, {}),
            )
        )  # fmt: skip
    return found


def service_of(assignment: Assignment) -> Service:
    """One assignment alone, with all that is known of it."""
    return services_of(rules_of(assignment), [assignment])[0]


def frames_of(rules: RuleSet, assignments: Sequence[Assignment]) -> list[Service]:
    """The terms and the people of assignments, without what was done."""
    parties, replaced = parties_of(rules, [each.pk for each in assignments]), replaced_in(assignments)
    return [
        Service(
            each.pk, term_of(each, replaced.get(each.pk, ())), each.doctor_id, each.host_id, each.host_id,
            **parties.get(each.pk, {}),
        )
        for each in assignments
    ]  # fmt: skip


def opened_of(assignment: Assignment) -> Service:
    """The term of an assignment and the months that were opened again; no records."""
    past = pasts_of([assignment])[assignment.pk]
    again = [each for _key, each in _reopenings([assignment.pk])]
    late = opened_late(rules_of(assignment), assignment, past)
    return Service(assignment.pk, term_of(assignment, past.replaced), reopened=[*again, *late])


# -- Services that are judged together ----------------------------------------------------------------------------


def with_others(rules: RuleSet, assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments, and those of the same batch that a rule of theirs judges together with them; only where there is
    such a rule."""
    found = {each.pk: each for each in assignments}
    for path in groups_of(rules):
        for each in _beside(assignments, path):
            found.setdefault(each.pk, each)
    return list(found.values())


def with_rivals(rules: RuleSet, assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments, and those of the same batch whose grades decide on theirs: all of a group that has a quota. A
    quota looks at grades that the quotas before it moved, so the last is followed first."""
    found = {each.pk: each for each in assignments}
    for path in reversed(quota_groups_of(rules)):
        for each in _beside(list(found.values()), path):
            found.setdefault(each.pk, each)
    return list(found.values())


def _beside(assignments: Sequence[Assignment], path: str) -> Iterator[Assignment]:
    """The assignments of the same batches that have a column in common with these."""
    for batch in sorted({each.batch_id for each in assignments}):
        mine = Assignment.objects.filter(pk__in=[each.pk for each in assignments if each.batch_id == batch])
        rows = Assignment.objects.filter(batch=batch, **{f"{path}__in": mine.values(path)})
        yield from rows.begun().select_related("batch").order_by("pk")


def doctors_records(doctor_id: int, first: date, last: date) -> list[Record]:
    """A doctor's visits of any assignment near these days: what a new entry could clash with."""
    rows = Visit.objects.filter(doctor=doctor_id, starts_on__lte=last + REACH, ends_on__gte=first - REACH)
    return [record_of(row) for row in rows.values_list(*VISIT_COLUMNS)]
