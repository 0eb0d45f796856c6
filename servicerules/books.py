"""The book of a service: for each month that locks, which records count, which wait, and which are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from officedata.months import Month, local_day
from servicerules.answers import COUNTED, DISPUTED, WAITING, WITHDRAWN, answer, iso
from servicerules.clashes import chains_of, clash
from servicerules.facts import WHOLE_DAY, Key, Reason, Record, Refusal, Service, Stretch, in_days
from servicerules.language import RuleSet, What
from servicerules.windows import Lock, Span, lock_of, month_of, months_near, span_of, whole_month

_ONE_DAY = timedelta(days=1)


class Worth(NamedTuple):
    """What a record is worth: date → ten-thousandths of a day, and which dates count once for each host."""

    days: dict[date, int]
    by_host: frozenset[date]
    length: int


_NOTHING = Worth({}, frozenset(), 0)


class Entry(NamedTuple):
    """A record as one month sees it: its state, since when, and whether the record belongs to the month."""

    record: Record
    state: str
    since: datetime
    worth: Worth
    at_home: bool


@dataclass(slots=True)
class Page:
    """One month of the book."""

    month: Month
    whole: Stretch
    lock: Lock
    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[Record, Refusal]] = field(default_factory=list)


@dataclass
class Book:
    """All months of a service at one moment, each written when it is first read.

    Only what is known at `as_of` is seen. A record is refused for, in this order: entered_after_lock, withdrawn,
    disputed, ends_before_start, outside_term, future_days, duplicate or overlap (of one that was confirmed, or else
    logged, earlier at the same host), not_counted (its kind of day has no weight), too_short. Late answers are refused
    as confirmed_after_lock, disputed_after_lock or withdrawn_after_lock. The order of the records does not matter.
    """

    rules: RuleSet
    service: Service
    as_of: datetime

    def __post_init__(self) -> None:
        self.today = local_day(self.as_of, self.rules.clock)
        self.span: Span = span_of(self.service.term, self.rules, self.as_of)
        self.anchor = 1 if self.rules.entries.month == "calendar" else self.service.term.starts_on.day
        # Entries can only clash within their chain.
        self.chains = chains_of(self.service.records)
        self._worth: dict[Key, Worth] = {}
        self._pages: dict[Month, Page] = {}
        self._between: dict[Stretch, list[Page]] = {}

    def page(self, month: Month) -> Page:
        """One month of the agreed term with its records."""
        found = self._pages.get(month)
        if found is None:
            found = self._pages[month] = self._page(month)
        return found

    @cached_property
    def strangers(self) -> list[tuple[Record, Refusal]]:
        """The records that lie in no month of the term."""
        agreed = self.span.agreed
        first = whole_month(month_of(agreed.first, self.anchor), self.anchor).first
        last = whole_month(month_of(agreed.last, self.anchor), self.anchor).last
        outside = Reason("outside_term", {"first": iso(self.span.served.first), "last": iso(self.span.served.last)})
        found = []
        for record in self.service.records:
            beyond = max(record.starts_on, record.ends_on) < first or record.starts_on > last
            if beyond and record.logged_at <= self.as_of:
                found.append((record, Refusal(record.id, outside)))
        return found

    def between(self, days: Stretch) -> Sequence[Page]:
        """The months that share a day with a window."""
        found = self._between.get(days)
        if found is None:
            found = [self.page(month) for month in months_near(days, self.span.agreed, self.anchor)]
            self._between[days] = found
        return found

    def home_of(self, record: Record) -> date:
        """The day that decides to which month and window a record belongs."""
        if self.rules.entries.record_belongs_to == "start":
            return record.starts_on
        return max(record.starts_on, record.ends_on)

    def _page(self, month: Month) -> Page:
        whole = whole_month(month, self.anchor)
        page = Page(month, whole, lock_of(month, whole, self.service, self.rules, self.as_of))
        found: list[tuple[Record, str, datetime]] = []
        for chain in self.chains:
            if chain.first > whole.last:
                break
            if chain.last >= whole.first:
                for record in chain.records:
                    self._read(page, record, found)
        for record, state, since in self._apart(page, found):
            self._enter(page, record, state, since)
        return page

    def _read(self, page: Page, record: Record, found: list[tuple[Record, str, datetime]]) -> None:
        """Take a record, or refuse it on its own account."""
        if record.logged_at > self.as_of:
            return
        refused: list[Refusal] = []
        state, since, reason = WAITING, record.logged_at, None
        if page.lock.at is not None and record.logged_at >= page.lock.at:
            reason = Reason("entered_after_lock", {"locked_on": iso(page.lock.on)})
        else:
            state, since = answer(self.rules, page.lock, record, refused, as_of=self.as_of)
        reason = reason or self._objection(record, state)
        if reason is None:
            found.append((record, state, since))
        else:
            refused.append(Refusal(record.id, reason))
        # A neighbour is looked at only because it may be the earlier of two overlapping entries.
        if refused and self._concerns(page, record):
            page.refused.extend((record, each) for each in refused)

    def _objection(self, record: Record, state: str) -> Reason | None:
        if state in (WITHDRAWN, DISPUTED):
            return Reason(state)
        if record.ends_on < record.starts_on:
            return Reason("ends_before_start")
        served = self.span.served
        if record.ends_on < served.first or record.starts_on > served.last:
            return Reason("outside_term", {"first": iso(served.first), "last": iso(served.last)})
        logged_on = local_day(record.logged_at, self.rules.clock)
        if "future_days" in self.rules.entries.refuse and record.ends_on > logged_on:
            return Reason("future_days", {"ends_on": iso(record.ends_on)})
        return None

    def _apart(self, page: Page, found: list[tuple[Record, str, datetime]]) -> Iterator[tuple[Record, str, datetime]]:
        """The entries that do not overlap an earlier one of the same host, as far as they concern the month.

        A confirmed entry is taken before one that waits, and the earlier before the later, so that a later entry or
        confirmation never removes days that already counted.
        """
        if len(found) > 1:
            found.sort(key=_rank)
        kept: list[Record] = []
        for record, state, since in found:
            reason = clash(self.rules, record, kept)
            if reason is None:
                kept.append(record)
            if self._concerns(page, record):
                if reason is None:
                    yield record, state, since
                else:
                    page.refused.append((record, Refusal(record.id, reason)))

    def _concerns(self, page: Page, record: Record) -> bool:
        if self.rules.entries.days_belong_to == "record":
            return month_of(self.home_of(record), self.anchor) == page.month
        return record.starts_on <= page.whole.last and max(record.ends_on, record.starts_on) >= page.whole.first

    def _enter(self, page: Page, record: Record, state: str, since: datetime) -> None:
        worth = self._worth.get(record.id)
        if worth is None:
            worth = self._worth[record.id] = self._worth_of(record)
        if not worth.length:
            reason = Reason("not_counted", {"kind": record.mode, "activity": record.activity})
            page.refused.append((record, Refusal(record.id, reason)))
        elif worth.length < self.rules.entries.shortest * WHOLE_DAY:
            reason = Reason("too_short", {"days": str(in_days(worth.length)), "asks": self.rules.entries.shortest})
            page.refused.append((record, Refusal(record.id, reason)))
        else:
            at_home = month_of(self.home_of(record), self.anchor) == page.month
            page.entries.append(Entry(record, state, since, worth, at_home))

    def _worth_of(self, record: Record) -> Worth:
        """The days of a record within the term that have come and are worth something."""
        counted, parts = self.rules.counted, record.parts
        usual = counted.get((record.activity, record.mode))
        first = max(record.starts_on, self.span.served.first)
        last = min(record.ends_on, self.span.served.last, self.today)
        dates = [first + number * _ONE_DAY for number in range((last - first).days + 1)]
        if parts:
            modes = ((day, counted.get((record.activity, parts[day])) if day in parts else usual) for day in dates)
            whats = [(day, what) for day, what in modes if what is not None]
            days = {day: _units(what) for day, what in whats}
            return Worth(days, frozenset(day for day, what in whats if _is_apart(what)), sum(days.values()))
        if usual is None or not dates:
            return _NOTHING
        units = _units(usual)
        return Worth(dict.fromkeys(dates, units), frozenset(dates if _is_apart(usual) else ()), units * len(dates))


def _is_apart(what: What) -> bool:
    """Whether a day counts once for each host."""
    return what.per_day == "each_host"


def _units(what: What) -> int:
    return int(what.weight * WHOLE_DAY)


def _rank(found: tuple[Record, str, datetime]) -> tuple[bool, datetime, datetime, str]:
    record, state, since = found
    return state != COUNTED, since, record.logged_at, sortable(record.id)


def sortable(key: Key) -> str:
    """Numbers in their own order, before or among words of the same length."""
    return f"{key:>20}"
