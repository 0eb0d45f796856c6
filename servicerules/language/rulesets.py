"""A rule set: its term, what counts, its rules, grades and pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from servicerules.grammar import Amount, Choice, Code, Either, Flag, Many, Mapped, Number, One, Text, Words, part
from servicerules.language.measures import MODES, Measure
from servicerules.language.rules import Rule
from servicerules.language.windows import Every, Whole, Window

REFUSABLE = ("duplicate", "future_days", "outside_term", "overlap")
GIVERS = ("host", "university", "office", "doctor", "department")
ONE = Decimal(1)
_MEASURE, _WINDOW = Either("measure"), Either("window")


@dataclass(frozen=True)
class What:
    """Records of an activity and a mode count, with a weight for each day; on a date at two hosts one day, or one for
    each host. They count when the host confirms them, when he is silent for `after` days, or as soon as logged."""

    activity: str = part(Code("activity"), "visit")
    mode: str = part(Choice("mode", MODES), "onsite")
    weight: Decimal = part(Amount(0, 1), ONE)
    per_day: str = part(Choice("per_day", ("once", "each_host")), "once")
    confirmed_by: str = part(Choice("confirmer", ("host", "silence", "self")), "host")
    after: int | None = part(Number(0, 366), None)


@dataclass(frozen=True)
class PhaseOf:
    """A phase of so many months; the first begins with the term, each other after the one before."""

    code: str = part(Code("phase"))
    months: int = part(Number(1, 120))


@dataclass(frozen=True)
class TermOf:
    """How long a term is: usually, at least, and with all its extensions at most; and its phases."""

    months: int | None = part(Number(1, 240), None)
    at_least: int | None = part(Number(1, 240), None)
    extend_until: int | None = part(Number(1, 480), None)
    phases: tuple[PhaseOf, ...] = part(Many(One(PhaseOf)), ())


@dataclass(frozen=True)
class Entries:
    """When records can be entered and answered, to which month they belong, and which are refused.

    `month` is the month that locks `grace_days` after its end; records shorter than `shortest` days do not count.
    """

    month: str = part(Choice("lock_month", ("calendar", "anchored")), "calendar")
    grace_days: int = part(Number(0, 366), 5)
    answers_after_lock: bool = part(Flag(), True)
    record_belongs_to: str = part(Choice("belongs", ("start", "end")), "start")
    days_belong_to: str = part(Choice("days_belong", ("own", "record")), "own")
    shortest: int = part(Number(0, 366), 0)
    refuse: tuple[str, ...] = part(Many(Choice("refusable", REFUSABLE)), REFUSABLE)


@dataclass(frozen=True)
class Indicator:
    """Something that is given by somebody: a score, an amount, a document."""

    code: str = part(Code("indicator"))
    by: str = part(Choice("giver", GIVERS))


@dataclass(frozen=True)
class Band:
    """A grade and the lowest score that earns it; the last one takes all others."""

    grade: str = part(Code("grade"))
    least: Decimal | None = part(Amount(-1_000_000), None)


@dataclass(frozen=True)
class Quota:
    """At most this share of a group gets the grade, rounded down; the excess, by score, gets the next one."""

    grade: str = part(Code("grade"))
    most: Decimal = part(Amount(0, 1))
    per: str = part(Code("group"))


@dataclass(frozen=True)
class Grading:
    """Grades from the best to the worst, by a score or as somebody gives them, for each window."""

    bands: tuple[Band, ...] = part(Many(One(Band), 1))
    score: Measure | None = part(_MEASURE, None)
    given: str | None = part(Code("indicator"), None)
    within: Window = part(_WINDOW, Whole("term"), word="in")
    quotas: tuple[Quota, ...] = part(Many(One(Quota)), ())


@dataclass(frozen=True)
class Rate:
    """What a grade is paid of each unit."""

    grade: str = part(Code("grade"))
    rate: Decimal = part(Amount(0, 1_000_000))


@dataclass(frozen=True)
class Pay:
    """An amount for each window: a measure times the rate (of the grade, where rates by grade are given), at most so
    much, in the first so many windows."""

    of: Measure = part(_MEASURE)
    within: Window = part(_WINDOW, Every("service_year"), word="in")
    rate: Decimal = part(Amount(0, 1_000_000), ONE)
    by_grade: tuple[Rate, ...] = part(Many(One(Rate)), ())
    at_most: Decimal | None = part(Amount(), None)
    windows: int | None = part(Number(1, 120), None)


@dataclass(frozen=True)
class RuleSet:
    """One version of the rules of a programme."""

    code: str = part(Code("rule set"))
    rules: tuple[Rule, ...] = part(Many(One(Rule), 0, 100))
    version: int = part(Number(1, 1_000_000), 1)
    name: Mapping[str, str] | None = part(Words(), None)
    source: Mapping[str, str] | None = part(Words(), None)
    zone: str = part(Text(60), "Asia/Shanghai")
    term: TermOf = part(One(TermOf), TermOf())
    entries: Entries = part(One(Entries), Entries())
    count: tuple[What, ...] = part(Many(One(What)), (What(),))
    indicators: tuple[Indicator, ...] = part(Many(One(Indicator)), ())
    grade: Grading | None = part(One(Grading), None)
    pay: Pay | None = part(One(Pay), None)
    names: Mapping[str, Mapping[str, str]] | None = part(Mapped(Words()), None)

    @cached_property
    def clock(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.zone)

    @cached_property
    def counted(self) -> Mapping[tuple[str, str], What]:
        """Activity and mode → how it counts; what has no weight does not count."""
        return {(each.activity, each.mode): each for each in self.count if each.weight}

    @cached_property
    def grades(self) -> tuple[str, ...]:
        """The grades from the best to the worst."""
        return tuple(band.grade for band in self.grade.bands) if self.grade else ()
