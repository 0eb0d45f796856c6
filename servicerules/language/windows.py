"""The days that a rule looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from servicerules.grammar import Choice, Code, Day, Many, Number, One, part

PERIODS = (
    "month", "anchored_month", "week", "day", "quarter", "half_year", "year", "service_year", "school_year",
)  # fmt: skip


@dataclass(frozen=True)
class Every:
    """Each such period that touches the term; `size` of them make one window."""

    every: str = part(Choice("period", PERIODS))
    size: int = part(Number(1, 24), 1)


@dataclass(frozen=True)
class Rolling:
    """The so many days that end with the day asked for."""

    rolling: int = part(Number(1, 3660))


@dataclass(frozen=True)
class Stretch:
    """A window by its dates."""

    code: str = part(Code("window"))
    first: date = part(Day())
    last: date = part(Day())


@dataclass(frozen=True)
class Dated:
    """Windows by their dates; they may overlap."""

    dated: tuple[Stretch, ...] = part(Many(One(Stretch), 1))


@dataclass(frozen=True)
class Phase:
    """A phase of the term."""

    phase: str = part(Code("phase"))


@dataclass(frozen=True)
class Whole:
    """The whole term; or always: from the first day of the term to the day asked for, judged anew each day."""

    whole: str = part(Choice("whole", ("term", "always")))


Window: TypeAlias = Every | Rolling | Dated | Phase | Whole
