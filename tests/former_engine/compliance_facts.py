"""Short ways to write down visits, waivers and moments for the tests of compliance."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from officedata.months import LOCAL_ZONE, Month
from tests.former_engine import Key, Reason, Term, VisitFact, WaiverFact

TERM = Term(date(2023, 12, 7), date(2024, 12, 6))
LONG_AFTER = datetime(2025, 6, 1, 12, tzinfo=LOCAL_ZONE)


def day(text: str) -> date:
    """A day from "2024-03-05"."""
    return date.fromisoformat(text)


def at(text: str, clock: str = "12:00") -> datetime:
    """A local moment from "2024-03-05"."""
    return datetime.combine(day(text), time.fromisoformat(clock), tzinfo=LOCAL_ZONE)


def visit(pk: Key, first: str, days: int = 2, host: Key = "A", *, confirmed: bool = True, **facts: Any) -> VisitFact:
    """A visit on site, logged on the evening of its last day and confirmed an hour later, unless told otherwise."""
    starts_on = day(first)
    ends_on = starts_on + timedelta(days=days - 1)
    logged_at = facts.pop("logged_at", datetime.combine(ends_on, time(20), tzinfo=LOCAL_ZONE))
    if confirmed:
        facts.setdefault("confirmed_at", logged_at + timedelta(hours=1))
    return VisitFact(pk, host, starts_on, ends_on, facts.pop("mode", "onsite"), logged_at, **facts)


def waiver(month: str, asked: str, decided: str | None = None, granted: bool | None = None) -> WaiverFact:
    """A waiver asked and decided at noon of those days."""
    return WaiverFact("w", Month.parse(month), at(asked), at(decided) if decided else None, granted, "plant closed")


def codes(reasons: Any) -> list[str]:
    """The codes of reasons, or of refusals with the record before them."""
    return [each.code if isinstance(each, Reason) else f"{each.record}:{each.reason.code}" for each in reasons]
