"""The published format of a case: a rule set, services with their people, records, waivers, what was given, acts, and
the moments at which all this is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from servicerules.facts import Key
from servicerules.grammar import (
    UNIONS,
    Amount,
    Choice,
    Code,
    Day,
    Either,
    Flag,
    Label,
    Many,
    Mapped,
    Moment,
    Number,
    One,
    Text,
    Value,
    part,
)
from servicerules.language import ACTS, LEVELS, MODES, RuleSet
from servicerules.verdicts import STATES

FORMAT = 1
When: TypeAlias = date | datetime
_CLASSES = Many(Code("class"))
_LABELS = Many(Label())


@dataclass(frozen=True)
class Person:
    """A doctor, with what rules may ask of him."""

    id: Key = part(Label())
    born_on: date | None = part(Day(), None)
    classes: tuple[str, ...] = part(_CLASSES, (), word="class")


@dataclass(frozen=True)
class Host:
    """An enterprise, with its classes."""

    id: Key = part(Label())
    classes: tuple[str, ...] = part(_CLASSES, (), word="class")


@dataclass(frozen=True)
class CaseService:
    """One service agreement. `ends_on` may be left out where the rule set says how many months a term has."""

    id: Key = part(Label())
    starts_on: date = part(Day())
    ends_on: date | None = part(Day(), None)
    doctor: Key | None = part(Label(), None)
    host: Key | None = part(Label(), None)
    team: Key | None = part(Label(), None)
    nth: int = part(Number(1, 100), 1)
    classes: tuple[str, ...] = part(_CLASSES, (), word="class")
    groups: Mapping[str, Key] | None = part(Mapped(Label()), None)
    started_on: date | None = part(Day(), None)
    started_known_at: When | None = part(Moment(), None)
    stopped_on: date | None = part(Day(), None)
    stopped_known_at: When | None = part(Moment(), None)
    extended_to: date | None = part(Day(), None)
    extended_known_at: When | None = part(Moment(), None)


@dataclass(frozen=True)
class DayPart:
    """A day of a visit that is of another kind than the visit."""

    day: date = part(Day())
    mode: str = part(Choice("mode", MODES))


@dataclass(frozen=True)
class Visit:
    """Something done: a visit, or a record of another activity. It counts in each of its `services` (the only one, if
    there is but one). What is left out: one day, logged in the evening of its last day, confirmed at once."""

    id: Key = part(Label())
    starts_on: date = part(Day())
    ends_on: date | None = part(Day(), None)
    services: tuple[Key, ...] = part(_LABELS, ())
    activity: str = part(Code("activity"), "visit")
    mode: str = part(Choice("mode", MODES), "onsite")
    host: Key | None = part(Label(), None)
    hours: Decimal | None = part(Amount(0, 10_000), None)
    classes: tuple[str, ...] = part(_CLASSES, (), word="class")
    logged_at: When | None = part(Moment(), None)
    confirmed: bool = part(Flag(), True)
    confirmed_at: When | None = part(Moment(), None)
    disputed_at: When | None = part(Moment(), None)
    withdrawn_at: When | None = part(Moment(), None)
    parts: tuple[DayPart, ...] = part(Many(One(DayPart)), ())


@dataclass(frozen=True)
class CaseWaiver:
    """A window asked to be excused, of one rule or of all that can be waived; `granted` left out is undecided."""

    id: Key = part(Label())
    window: str = part(Text(60))
    service: Key | None = part(Label(), None)
    rule: str | None = part(Code("rule"), None)
    asked_at: When | None = part(Moment(), None)
    decided_at: When | None = part(Moment(), None)
    granted: bool | None = part(Flag(), None)
    documented: bool = part(Flag(), False)


@dataclass(frozen=True)
class CaseReopening:
    """A locked month ("2024-03") opened again, until the end of a day or without end."""

    month: str = part(Text(7))
    reopened_at: When = part(Moment())
    service: Key | None = part(Label(), None)
    until_on: date | None = part(Day(), None)


@dataclass(frozen=True)
class CaseGift:
    """What was given for an indicator of a service: for a day (the first of the term), known from a moment on."""

    indicator: str = part(Code("indicator"))
    value: Decimal | str | bool = part(Value())
    service: Key | None = part(Label(), None)
    on: date | None = part(Day(), None)
    known_at: When | None = part(Moment(), None)


@dataclass(frozen=True)
class CaseHeld:
    """A qualification that an enterprise holds."""

    kind: str = part(Code("qualification"))
    level: str = part(Choice("level", LEVELS), "municipal")
    valid_from: date | None = part(Day(), None)
    valid_until: date | None = part(Day(), None)


@dataclass(frozen=True)
class CaseAct:
    """An act that is judged before it is done."""

    id: Key = part(Label())
    act: str = part(Choice("act", ACTS))
    on: date = part(Day())
    doctor: Key | None = part(Label(), None)
    host: Key | None = part(Label(), None)
    team: Key | None = part(Label(), None)
    choices: tuple[Host, ...] = part(Many(One(Host)), ())
    held: tuple[CaseHeld, ...] = part(Many(One(CaseHeld)), ())
    given: tuple[CaseGift, ...] = part(Many(One(CaseGift)), ())
    classes: tuple[str, ...] = part(_CLASSES, (), word="class")
    nth: int = part(Number(1, 100), 1)
    months: int | None = part(Number(0, 1200), None)
    told_on: date | None = part(Day(), None)


# -- What a case expects ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfRule:
    """The verdicts of a rule (of a subject, of a window, at a moment: the first is 1) all have these values; with
    `host` the value is that of the days as this host sees them."""

    rule: str = part(Code("rule"))
    subject: Key | None = part(Label(), None)
    window: str | None = part(Text(60), None)
    host: Key | None = part(Label(), None)
    moment: int | None = part(Number(1, 1000), None)
    state: str | None = part(Choice("state", STATES), None)
    value: Decimal | None = part(Amount(-1_000_000_000), None)
    hoped: Decimal | None = part(Amount(-1_000_000_000), None)
    asks: Decimal | None = part(Amount(-1_000_000_000), None)
    final: bool | None = part(Flag(), None)


@dataclass(frozen=True)
class OfRecord:
    """A record is refused for this reason, or used."""

    record: Key = part(Label())
    refused: str | None = part(Code("reason"), None)
    rule: str | None = part(Code("rule"), None)
    window: str | None = part(Text(60), None)
    moment: int | None = part(Number(1, 1000), None)


@dataclass(frozen=True)
class OfAct:
    """An act is allowed or refused; left out: something is not known."""

    act: Key = part(Label())
    allowed: bool | None = part(Flag(), None)


@dataclass(frozen=True)
class OfGrade:
    """A service gets this grade and this score."""

    grade_of: Key = part(Label())
    window: str | None = part(Text(60), None)
    moment: int | None = part(Number(1, 1000), None)
    grade: str | None = part(Code("grade"), None)
    score: Decimal | None = part(Amount(-1_000_000), None)


@dataclass(frozen=True)
class OfPay:
    """A service is paid this amount."""

    pay_of: Key = part(Label())
    window: str | None = part(Text(60), None)
    moment: int | None = part(Number(1, 1000), None)
    amount: Decimal | None = part(Amount(), None)


@dataclass(frozen=True)
class OfWarning:
    """The author is warned with this code; or, where `given` is false, is not."""

    warning: str = part(Code("warning"))
    given: bool = part(Flag(), True)


Expected: TypeAlias = OfRule | OfRecord | OfAct | OfGrade | OfPay | OfWarning
UNIONS["expected"] = (OfRule, OfRecord, OfAct, OfGrade, OfPay, OfWarning)


@dataclass(frozen=True)
class CaseFile:
    """A case: the rules as `rule_set` or by the name of a `preset`, and the facts. Without `moments` it is judged when
    every month is locked."""

    format: int = part(Number(1, 1_000_000))
    title: str | None = part(Text(400), None)
    preset: str | None = part(Code("preset"), None)
    rule_set: RuleSet | None = part(One(RuleSet), None)
    people: tuple[Person, ...] = part(Many(One(Person), 0, 1000), ())
    hosts: tuple[Host, ...] = part(Many(One(Host), 0, 1000), ())
    services: tuple[CaseService, ...] = part(Many(One(CaseService), 0, 1000), ())
    visits: tuple[Visit, ...] = part(Many(One(Visit), 0, 20_000), ())
    waivers: tuple[CaseWaiver, ...] = part(Many(One(CaseWaiver), 0, 1000), ())
    reopened: tuple[CaseReopening, ...] = part(Many(One(CaseReopening), 0, 1000), ())
    given: tuple[CaseGift, ...] = part(Many(One(CaseGift), 0, 10_000), ())
    acts: tuple[CaseAct, ...] = part(Many(One(CaseAct), 0, 1000), ())
    moments: tuple[Any, ...] = part(Many(Moment(), 0, 400), ())
    expect: tuple[Expected, ...] = part(Many(Either("expected"), 0, 1000), ())
