"""The term of a service as it was known at any moment: history tells what later days replaced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Manager, Min, Model

from assignments.models import Assignment
from assignments.values import term_of as known_now
from officedata.months import Month, local_day
from servicerules import Reopening, Replaced, RuleSet, Term, month_of, whole_month

ONE_DAY = timedelta(days=1)


class Past(NamedTuple):
    """When a service was begun, where that is known, and the late starts and extensions that later ones replaced."""

    begun: datetime | None = None
    replaced: tuple[Replaced, ...] = ()


def term_of(assignment: Assignment, replaced: tuple[Replaced, ...] = ()) -> Term:
    """The term of an assignment with what its row does not tell any more."""
    return known_now(assignment, replaced)


def pasts_of(assignments: Iterable[Assignment]) -> Mapping[int, Past]:
    """Assignment's key → what its row does not tell any more."""
    rows = list(assignments)
    begun, replaced = _begun_at(rows), replaced_in(rows)
    return {each.pk: Past(begun.get(each.pk), replaced.get(each.pk, ())) for each in rows}


def _history() -> Manager[Model]:
    rows: Manager[Model] = apps.get_model("assignments", "AssignmentEvent")._default_manager
    return rows


def _begun_at(assignments: Sequence[Assignment]) -> dict[int, datetime]:
    """The moment at which each service was begun, where it is known; the history tells it of those that have ended."""
    active = Assignment.Status.ACTIVE
    listed = [each for each in assignments if each.status_at is not None]
    found = {each.pk: each.status_at for each in listed if each.status == active and each.status_at is not None}
    ended = [each.pk for each in listed if each.status != active]
    if ended:
        events = _history().filter(pgh_obj__in=ended)
        rows = events.filter(status=active, status_at__isnull=False).order_by().values_list("pgh_obj_id")
        found.update(rows.annotate(first=Min("status_at")))
    return found


def replaced_in(assignments: Sequence[Assignment]) -> dict[int, tuple[Replaced, ...]]:
    """Assignment's key → the late starts and extensions that are not those of the row any more; only where there
    are."""
    found: dict[int, dict[Replaced, None]] = {}
    for what, day in (("started", "started_on"), ("extended", "extended_to")):
        known = f"{what}_known_at"
        now = {each.pk: getattr(each, known) for each in assignments if getattr(each, known) is not None}
        if not now:
            continue
        rows = _history().filter(pgh_obj__in=now, **{f"{known}__isnull": False})
        for key, on, at in rows.order_by(known, "pgh_id").values_list("pgh_obj_id", day, known):
            if at != now[key]:
                found.setdefault(key, {})[Replaced(what, on, at)] = None
    return {key: tuple(each) for key, each in found.items()}


# -- Months that became known late --------------------------------------------------------------------------------


def opened_late(rules: RuleSet, assignment: Assignment, past: Past) -> Iterator[Reopening]:
    """The months that were over when they became months of the service, because it was begun or extended afterwards:
    each takes entries for the days of grace from then on."""
    if past.begun is None and assignment.extended_to is None:
        return
    ends = [(each.day, each.known_at) for each in past.replaced if each.what == "extended"]
    if assignment.extended_to is not None and assignment.extended_known_at is not None:
        ends.append((assignment.extended_to, assignment.extended_known_at))
    if past.begun is not None:
        # An extension that was known by then was agreed with the rest.
        agreed = max([assignment.ends_on, *(day for day, known_at in ends if known_at <= past.begun)])
        yield from _over_before(rules, assignment, (assignment.starts_on, agreed), past.begun)
    before = assignment.ends_on
    for last, known_at in ends:
        yield from _over_before(rules, assignment, (before + ONE_DAY, last), known_at)
        before = last


@lru_cache(maxsize=1024)
def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day of a moment; services of a batch are begun together."""
    return local_day(moment, zone)


def _over_before(
    rules: RuleSet, assignment: Assignment, days: tuple[date, date], known: datetime
) -> Iterator[Reopening]:
    day = _day_of(known, rules.clock)
    if day <= days[0]:
        return
    anchor = 1 if rules.entries.month == "calendar" else assignment.starts_on.day
    until = day + rules.entries.grace_days * ONE_DAY
    for month in Month.between(month_of(days[0], anchor).first, month_of(min(day, days[1]), anchor).first):
        if whole_month(month, anchor).last < day:
            yield Reopening(month, known, until)
