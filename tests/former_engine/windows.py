"""Which days belong to a month, when it locks, and what is known of both at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from officedata.months import Month, day_start, local_day
from tests.former_engine.facts import ReopenFact, Term, Window
from tests.former_engine.ruleset import ServiceRules


class Frame(NamedTuple):
    """The dates and moments by which one month is judged.

    `whole` is the month's window, `asked` the part of it within the term as known (empty when last < first), `served`
    that term. Facts from `lock` on come too late; None never locks. `today` is the local day of `as_of`.
    """

    month: Month
    whole: Window
    asked: Window
    served: Window
    lock: datetime | None
    locks_on: date | None
    as_of: datetime
    today: date

    @property
    def locked(self) -> bool:
        """Whether the month takes no more entries."""
        return self.lock is not None and self.as_of >= self.lock


def month_of(rules: ServiceRules, term: Term, day: date) -> Month:
    """The month a day is counted in, under the rule set's kind of month."""
    month = Month.of(day)
    if rules.month_kind == "anchored" and day < _anchor(month, term.starts_on.day):
        return month.previous()
    return month


def month_window(rules: ServiceRules, term: Term, month: Month) -> Window:
    """The whole window of a month, beyond the term too: 2023-12 anchored on the 7th → 2023-12-07…2024-01-06."""
    return _whole(month, 1 if rules.month_kind == "calendar" else term.starts_on.day)


def served_window(term: Term, zone: ZoneInfo, as_of: datetime) -> Window:
    """The term as known at `as_of` (aware): as agreed, less a late start and an early stop. Empty if never served."""
    first, last = term.starts_on, term.ends_on
    if term.started_on is not None and as_of >= (term.started_known_at or day_start(first, zone)):
        first = max(first, term.started_on)
    if term.stopped_on is not None and as_of >= (term.stopped_known_at or day_start(term.stopped_on, zone)):
        last = min(last, term.stopped_on)
    return Window(first, last)


def months_of(rules: ServiceRules, term: Term) -> list[Month]:
    """The months of the agreed term, in order, first and last part-months included."""
    return Month.between(month_of(rules, term, term.starts_on).first, month_of(rules, term, term.ends_on).first)


def frame(
    rules: ServiceRules, term: Term, month: Month, *, as_of: datetime, reopened: Sequence[ReopenFact] = ()
) -> Frame:
    """Make the frame of one month. Raises ValueError for a naive `as_of`."""
    today = local_day(as_of, rules.zone)
    whole = month_window(rules, term, month)
    served = served_window(term, rules.zone, as_of)
    asked = Window(max(whole.first, served.first), min(whole.last, served.last))
    known = [each for each in reopened if each.month == month and each.reopened_at <= as_of]
    if any(each.until_on is None for each in known):
        return Frame(month, whole, asked, served, None, None, as_of, today)
    usual = whole.last + timedelta(days=rules.grace_days)
    last_open = max([usual, *(each.until_on for each in known if each.until_on is not None)])
    locks_on, lock = _lock(last_open, rules.zone)
    return Frame(month, whole, asked, served, lock, locks_on, as_of, today)


def _anchor(month: Month, day: int) -> date:
    return date(month.year, month.month, min(day, month.days))


@lru_cache(maxsize=4096)
def _whole(month: Month, anchor: int) -> Window:
    return Window(_anchor(month, anchor), _anchor(month.next(), anchor) - timedelta(days=1))


@lru_cache(maxsize=4096)
def _lock(last_open: date, zone: ZoneInfo) -> tuple[date, datetime]:
    """The first day without entries after the last one with them, and its first moment."""
    locks_on = last_open + timedelta(days=1)
    return locks_on, day_start(locks_on, zone)
