"""Which days make a window, which part of it lies in the term, and when its entries lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from officedata.months import Month, day_start, term_end
from servicerules.facts import Replaced, Service, Stretch, Term
from servicerules.language import Dated, Every, Phase, Rolling, RuleSet, Window

ONE_DAY = timedelta(days=1)
SCHOOL_STARTS = 9
"""A school year begins on 1 September."""


class Span(NamedTuple):
    """The term of a service, or of several together: as agreed (extensions included), and as served."""

    agreed: Stretch
    served: Stretch


class Slot(NamedTuple):
    """One window: its key, the whole of it (beyond the term, too), and the part that is served.

    `number` counts from 1. `moving` says that it is judged anew each day and never over.
    """

    key: str
    whole: Stretch
    asked: Stretch
    number: int
    moving: bool = False
    of_term: bool = False


def span_of(term: Term, rules: RuleSet, as_of: datetime) -> Span:
    """A term as known at `as_of`."""
    if term.replaced:
        term = as_known(term, rules, as_of)
    zone = rules.clock
    last = term.ends_on
    if term.extended_to is not None and as_of >= (term.extended_known_at or day_start(term.ends_on, zone)):
        last = max(last, term.extended_to)
    agreed = Stretch(term.starts_on, last)
    first = agreed.first
    if term.started_on is not None and as_of >= (term.started_known_at or day_start(first, zone)):
        first = max(first, term.started_on)
    if term.stopped_on is not None and as_of >= (term.stopped_known_at or day_start(term.stopped_on, zone)):
        last = min(last, term.stopped_on)
    return Span(agreed, Stretch(first, last))


def as_known(term: Term, rules: RuleSet, as_of: datetime) -> Term:
    """A term with that late start and that extension which had become known last at `as_of`."""
    starting = term.started_known_at or day_start(term.starts_on, rules.clock)
    ending = term.extended_known_at or day_start(term.ends_on, rules.clock)
    started_at, started_on = _held(term, Replaced("started", term.started_on or term.starts_on, starting), as_of)
    extended_at, extended_to = _held(term, Replaced("extended", term.extended_to or term.ends_on, ending), as_of)
    return replace(
        term, started_on=started_on, started_known_at=started_at, extended_to=extended_to,
        extended_known_at=extended_at, replaced=(),
    )  # fmt: skip


def _held(term: Term, last: Replaced, as_of: datetime) -> tuple[datetime | None, date | None]:
    """Since when a day was known that held at a moment, and the day; nothing where none was known."""
    known = [(each.known_at, each.day) for each in (*term.replaced, last) if each.what == last.what]
    return max((each for each in known if each[0] <= as_of), default=(None, None))


def together(spans: Sequence[Span]) -> Span:
    """The term of several services: from the first day of the first to the last of the last."""
    if len(spans) == 1:
        return spans[0]
    agreed = Stretch(min(each.agreed.first for each in spans), max(each.agreed.last for each in spans))
    kept = [each.served for each in spans if each.served.days] or [spans[0].served]
    return Span(agreed, Stretch(min(each.first for each in kept), max(each.last for each in kept)))


def slots_of(window: Window, span: Span, rules: RuleSet, today: date) -> list[Slot]:
    """The windows that touch the agreed term, in order; dated ones all."""
    if isinstance(window, Every):
        return list(_every(window, span))
    if isinstance(window, Rolling):
        whole = Stretch(today - (window.rolling - 1) * ONE_DAY, today)
        return [_slot(str(today), whole, span, 1, moving=True)]
    if isinstance(window, Dated):
        dated = enumerate(window.dated, 1)
        return [_slot(each.code, Stretch(each.first, each.last), span, number) for number, each in dated]
    if isinstance(window, Phase):
        return [_slot(window.phase, phase_of(window.phase, span, rules), span, 1)]
    if window.whole == "term":
        return [Slot("term", span.agreed, span.served, 1, of_term=True)]
    upto = Stretch(span.agreed.first, max(today, span.agreed.first))
    return [_slot(str(today), upto, span, 1, moving=True)]


def pieces_of(window: Every | Rolling, span: Span, inside: Stretch) -> list[Stretch]:
    """The smaller windows of a fold: periods cut to `inside`, or every rolling window that lies in it."""
    if isinstance(window, Rolling):
        count = inside.days - window.rolling + 1
        length = (window.rolling - 1) * ONE_DAY
        starts = (inside.first + step * ONE_DAY for step in range(max(0, count)))
        return [Stretch(first, first + length) for first in starts] or ([inside] if inside.days else [])
    cut = (each.whole.within(inside) for each in _every(window, span))
    return [each for each in cut if each.days]


def phase_of(code: str, span: Span, rules: RuleSet) -> Stretch:
    """The days of a phase, as months from the first day of the term on."""
    before = 0
    for each in rules.term.phases:
        if each.code == code:
            first = span.agreed.first if not before else term_end(span.agreed.first, before) + ONE_DAY
            return Stretch(first, term_end(span.agreed.first, before + each.months))
        before += each.months
    raise ValueError(f"no such phase: {code}")


def _slot(key: str, whole: Stretch, span: Span, number: int, *, moving: bool = False) -> Slot:
    return Slot(key, whole, whole.within(span.served), number, moving)


@lru_cache(maxsize=4096)
def _every(window: Every, span: Span) -> tuple[Slot, ...]:
    """The windows of a term; most services of a batch have the same."""
    return tuple(_cut(window, span))


def _cut(window: Every, span: Span) -> Iterator[Slot]:
    found = list(_periods(window.every, span.agreed))
    for number, start in enumerate(range(0, len(found), window.size), 1):
        group = found[start : start + window.size]
        key = group[0][0] if len(group) == 1 else f"{group[0][0]}…{group[-1][0]}"
        yield _slot(key, Stretch(group[0][1].first, group[-1][1].last), span, number)


def _periods(period: str, agreed: Stretch) -> Iterable[tuple[str, Stretch]]:
    """The periods that touch the agreed term, each with its key."""
    if period in ("month", "anchored_month"):
        return _months(agreed, 1 if period == "month" else agreed.first.day)
    if period == "day":
        days = (agreed.first + step * ONE_DAY for step in range(agreed.days))
        return ((str(day), Stretch(day, day)) for day in days)
    if period == "week":
        return _weeks(agreed)
    if period == "service_year":
        return _service_years(agreed)
    return _parts_of_years(period, agreed)


def _months(agreed: Stretch, anchor: int) -> Iterator[tuple[str, Stretch]]:
    for month in Month.between(month_of(agreed.first, anchor).first, month_of(agreed.last, anchor).first):
        yield str(month), whole_month(month, anchor)


def _weeks(agreed: Stretch) -> Iterator[tuple[str, Stretch]]:
    monday = agreed.first - agreed.first.weekday() * ONE_DAY
    while monday <= agreed.last:
        year, week, _ = monday.isocalendar()
        yield f"{year}-W{week:02d}", Stretch(monday, monday + 6 * ONE_DAY)
        monday += 7 * ONE_DAY


def _service_years(agreed: Stretch) -> Iterator[tuple[str, Stretch]]:
    first, number = agreed.first, 0
    while first <= agreed.last:
        number += 1
        last = term_end(agreed.first, 12 * number)
        yield f"Y{number}", Stretch(first, last)
        first = last + ONE_DAY


PARTS = {"quarter": (3, 1), "half_year": (6, 1), "year": (12, 1), "school_year": (12, SCHOOL_STARTS)}
"""Period → its months, and the month in which the first of a year begins."""


def _parts_of_years(period: str, agreed: Stretch) -> Iterator[tuple[str, Stretch]]:
    length, begins = PARTS[period]
    month = Month.of(agreed.first)
    month = month.plus(-((month.month - begins) % length))
    while month.first <= agreed.last:
        part = (month.month - begins) // length + 1
        names = {"quarter": f"{month.year}-Q{part}", "half_year": f"{month.year}-H{part}", "year": str(month.year)}
        key = names.get(period, f"{month.year}/{month.year + 1}")
        yield key, Stretch(month.first, month.plus(length - 1).last)
        month = month.plus(length)


# -- Months that lock -------------------------------------------------------------------------------------------


def month_of(day: date, anchor: int) -> Month:
    """The month a day is counted in; months begin on the day `anchor`, or on the last one of a shorter month."""
    month = Month(day.year, day.month)
    return month.previous() if anchor > 1 and day < _anchored(month, anchor) else month


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def whole_month(month: Month, anchor: int) -> Stretch:
    """The days of a month: 2023-12 anchored on the 7th → 2023-12-07…2024-01-06."""
    return Stretch(_anchored(month, anchor), _anchored(month.next(), anchor) - ONE_DAY)


def _anchored(month: Month, day: int) -> date:
    return date(month.year, month.month, min(day, month.days))


class Lock(NamedTuple):
    """The first day without entries and its first moment; None where the month is open without end."""

    on: date | None
    at: datetime | None
    locked: bool


def lock_of(month: Month, whole: Stretch, service: Service, rules: RuleSet, as_of: datetime) -> Lock:
    """When a month of a service takes no more entries, by the re-openings known at `as_of`."""
    if not service.reopened:
        usual_lock = _usual_lock(whole.last, rules.entries.grace_days, rules.clock)
        return Lock(*usual_lock, as_of >= usual_lock[1])
    known = [each for each in service.reopened if each.month == month and each.reopened_at <= as_of]
    if any(each.until_on is None for each in known):
        return Lock(None, None, False)
    usual = whole.last + rules.entries.grace_days * ONE_DAY
    last_open = max([usual, *(each.until_on for each in known if each.until_on is not None)])
    on = last_open + ONE_DAY
    at = _begins(on, rules.clock)
    return Lock(on, at, as_of >= at)


@lru_cache(maxsize=4096)
def _usual_lock(last: date, grace_days: int, zone: ZoneInfo) -> tuple[date, datetime]:
    """When a month with this last day locks that was never opened again; most services of a batch have the same."""
    on = last + (grace_days + 1) * ONE_DAY
    return on, day_start(on, zone)


@lru_cache(maxsize=4096)
def months_near(days: Stretch, agreed: Stretch, anchor: int) -> tuple[Month, ...]:
    """The months of an agreed term that share a day with a window."""
    low = max(month_of(agreed.first, anchor), month_of(days.first, anchor))
    high = min(month_of(agreed.last, anchor), month_of(days.last, anchor))
    return tuple(Month.between(low.first, high.first))


@lru_cache(maxsize=4096)
def _begins(day: date, zone: ZoneInfo) -> datetime:
    return day_start(day, zone)
