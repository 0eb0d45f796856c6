"""The values of the JSON fields of checks and of this app's jobs. No Django, no database."""

from typing import Any, TypedDict

Key = int | str


class Days(TypedDict):
    first: str
    last: str


class Why(TypedDict):
    code: str
    params: dict[str, int | str | None]


class WhySo(TypedDict):
    code: str
    params: dict[str, Any]


class LeftOut(TypedDict):
    record: Key
    reason: WhySo


class MonthFacts(TypedDict):
    """The verdict on a month as releases before 0.4 stored it: dates and months as ISO text, numbers as text."""

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


class Asked(TypedDict):
    value: str
    of: str
    share: int
    whole: int
    base: str


class VerdictFacts(TypedDict):
    """A `servicerules.Verdict` as plain values: dates and moments as ISO text, numbers as text."""

    rule: str
    subject: Key
    key: str
    window: Days
    state: str
    final: bool
    value: str | None
    hoped: str | None
    asks: Asked
    used: list[Key]
    awaiting: list[Key]
    lapsed: list[Key]
    refused: list[LeftOut]
    reasons: list[WhySo]
    changes: list[WhySo]
    follows: list[dict[str, Any]]
    locks_on: str | None
    version: int
    as_of: str
    by_host: dict[str, str]


# What is written now comes first: it is checked at each write.
CheckFacts = VerdictFacts | MonthFacts


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
