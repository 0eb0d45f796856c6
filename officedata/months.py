"""Calendar months, terms counted in months, and the local day of a moment."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")

_WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month; months sort by time and print as "2026-10".

    Raises ValueError for a year outside 1..9999 or a month outside 1..12.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in. Refuses a datetime: its day depends on the zone, see `of_moment`."""
        if isinstance(day, datetime):
            raise TypeError("a moment has no month without its zone: use Month.of_moment")
        return cls(day.year, day.month)

    @classmethod
    def of_moment(cls, moment: datetime, zone: ZoneInfo = LOCAL_ZONE) -> Month:
        """The month an aware moment lies in, in the time zone `zone`. Raises ValueError for a naive moment."""
        return cls.of(local_day(moment, zone))

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-10". Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"a month is written like 2026-10, not {text!r}")
        return cls(int(found[1]), int(found[2]))

    @staticmethod
    def between(first: date, last: date) -> list[Month]:
        """Every month that holds a day of first..last (both included), in order; empty when last < first."""
        if last < first:
            return []
        start, count = first.year * 12 + first.month - 1, (last.year - first.year) * 12 + last.month - first.month + 1
        return [Month(number // 12, number % 12 + 1) for number in range(start, start + count)]

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        """How many days the month has, 28..31."""
        return monthrange(self.year, self.month)[1]

    def plus(self, months: int) -> Month:
        """The month so many months later (earlier when negative)."""
        number = self.year * 12 + self.month - 1 + months
        return Month(number // 12, number % 12 + 1)

    def next(self) -> Month:
        """The month after."""
        return self.plus(1)

    def previous(self) -> Month:
        """The month before."""
        return self.plus(-1)


def term_end(start: date, months: int = 12) -> date:
    """The last day of a term of whole months beginning on `start`: 2023-12-07 → 2024-12-06.

    It is the day before the corresponding day; where the last month has no such day (29 February, the 31st), the last
    day of that month, as the Civil Code of China counts months (article 202). Raises ValueError unless months ≥ 1.
    """
    if months < 1:
        raise ValueError("a term has at least one month")
    month = Month.of(start).plus(months)
    if start.day > month.days:
        return month.last
    return date(month.year, month.month, start.day) - timedelta(days=1)


def day_count(first: date, last: date) -> int:
    """Days in first..last, both included; 0 when last < first."""
    return max(0, (last - first).days + 1)


def working_days(after: date, until: date) -> int:
    """Mondays to Fridays later than `after`, up to and including `until`; 0 when there is none.

    Public holidays, and the weekends that are worked for them, are announced year by year and not known here.
    """
    days = max(0, (until - after).days)
    weeks, rest = divmod(days, 7)
    return 5 * weeks + sum((after + timedelta(days=step)).weekday() < 5 for step in range(1, rest + 1))


def local_day(moment: datetime, zone: ZoneInfo = LOCAL_ZONE) -> date:
    """The day of an aware moment on the clocks of `zone`. Raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo = LOCAL_ZONE) -> datetime:
    """The first moment of a day on the clocks of `zone`."""
    return datetime.combine(day, time.min, tzinfo=zone)


def day_end(day: date, zone: ZoneInfo = LOCAL_ZONE) -> datetime:
    """The last moment (to the microsecond) of a day on the clocks of `zone`."""
    return datetime.combine(day, time.max, tzinfo=zone)
