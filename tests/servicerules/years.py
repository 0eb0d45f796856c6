"""Random years of service, for the comparisons: many records at month ends, leap days, year ends, the summer time of
1986–1991, overlapping hosts, part months, late starts, early stops, acts before and after the lock."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from officedata.months import LOCAL_ZONE, Month, day_start, term_end

FIRST_DAYS = (
    date(2023, 12, 7), date(2024, 1, 1), date(2024, 2, 29), date(2023, 3, 1), date(2023, 1, 31), date(1986, 4, 20),
    date(1988, 5, 1), date(1990, 9, 1), date(2024, 8, 31), date(2023, 11, 16),
)  # fmt: skip


@dataclass
class Year:
    """One service as plain values: what any reading of rules is given."""

    starts_on: date
    ends_on: date
    as_of: datetime
    stopped_on: date | None = None
    stopped_known_at: datetime | None = None
    started_on: date | None = None
    started_known_at: datetime | None = None
    visits: list[dict[str, Any]] = field(default_factory=list)
    waivers: list[dict[str, Any]] = field(default_factory=list)
    reopened: list[dict[str, Any]] = field(default_factory=list)


def a_year(chance: random.Random, *, modes: Sequence[str] = ("onsite",), busy: int = 16, reach: int = 1) -> Year:
    """Draw a year; `reach` multiplies the length of visits."""
    starts_on = chance.choice(FIRST_DAYS)
    months = chance.choice((12, 12, 12, 6, 3))
    year = Year(starts_on, term_end(starts_on, months), _moment(chance, starts_on, -20, 480))
    if chance.random() < 0.4:
        year.as_of = day_start(year.ends_on, LOCAL_ZONE) + timedelta(days=chance.choice((5, 40, 100)), hours=3)
    length = (year.ends_on - starts_on).days
    if chance.random() < 0.25:
        year.started_on = starts_on + timedelta(days=chance.randint(1, 45))
        year.started_known_at = chance.choice((None, _moment(chance, starts_on, 0, 60)))
    if chance.random() < 0.3:
        year.stopped_on = starts_on + timedelta(days=chance.randint(length // 3, length))
        year.stopped_known_at = chance.choice((None, _moment(chance, year.stopped_on, -5, 20)))
    for number in range(chance.randint(0, busy)):
        year.visits.append(_visit(chance, number, year, modes, reach))
    for number in range(chance.choice((0, 0, 1, 3))):
        year.waivers.append(_waiver(chance, number, year))
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        reopened_at = _moment(chance, starts_on, 20, 400)
        until = chance.choice((None, reopened_at.date() + timedelta(days=chance.randint(0, 40))))
        year.reopened.append({"month": _month(chance, year), "reopened_at": reopened_at, "until_on": until})
    return year


def _moment(chance: random.Random, day: date, low: int, high: int) -> datetime:
    clock = chance.choice((timedelta(0), timedelta(hours=12), timedelta(hours=23, minutes=59, seconds=59)))
    return day_start(day + timedelta(days=chance.randint(low, high)), LOCAL_ZONE) + clock


def _month(chance: random.Random, year: Year) -> Month:
    return Month.of(year.starts_on).plus(chance.randint(0, 12))


def _visit(chance: random.Random, number: int, year: Year, modes: Sequence[str], reach: int) -> dict[str, Any]:
    span = (year.ends_on - year.starts_on).days
    first = year.starts_on + timedelta(days=chance.randint(-4, span + 6))
    if chance.random() < 0.3:  # near the end of a month
        first = Month.of(first).last - timedelta(days=chance.randint(0, 2))
    last = first + timedelta(days=chance.choice((0, 0, 1, 1, 1, 2, 4)) * reach)
    if chance.random() < 0.02:
        last = first - timedelta(days=1)
    logged_at = _moment(chance, last, 0, 3) if chance.random() < 0.85 else _moment(chance, last, -2, 45)
    visit: dict[str, Any] = {
        "id": number, "host": chance.choice("AAB"), "starts_on": first, "ends_on": last, "mode": chance.choice(modes),
        "logged_at": logged_at,
    }  # fmt: skip
    if chance.random() < 0.7:
        visit["confirmed_at"] = logged_at + timedelta(hours=chance.choice((0, 1, 30, 400, 1500)))
    if chance.random() < 0.1:
        visit["disputed_at"] = logged_at + timedelta(hours=chance.choice((0, 5, 100, 900)))
    if chance.random() < 0.1:
        visit["withdrawn_at"] = logged_at + timedelta(hours=chance.choice((0, 5, 100, 900)))
    return visit


def _waiver(chance: random.Random, number: int, year: Year) -> dict[str, Any]:
    asked_at = _moment(chance, year.starts_on, 0, 380)
    decided = chance.random() < 0.7
    return {
        "id": f"w{number}", "month": _month(chance, year), "asked_at": asked_at,
        "decided_at": asked_at + timedelta(days=chance.choice((0, 2, 30))) if decided else None,
        "granted": chance.random() < 0.7 if decided else None,
    }  # fmt: skip
