"""Which visits of a month count, which wait for an answer, and which are refused, with their days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from officedata.months import local_day
from tests.former_engine.answers import COUNTED, DISPUTED, LAPSED, WAITING, WITHDRAWN, answer, iso
from tests.former_engine.facts import Key, Reason, Refusal, Term, VisitFact
from tests.former_engine.ruleset import WHOLE_DAY, ServiceRules
from tests.former_engine.windows import Frame, month_of

_by_start = attrgetter("starts_on")

Days = dict[Key, dict[date, int]]
"""Enterprise → date → worth in hundredths of a day."""


class Chain(NamedTuple):
    """Visits linked by shared dates, and the days they span."""

    first: date
    last: date
    visits: list[VisitFact]


class Entry(NamedTuple):
    """A visit that is not refused on its own account: its state and the moment it came into it."""

    visit: VisitFact
    state: str
    since: datetime


@dataclass(slots=True)
class Ledger:
    """What the visits give one month, or, added up, a term.

    `days` holds the dates by state: counted, waiting for an answer, lapsed without one. `fit` and `hoped` are the
    visits long enough for the month among the counted and the waiting ones.
    """

    same_day_once: bool
    days: dict[str, Days] = field(default_factory=lambda: {COUNTED: {}, WAITING: {}, LAPSED: {}})
    used: list[Key] = field(default_factory=list)
    waiting: list[Key] = field(default_factory=list)
    lapsed: list[Key] = field(default_factory=list)
    fit: list[Key] = field(default_factory=list)
    hoped: list[Key] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def total(self, *states: str) -> int:
        """Hundredths of days in these states together: a date counts once for the doctor, or once a host."""
        by_host = _merged([self.days[state] for state in states])
        if not self.same_day_once or len(by_host) == 1:
            return sum(worth for dates in by_host.values() for worth in dates.values())
        by_date: dict[date, int] = {}
        for dates in by_host.values():
            for day, worth in dates.items():
                by_date[day] = min(WHOLE_DAY, by_date.get(day, 0) + worth)
        return sum(by_date.values())

    def by_enterprise(self) -> dict[Key, Decimal]:
        """Counted days as each host sees them."""
        return {host: in_days(sum(dates.values())) for host, dates in self.days[COUNTED].items() if dates}

    def dates(self) -> set[date]:
        """Every date that is counted or waits."""
        return {day for state in (COUNTED, WAITING) for dates in self.days[state].values() for day in dates}

    def add(self, other: Ledger) -> None:
        """Add the days of another month."""
        for state, days in other.days.items():
            if days:
                _merge(self.days[state], days)


def in_days(hundredths: int) -> Decimal:
    """Hundredths of a day as days, without trailing zeros: 2400 → 24, 50 → 0.5."""
    return Decimal(hundredths) / WHOLE_DAY


def read(rules: ServiceRules, term: Term, frame: Frame, linked: Iterable[Chain]) -> Ledger:
    """Enter the visits of one month, given all of them in chains.

    Only what is known at the frame's `as_of` is seen. A visit is refused for, in this order: entered_after_lock,
    withdrawn, disputed, ends_before_start, outside_term, future_days, duplicate or overlap (of one that was confirmed,
    or else logged, earlier at the same host), not_counted (its kind of day has no weight), visit_too_short (where
    such visits do not count). Late answers are refused as confirmed_after_lock, disputed_after_lock or
    withdrawn_after_lock. The order in which the visits come does not matter.
    """
    ledger = Ledger(rules.same_day_hosts == "once")
    entries: list[Entry] = []
    first, last = frame.whole
    near = [visit for chain in linked if chain.first <= last and chain.last >= first for visit in chain.visits]
    for visit in near:
        if visit.logged_at > frame.as_of:
            continue
        mine = _concerns(rules, term, frame, visit)
        # A neighbour is looked at only because it may be the earlier of two overlapping entries.
        refused: list[Refusal] = ledger.refused if mine else []
        late = frame.lock is not None and visit.logged_at >= frame.lock
        state, since = (WAITING, visit.logged_at) if late else answer(rules, frame, visit, refused)
        entered_late = Reason("entered_after_lock", {"locked_on": iso(frame.locks_on)}) if late else None
        reason = entered_late or _objection(rules, frame, visit, state)
        if reason is None:
            entries.append(Entry(visit, state, since))
        else:
            refused.append(Refusal(visit.id, reason))
    for entry in _apart(rules, term, frame, entries, ledger.refused):
        _enter(rules, term, frame, entry, ledger)
    ledger.refused.sort(key=lambda each: (sortable(each.record), each.reason.code))
    for listed in (ledger.used, ledger.waiting, ledger.lapsed, ledger.fit, ledger.hoped):
        listed.sort(key=sortable)
    return ledger


def clash(rules: ServiceRules, new: tuple[Key, date, date], others: Iterable[VisitFact]) -> Reason | None:
    """The reason why a visit (enterprise, first day, last day) clashes with others of the same doctor.

    duplicate: the same enterprise and the same days; overlap: the same enterprise and some of the days. The earliest
    entry in the way is named in `with`.
    """
    enterprise, first, last = new
    for other in others:
        if other.enterprise == enterprise and other.starts_on <= last and other.ends_on >= first:
            same = (other.starts_on, other.ends_on) == (first, last)
            code = "duplicate" if same else "overlap"
            if code in rules.refuses:
                return Reason(code, {"with": other.id})
    return None


def chains(visits: Iterable[VisitFact]) -> list[Chain]:
    """The visits by start, those sharing a date together: entries can only clash within their chain."""
    found: list[Chain] = []
    group: list[VisitFact] = []
    first = reach = date.min
    for visit in sorted(visits, key=_by_start):
        if group and visit.starts_on > reach:
            found.append(Chain(first, reach, group))
            group = []
        if not group:
            first = reach = visit.starts_on
        group.append(visit)
        reach = max(reach, visit.ends_on)
    if group:
        found.append(Chain(first, reach, group))
    return found


def _concerns(rules: ServiceRules, term: Term, frame: Frame, visit: VisitFact) -> bool:
    if rules.days_belong_to == "visit":
        return month_of(rules, term, _home(rules, visit)) == frame.month
    return visit.starts_on <= frame.whole.last and max(visit.ends_on, visit.starts_on) >= frame.whole.first


def _home(rules: ServiceRules, visit: VisitFact) -> date:
    """The day that decides to which month a visit belongs."""
    return visit.starts_on if rules.visit_belongs_to == "start" else max(visit.starts_on, visit.ends_on)


def _objection(rules: ServiceRules, frame: Frame, visit: VisitFact, state: str) -> Reason | None:
    """Why a visit is refused on its own account."""
    if state in (WITHDRAWN, DISPUTED):
        return Reason(state)
    if visit.ends_on < visit.starts_on:
        return Reason("ends_before_start")
    if visit.ends_on < frame.served.first or visit.starts_on > frame.served.last:
        return Reason("outside_term", {"first": iso(frame.served.first), "last": iso(frame.served.last)})
    if "future_days" in rules.refuses and visit.ends_on > local_day(visit.logged_at, rules.zone):
        return Reason("future_days", {"ends_on": iso(visit.ends_on)})
    return None


def _apart(
    rules: ServiceRules, term: Term, frame: Frame, entries: list[Entry], refused: list[Refusal]
) -> Sequence[Entry]:
    """The entries that do not overlap an earlier one of the same host, as far as they concern the month.

    A confirmed entry is taken before one that waits, and the earlier before the later, so that a later entry or
    confirmation never removes days that already counted.
    """
    if len(entries) > 1:
        entries.sort(key=_rank)
    kept: list[Entry] = []
    for entry in entries:
        visit = entry.visit
        reason = clash(rules, (visit.enterprise, visit.starts_on, visit.ends_on), (each.visit for each in kept))
        if reason is None:
            kept.append(entry)
        elif _concerns(rules, term, frame, visit):
            refused.append(Refusal(visit.id, reason))
    return [entry for entry in kept if _concerns(rules, term, frame, entry.visit)]


def _rank(entry: Entry) -> tuple[bool, datetime, datetime, str]:
    return entry.state != COUNTED, entry.since, entry.visit.logged_at, sortable(entry.visit.id)


def _enter(rules: ServiceRules, term: Term, frame: Frame, entry: Entry, ledger: Ledger) -> None:
    """Put the days of one visit into the ledger."""
    visit, state = entry.visit, entry.state
    worth = _worth(rules, frame, visit)
    length = sum(worth.values())
    long_enough = length >= rules.month_min_visit_days * WHOLE_DAY
    if not length:
        ledger.refused.append(Refusal(visit.id, Reason("not_counted", {"kind": visit.mode})))
        return
    if not (long_enough or rules.short_visit_counts):
        reason = Reason("visit_too_short", {"days": str(in_days(length)), "asks": rules.month_min_visit_days})
        ledger.refused.append(Refusal(visit.id, reason))
        return
    {COUNTED: ledger.used, WAITING: ledger.waiting, LAPSED: ledger.lapsed}[state].append(visit.id)
    if long_enough and state != LAPSED and month_of(rules, term, _home(rules, visit)) == frame.month:
        (ledger.fit if state == COUNTED else ledger.hoped).append(visit.id)
    dates = ledger.days[state].setdefault(visit.enterprise, {})
    own = rules.days_belong_to == "own"
    for day, hundredths in worth.items():
        if not own or frame.asked.first <= day <= frame.asked.last:
            dates[day] = min(WHOLE_DAY, dates.get(day, 0) + hundredths)


def _worth(rules: ServiceRules, frame: Frame, visit: VisitFact) -> dict[date, int]:
    """Date → worth, for the days of a visit within the term that have come and are worth something."""
    first = max(visit.starts_on, frame.served.first)
    last = min(visit.ends_on, frame.served.last, frame.today)
    usual, parts = rules.units.get(visit.mode, 0), visit.day_parts or {}
    worth: dict[date, int] = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        hundredths = rules.units.get(parts[day], 0) if day in parts else usual
        if hundredths:
            worth[day] = hundredths
    return worth


def _merged(parts: list[Days]) -> Days:
    if sum(map(bool, parts)) <= 1:
        return next(filter(None, parts), {})
    merged: Days = {}
    for part in parts:
        _merge(merged, part)
    return merged


def _merge(into: Days, part: Days) -> None:
    for host, dates in part.items():
        total = into.setdefault(host, {})
        for day, worth in dates.items():
            total[day] = min(WHOLE_DAY, total.get(day, 0) + worth)


def sortable(key: Key) -> str:
    """Numbers in their own order, before or among words of the same length."""
    return f"{key:>20}"
