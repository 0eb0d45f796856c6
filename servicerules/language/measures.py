"""What is measured: records in a window, what was given, people, and what is made of these."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from servicerules.grammar import Amount, Choice, Code, Either, Many, Number, One, part
from servicerules.language.windows import Every, Rolling

MODES = ("onsite", "half", "online", "half_online", "travel")
PARTIES = ("hosts", "doctors", "choices", "refusals", "members", "services")
LEVELS = ("municipal", "provincial", "national")
ZERO, ONE = Decimal(0), Decimal(1)
_MEASURE = Either("measure")


@dataclass(frozen=True)
class Records:
    """Records of an activity (any that counts, if left out), of these modes, lasting at least so many counted days, at
    hosts of one of these classes."""

    activity: str | None = part(Code("activity"), None)
    modes: tuple[str, ...] = part(Many(Choice("mode", MODES)), ())
    lasting: int = part(Number(0, 366), 0)
    classes: tuple[str, ...] = part(Many(Code("class")), (), word="class")


@dataclass(frozen=True)
class Count:
    """How many records begin in the window."""

    count: Records = part(One(Records))


@dataclass(frozen=True)
class Days:
    """Distinct days, each with its weight; of several people each one's days."""

    days: Records = part(One(Records))


@dataclass(frozen=True)
class Hours:
    """Hours as logged; a record without hours has eight for each counted day."""

    hours: Records = part(One(Records))


@dataclass(frozen=True)
class Months:
    """Months of thirty counted days."""

    months: Records = part(One(Records))


@dataclass(frozen=True)
class Longest:
    """The longest run of consecutive dates."""

    longest: Records = part(One(Records))


@dataclass(frozen=True)
class Gap:
    """The longest time without a record, in days from date to date, the window's first day and today included; in a
    window `always` the time since the last one."""

    gap: Records = part(One(Records))


@dataclass(frozen=True)
class Span:
    """Days from the first to the last record, both included."""

    span: Records = part(One(Records))


@dataclass(frozen=True)
class Covered:
    """Dates on which at least so many people are there."""

    covered: int = part(Number(1, 1000))
    records: Records = part(One(Records), Records())


@dataclass(frozen=True)
class Given:
    """The latest value that somebody gave for an indicator."""

    given: str = part(Code("indicator"))


@dataclass(frozen=True)
class Money:
    """The sum of all amounts given for an indicator in the window."""

    money: str = part(Code("indicator"))


@dataclass(frozen=True)
class People:
    """How many parties there are, of these classes if any are named."""

    people: str = part(Choice("party", PARTIES))
    classes: tuple[str, ...] = part(Many(Code("class")), (), word="class")


@dataclass(frozen=True)
class Holding:
    """A qualification of a kind, at this level or above."""

    kind: str = part(Code("qualification"))
    level: str = part(Choice("level", LEVELS), "municipal")


@dataclass(frozen=True)
class Held:
    """How many of these qualifications are held and valid on the day."""

    held: tuple[Holding, ...] = part(Many(One(Holding), 1))


@dataclass(frozen=True)
class Age:
    """The age in years, on the day of the act or the first day of the window."""

    age: str = part(Choice("age_unit", ("years",)))


@dataclass(frozen=True)
class Length:
    """Whole months of the term, extensions included."""

    length: str = part(Choice("length_unit", ("months",)))


@dataclass(frozen=True)
class Points:
    """`base` and `per` for each unit of a measure, or of what it lacks of `missing`; no more than `cap`, no less than
    `floor`."""

    points: Measure = part(_MEASURE)
    per: Decimal = part(Amount(-1000, 1000), ONE)
    base: Decimal = part(Amount(-1000, 1000), ZERO)
    missing: Decimal | None = part(Amount(), None)
    cap: Decimal | None = part(Amount(-1000, 100_000), None)
    floor: Decimal | None = part(Amount(-1000, 100_000), None)


@dataclass(frozen=True)
class Total:
    """The sum of several measures."""

    total: tuple[Measure, ...] = part(Many(_MEASURE, 1, 12))


@dataclass(frozen=True)
class Greatest:
    """The greatest of several measures: one of them is enough."""

    greatest: tuple[Measure, ...] = part(Many(_MEASURE, 1, 12))


@dataclass(frozen=True)
class Share:
    """What one measure is of another: from 0 to 1 where the one is a part of the other; nothing of nothing is 0."""

    share: Measure = part(_MEASURE)
    of: Measure = part(_MEASURE)


@dataclass(frozen=True)
class Over:
    """The sum, average, smallest or greatest of a measure over smaller windows."""

    over: str = part(Choice("fold", ("sum", "avg", "min", "max")))
    of: Measure = part(_MEASURE)
    each: Every | Rolling = part(Either("piece"))


Measure: TypeAlias = (
    Count | Days | Hours | Months | Longest | Gap | Span | Covered | Given | Money | People | Held | Age | Length
    | Points | Total | Greatest | Share | Over
)  # fmt: skip
RECORDED = (Count, Days, Hours, Months, Longest, Gap, Span)
"""Measures whose head says which records they look at."""
