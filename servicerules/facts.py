"""The values that the judgement reads (terms, records, waivers, re-openings, what was given, acts) and the reasons it
returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from officedata.months import Month, day_count

Key = int | str
"""Identifies a record, a doctor or an enterprise: a primary key or any label."""

WHOLE_DAY = 10_000
"""Days are counted in whole ten-thousandths, so that sums of parts of days stay exact."""


def in_days(units: int) -> Decimal:
    """Ten-thousandths of a day as days, without trailing zeros: 240000 → 24, 5000 → 0.5."""
    return Decimal(units) / WHOLE_DAY


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a plain code with its numbers and names; `servicerules.wording` turns it into a sentence."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class Refusal(NamedTuple):
    """One record, or a late act upon it, that was not taken into account, and why."""

    record: Key
    reason: Reason


class Stretch(NamedTuple):
    """Days first..last, both included; `last < first` is empty."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return day_count(self.first, self.last)

    def within(self, other: Stretch) -> Stretch:
        """The part that lies in another stretch."""
        return Stretch(max(self.first, other.first), min(self.last, other.last))


class Replaced(NamedTuple):
    """A day of a term that held until a later one replaced it: what it was (`started` or `extended`), the day, and
    since when it was known (aware)."""

    what: str
    day: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Term:
    """The agreed term of a service, and what became of it.

    `starts_on`..`ends_on` was agreed (both days included). `started_on` is the first day really served where that is
    later, `stopped_on` the last one where that is earlier, `extended_to` the last day where the term was extended. Each
    is known from its `…_known_at` moment on (aware); without one, from the beginning of `starts_on`, of `stopped_on`,
    or of `ends_on`. `replaced` are earlier days in the place of `started_on` and `extended_to`: at a moment that one
    holds which became known last. Raises ValueError when the term ends before it starts.
    """

    starts_on: date
    ends_on: date
    stopped_on: date | None = None
    stopped_known_at: datetime | None = None
    started_on: date | None = None
    started_known_at: datetime | None = None
    extended_to: date | None = None
    extended_known_at: datetime | None = None
    replaced: tuple[Replaced, ...] = ()

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("a term ends on or after the day it starts")


@dataclass(frozen=True, slots=True)
class Record:
    """Something done, as logged, and what was answered to it: a visit, a lecture, a report. All moments are aware.

    `mode` is the kind of its days; `parts` gives another kind to single days, such as a half day or one of travel.
    """

    id: Key
    starts_on: date
    ends_on: date
    logged_at: datetime
    host: Key = ""
    activity: str = "visit"
    mode: str = "onsite"
    hours: Decimal | None = None
    confirmed_at: datetime | None = None
    disputed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    parts: Mapping[date, str] | None = None
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiver:
    """A window asked to be excused for cause, of one rule or of all that can be waived. `granted` counts from
    `decided_at` on; `documented` says that proof was given."""

    id: Key
    window: str
    asked_at: datetime
    decided_at: datetime | None = None
    granted: bool | None = None
    rule: str | None = None
    documented: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reopening:
    """A locked month opened again, from `reopened_at` (aware) to the end of `until_on`; None leaves it open."""

    month: Month
    reopened_at: datetime
    until_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gift:
    """What somebody gave for an indicator, for a day, known from a moment on: a number, a grade, a document."""

    indicator: str
    value: Decimal | str | bool
    on: date
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Service:
    """One assignment: doctor, host, term, and all that is known of it.

    `classes` are those of the service, its host and its doctor; `groups` names its group of each kind; `nth` is which
    term of the doctor in the programme it is.
    """

    id: Key
    term: Term
    doctor: Key = ""
    host: Key = ""
    team: Key = ""
    records: Sequence[Record] = ()
    waivers: Sequence[Waiver] = ()
    reopened: Sequence[Reopening] = ()
    given: Sequence[Gift] = ()
    nth: int = 1
    born_on: date | None = None
    classes: frozenset[str] = frozenset()
    groups: Mapping[str, Key] = field(default_factory=dict)


class Party(NamedTuple):
    """A host that is chosen, with its classes."""

    host: Key
    classes: frozenset[str] = frozenset()


class Qualification(NamedTuple):
    """A qualification as an enterprise holds it; an open end is None."""

    kind: str
    level: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is judged before it is done. `months` is the length of the term it leads to; `told_on` when it was
    announced."""

    id: Key
    act: str
    on: date
    doctor: Key = ""
    host: Key = ""
    team: Key = ""
    choices: Sequence[Party] = ()
    held: Sequence[Qualification] = ()
    given: Sequence[Gift] = ()
    classes: frozenset[str] = frozenset()
    nth: int = 1
    born_on: date | None = None
    months: int | None = None
    told_on: date | None = None
