"""A second reading of some rules, written day by day and without the engine: it walks through every date of the term
and asks of each what is known of it. It is slow and plain on purpose; it knows nothing of `servicerules`."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from .years import Year

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
GRACE = 5
Answer = tuple[str, Fraction | int, int, bool]
"""State, value, what is asked, whether it is final."""


class Slow:
    """One year of service, as known at its moment."""

    def __init__(self, year: Year, weights: dict[str, Fraction]) -> None:
        self.year, self.weights = year, weights
        self.now = year.as_of
        self.today = year.as_of.astimezone(ZONE).date()
        self.first, self.last = year.starts_on, year.ends_on
        if year.started_on and self.now >= (year.started_known_at or midnight(year.starts_on)):
            self.first = max(self.first, year.started_on)
        if year.stopped_on and self.now >= (year.stopped_known_at or midnight(year.stopped_on)):
            self.last = min(self.last, year.stopped_on)
        self.months: dict[tuple[int, int], list[tuple[dict[str, Any], str]]] = {}
        self.grid: dict[date, dict[str, dict[str, Fraction]]] = {}
        day = year.starts_on.replace(day=1)
        while day <= year.ends_on:
            self.months[day.year, day.month] = self.kept_in((day.year, day.month))
            for visit, state in self.months[day.year, day.month]:
                self.put(visit, state, (day.year, day.month))
            day = last_of((day.year, day.month)) + DAY

    # -- One month ----------------------------------------------------------------------------------------------

    def locks_on(self, month: tuple[int, int]) -> date | None:
        """The first day without entries; None where the month was opened without end."""
        last_open = last_of(month) + GRACE * DAY
        for each in self.year.reopened:
            if (each["month"].year, each["month"].month) == month and each["reopened_at"] <= self.now:
                if each["until_on"] is None:
                    return None
                last_open = max(last_open, each["until_on"])
        return last_open + DAY

    def too_late(self, moment: datetime, month: tuple[int, int]) -> bool:
        locks_on = self.locks_on(month)
        return locks_on is not None and moment.astimezone(ZONE).date() >= locks_on

    def told(self, visit: dict[str, Any], month: tuple[int, int]) -> tuple[str, datetime]:
        """What was said of a visit last, as far as it was said in time, and when."""
        order = {"confirmed": 1, "disputed": 2, "withdrawn": 3}
        acts = [(visit[f"{act}_at"], order[act], act) for act in order if visit.get(f"{act}_at") is not None]
        state, since = "waiting", visit["logged_at"]
        for at, _, act in sorted(acts):
            if at > self.now or state == "withdrawn":
                continue
            if self.too_late(at, month) and state != "waiting":
                continue
            state, since = act, at
        return state, since

    def kept_in(self, month: tuple[int, int]) -> list[tuple[dict[str, Any], str]]:
        """The visits that stand, seen from a month: those confirmed first push out what overlaps them."""
        standing = []
        for visit in self.year.visits:
            first, last = visit["starts_on"], visit["ends_on"]
            if visit["logged_at"] > self.now or self.too_late(visit["logged_at"], month):
                continue
            state, since = self.told(visit, month)
            if state in ("disputed", "withdrawn") or last < first:
                continue
            if last < self.first or first > self.last or last > visit["logged_at"].astimezone(ZONE).date():
                continue
            standing.append((state != "confirmed", since, visit["logged_at"], visit["id"], visit, state))
        kept: list[tuple[dict[str, Any], str]] = []
        for *_, visit, state in sorted(standing, key=lambda each: each[:4]):
            if not any(shares_a_day(visit, other) for other, _ in kept):
                kept.append((visit, state))
        return kept

    def put(self, visit: dict[str, Any], state: str, month: tuple[int, int]) -> None:
        """Put the days of a visit that lie in a month into the grid."""
        day = visit["starts_on"]
        while day <= visit["ends_on"]:
            if (day.year, day.month) == month and self.first <= day <= min(self.last, self.today):
                places = self.grid.setdefault(day, {}).setdefault(state, {})
                places[visit["host"]] = self.weights.get(visit["mode"], Fraction(0))
            day += DAY

    # -- What is measured ---------------------------------------------------------------------------------------

    def worth(self, day: date, hoped: bool, modes: tuple[str, ...] = ()) -> Fraction:
        """What a date is worth: no more than one day, whatever the hosts."""
        states = self.grid.get(day, {})
        total = Fraction(0)
        for state in ("confirmed", "waiting") if hoped else ("confirmed",):
            for host in states.get(state, {}):
                total += states[state][host]
        return min(Fraction(1), total)

    def days(self, dates: list[date], hoped: bool) -> Fraction:
        return sum((self.worth(day, hoped) for day in dates), Fraction(0))

    def visits_of_days(self, month: tuple[int, int], least: int, hoped: bool) -> int:
        """The visits that begin in a month and last long enough."""
        found = 0
        for visit, state in self.months[month]:
            begins = (visit["starts_on"].year, visit["starts_on"].month)
            if begins == month and (state == "confirmed" or hoped) and self.length(visit) >= least:
                found += 1
        return found

    def length(self, visit: dict[str, Any]) -> Fraction:
        length, day = Fraction(0), visit["starts_on"]
        while day <= visit["ends_on"]:
            if self.first <= day <= min(self.last, self.today):
                length += self.weights.get(visit["mode"], Fraction(0))
            day += DAY
        return length

    def somebody_waits(self, month: tuple[int, int]) -> bool:
        """Whether an answer is owed to a visit that touches the month and has days that count."""
        return any(
            state == "waiting" and self.length(visit) > 0 and touches(visit, first_of(month), last_of(month))
            for visit, state in self.months[month]
        )

    def gap(self, dates: list[date], hoped: bool) -> int:
        upto = min(dates[-1], self.today)
        if upto < dates[0]:
            return 0
        longest, before = 0, dates[0]
        for day in dates:
            if day <= upto and (self.worth(day, hoped) > 0 or day == upto):
                longest, before = max(longest, (day - before).days), day
        return longest

    # -- What is decided ----------------------------------------------------------------------------------------

    def served(self, first: date, last: date) -> list[date]:
        """The dates of a window that lie in the term as known."""
        day, found = first, []
        while day <= last:
            if self.first <= day <= self.last:
                found.append(day)
            day += DAY
        return found

    def locked(self, first: date, last: date) -> bool:
        """Whether every month of the agreed term that shares a date with a window takes no more entries."""
        day = first
        while day <= last:
            if (day.year, day.month) in self.months:
                locks_on = self.locks_on((day.year, day.month))
                if locks_on is None or self.today < locks_on:
                    return False
            day += DAY
        return True

    def excuse(self, key: str, first: date, last: date, documented: bool) -> tuple[bool, bool]:
        """Whether a waiver of a window is undecided, and whether one is granted."""
        asked = granted = False
        locks = [self.locks_on((day.year, day.month)) for day in (first, last)]
        for each in self.year.waivers:
            if str(each["month"]) != key or each["asked_at"] > self.now:
                continue
            if None not in locks and each["asked_at"].astimezone(ZONE).date() >= max(lock for lock in locks if lock):
                continue
            if documented and not each.get("documented"):
                continue
            if each["decided_at"] is None or each["decided_at"] > self.now:
                asked = True
            elif each["granted"]:
                granted = True
        return asked, granted

    def least(
        self, key: str, first: date, last: date, value: Any, hoped: Any, asks: Any, *, exempt_under: int = 0,
        waivable: str = "no", waits: bool | None = None, term: bool = False, strict: bool = True,
    ) -> Answer:  # fmt: skip
        """The verdict on a rule that asks for at least so much in a window."""
        dates = self.served(first, last)
        locked = self.locked(first, last)
        waits = value != hoped if waits is None else waits
        asked, granted = self.excuse(key, first, last, waivable == "documented") if waivable != "no" else (False, False)
        final = locked and not waits and not asked
        whole = (last - first).days + 1
        if (not dates and not term) or len(dates) < min(exempt_under, whole):
            state = "exempt"
        elif value >= asks:
            state = "met"
        elif granted:
            state = "waived"
        elif asked or hoped >= asks or (dates and self.today <= dates[-1]) or (waits and not locked):
            state = "pending"
        else:
            state = "not_met" if strict else "warning"
        return state, value, asks, final


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def first_of(month: tuple[int, int]) -> date:
    return date(month[0], month[1], 1)


def last_of(month: tuple[int, int]) -> date:
    return date(month[0], month[1], monthrange(*month)[1])


def touches(visit: dict[str, Any], first: date, last: date) -> bool:
    return bool(visit["starts_on"] <= last and visit["ends_on"] >= first)


def shares_a_day(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["host"] == other["host"] and touches(one, other["starts_on"], other["ends_on"])


def in_proportion(asks: int, part: int, whole: int, up: bool) -> int:
    """The bound of a short window, day by day: each served day brings its share."""
    share = Fraction(0)
    for _ in range(part):
        share += Fraction(asks, whole)
    floor = share.numerator // share.denominator
    return floor if share == floor or not up else floor + 1


# -- The rules --------------------------------------------------------------------------------------------------


def phd_service(year: Year) -> dict[tuple[str, str], Answer]:
    """A visit of two days a month, thirty days a year."""
    slow = Slow(year, {"onsite": Fraction(1)})
    found: dict[tuple[str, str], Answer] = {}
    for month in slow.months:
        key = f"{month[0]}-{month[1]:02d}"
        found["monthly-visit", key] = slow.least(
            key, first_of(month), last_of(month), slow.visits_of_days(month, 2, False),
            slow.visits_of_days(month, 2, True), 1, exempt_under=15, waivable="yes", waits=slow.somebody_waits(month),
        )  # fmt: skip
    dates = slow.served(year.starts_on, year.ends_on)
    asks = in_proportion(30, len(dates), (year.ends_on - year.starts_on).days + 1, up=True)
    found["year-days", "term"] = slow.least(
        "term", year.starts_on, year.ends_on, slow.days(dates, False), slow.days(dates, True), asks, term=True
    )
    return found


def village_team(year: Year) -> dict[tuple[str, str], Answer]:
    """Twenty days a month, excused with a document only; two hundred days a calendar year, in proportion."""
    slow = Slow(year, {"onsite": Fraction(1)})
    found: dict[tuple[str, str], Answer] = {}
    for month in slow.months:
        key = f"{month[0]}-{month[1]:02d}"
        dates = slow.served(first_of(month), last_of(month))
        found["monthly-days", key] = slow.least(
            key, first_of(month), last_of(month), slow.days(dates, False), slow.days(dates, True), 20,
            exempt_under=15, waivable="documented", waits=slow.somebody_waits(month),
        )  # fmt: skip
    for number in range(year.starts_on.year, year.ends_on.year + 1):
        first, last = date(number, 1, 1), date(number, 12, 31)
        dates = slow.served(first, last)
        asks = in_proportion(200, len(dates), (last - first).days + 1, up=False)
        found["year-days", str(number)] = slow.least(
            str(number), first, last, slow.days(dates, False), slow.days(dates, True), asks
        )
    return found


def weekly_adviser(year: Year) -> dict[tuple[str, str], Answer]:
    """Half a day a week; two days in the last thirty, on-line days apart, softly."""
    slow = Slow(year, {"onsite": Fraction(1), "half": Fraction(1, 2), "online": Fraction(1, 4)})
    found: dict[tuple[str, str], Answer] = {}
    monday = year.starts_on
    while monday.weekday() != 0:
        monday -= DAY
    while monday <= year.ends_on:
        key = f"{monday.isocalendar().year}-W{monday.isocalendar().week:02d}"
        dates = slow.served(monday, monday + 6 * DAY)
        found["weekly-half-day", key] = slow.least(
            key, monday, monday + 6 * DAY, slow.days(dates, False), slow.days(dates, True), Fraction(1, 2),
            exempt_under=5, waivable="yes",
        )  # fmt: skip
        monday += 7 * DAY
    there = Slow(year, {"onsite": Fraction(1), "half": Fraction(1, 2), "online": Fraction(1, 4)})
    for month, kept in there.months.items():
        for visit, state in kept:
            if visit["mode"] == "online":
                take_out(there, visit, state, month)
    first = slow.today - 29 * DAY
    dates = there.served(first, slow.today)
    value, hoped = there.days(dates, False), there.days(dates, True)
    state, _, asks, _ = there.least("", first, slow.today, value, hoped, 2, strict=False)
    if state == "pending" and hoped < 2 and not (value != hoped and not there.locked(first, slow.today)):
        state = "warning"
    final = there.locked(first, slow.today) and value == hoped and slow.today > slow.last
    found["last-thirty-days", str(slow.today)] = (state, value, asks, final)
    return found


def take_out(slow: Slow, visit: dict[str, Any], state: str, month: tuple[int, int]) -> None:
    """Take the days of a visit out of the grid again."""
    day = visit["starts_on"]
    while day <= visit["ends_on"]:
        if (day.year, day.month) == month:
            slow.grid.get(day, {}).get(state, {}).pop(visit["host"], None)
        day += DAY


def long_gaps(year: Year) -> dict[tuple[str, str], Answer]:
    """No more than thirty days without a visit in the term; ten days a calendar year, on-line days by half."""
    slow = Slow(year, {"onsite": Fraction(1), "online": Fraction(1, 2)})
    found: dict[tuple[str, str], Answer] = {}
    for number in range(year.starts_on.year, year.ends_on.year + 1):
        first, last = date(number, 1, 1), date(number, 12, 31)
        dates = slow.served(first, last)
        asks = in_proportion(10, len(dates), (last - first).days + 1, up=True)
        found["year-days", str(number)] = slow.least(
            str(number), first, last, slow.days(dates, False), slow.days(dates, True), asks
        )
    dates = slow.served(year.starts_on, year.ends_on)
    if not dates:  # stopped before it began
        return found
    value, hoped = slow.gap(dates, False), slow.gap(dates, True)
    locked, running = slow.locked(year.starts_on, year.ends_on), slow.today <= dates[-1]
    kept = "pending" if running else "met"
    missed = "pending" if hoped <= 30 else "warning"
    state = kept if value <= 30 else missed
    found["long-gap", "term"] = (state, value, 30, locked and value == hoped)
    return found
