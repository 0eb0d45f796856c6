"""The values of the JSON fields of monthly checks and of this app's jobs. No Django, no database."""

from typing import TypedDict

Key = int | str


class Days(TypedDict):
    first: str
    last: str


class Why(TypedDict):
    code: str
    params: dict[str, int | str | None]


class LeftOut(TypedDict):
    record: Key
    reason: Why


class MonthFacts(TypedDict):
    """A `MonthVerdict` as plain values: dates and months as ISO text, numbers of days as text."""

    month: str
    verdict: str
    final: bool
    asks_reason: bool
    window: Days
    days: str
    days_by_enterprise: dict[str, str]
    days_awaiting: str
    days_lapsed: str
    qualifying: list[Key]
    used: list[Key]
    awaiting: list[Key]
    lapsed: list[Key]
    refused: list[LeftOut]
    reasons: list[Why]
    rule_code: str
    rule_version: int
    formula: str
    locks_on: str | None
    as_of: str


class Changed(TypedDict):
    changed: int


class Standings(TypedDict):
    standings: int


class OfAssignment(TypedDict):
    assignment: int


class OfBatch(TypedDict):
    batch: int


class Rejudged(TypedDict):
    changed: int
    standings: int
