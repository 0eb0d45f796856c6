"""The values that the judgement reads (terms, visits, waivers, re-openings) and the reasons it returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from officedata.months import Month, day_count

Key = int | str
"""Identifies a record or an enterprise: a primary key or any label."""

Param = int | str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a plain code with its numbers and names; `service.wording` turns it into a sentence."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


class Refusal(NamedTuple):
    """One record, or a late act upon it, that was not taken into account, and why."""

    record: Key
    reason: Reason


class Window(NamedTuple):
    """Days first..last, both included; `last < first` is the empty window."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return day_count(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Term:
    """The agreed term of an assignment, and what became of it.

    `starts_on`..`ends_on` is what was agreed (both days included). `started_on` is the first day really served where
    that is later; `stopped_on` the last one where that is earlier. Each is known from its `…_known_at` moment on
    (aware); without one, from the beginning of `starts_on` or `stopped_on`. Raises ValueError when the term ends before
    it starts.
    """

    starts_on: date
    ends_on: date
    stopped_on: date | None = None
    stopped_known_at: datetime | None = None
    started_on: date | None = None
    started_known_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("a term ends on or after the day it starts")


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit as logged, and what was answered to it. All moments are aware.

    `mode` is the kind of its days (see `DAY_KINDS`); `day_parts` gives another kind to single days, such as a half
    day or a day of travel.
    """

    id: Key
    enterprise: Key
    starts_on: date
    ends_on: date
    mode: str
    logged_at: datetime
    confirmed_at: datetime | None = None
    disputed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    day_parts: Mapping[date, str] | None = None


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A month asked to be excused for cause. `granted` counts from `decided_at` on; moments are aware."""

    id: Key
    month: Month
    asked_at: datetime
    decided_at: datetime | None = None
    granted: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReopenFact:
    """A locked month opened again, from `reopened_at` (aware) to the end of `until_on`; None leaves it open."""

    month: Month
    reopened_at: datetime
    until_on: date | None = None
    reason: str = ""


def as_data(value: Any) -> Any:
    """Any verdict, reason or forecast as plain JSON values: dates and months as ISO text, numbers of days as text."""
    if value is None or isinstance(value, (str, int, float)):  # most are, so this is asked first
        return value
    if isinstance(value, (date, Month, Decimal)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, (list, tuple, frozenset)) and not hasattr(value, "_fields"):
        return [as_data(part) for part in value]
    return {name: as_data(part) for name, part in _parts(value)}


def _parts(value: Any) -> Iterable[tuple[str, Any]]:
    """The named parts of a dataclass, a named tuple or a mapping."""
    if is_dataclass(value):
        return [(each.name, getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, tuple):
        return zip(value._fields, value, strict=True)  # type: ignore[attr-defined]
    return [(str(name), part) for name, part in value.items()]
