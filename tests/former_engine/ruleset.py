"""The service rules of a batch as data: read, checked, written back, and warned about when its parts contradict each
other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from core.shapes import nearest
from tests.former_engine.facts import Param, Reason

DAY_KINDS = ("onsite", "half", "online", "half_online", "travel")
"""Kinds of a day that a rule set can give a weight; a kind without a weight does not count."""

REFUSABLE = ("duplicate", "future_days", "outside_term", "overlap")
"""Entries that a rule set can refuse. Days outside the term never count, whether refused at entry or not."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "month_kind": ("calendar", "anchored"),
    "visit_belongs_to": ("start", "end"),
    "days_belong_to": ("own", "visit"),
    "same_day_hosts": ("once", "each"),
    "pro_rata_rounding": ("up", "down", "nearest"),
}

BOUNDS: Mapping[str, tuple[int, int]] = {
    "version": (1, 1_000_000),
    "part_month_min_days": (0, 31),
    "month_min_visits": (0, 31),
    "month_min_visit_days": (1, 31),
    "month_min_days": (0, 31),
    "silence_confirms_after_days": (0, 366),
    "grace_days": (0, 366),
    "term_min_days": (0, 3660),
}

WHOLE_DAY = 100
"""Days are counted in whole hundredths, so that sums of half days stay exact."""


class RuleError(ValueError):
    """A rule set that cannot be read; `reasons` lists every bad field."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__("; ".join(f"{each.code} {dict(each.params)}" for each in reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class ServiceRules:
    """One version of the service rules. The defaults are the city's own rules.

    - `time_zone`: the zone in which days begin and end.
    - `month_kind`: "calendar", or "anchored" on the day of the month on which the term starts (a month then bears the
      name of the calendar month in which it begins).
    - `part_month_min_days`: a first or last part-month with fewer days is exempt; 0 exempts none.
    - `month_min_visits`, `month_min_visit_days`: so many visits of at least so many counted days each.
    - `month_min_days`: so many distinct days in the month; `month_strict` False makes the month's rule soft.
    - `short_visit_counts`: whether days of a visit too short for the month still count as days.
    - `visit_belongs_to`: the month in which it starts, or ends; `days_belong_to`: each day its "own" month, or the
      month of its "visit".
    - `same_day_hosts`: a date at two hosts is one day for the doctor ("once") or one for "each".
    - `weights`: kind of day → worth, 0..1 with at most two decimals; a kind left out is worth 0.
    - `silence_confirms_after_days`: an entry unanswered so long counts as confirmed; 0 counts it at once, None never.
    - `answers_after_lock`: whether entries made in time may still be answered by the host after the lock.
    - `waivers_allowed`: whether a month can be excused for cause.
    - `grace_days`: days after the month's end in which it still takes entries, before it locks.
    - `term_min_days`: distinct days the whole term asks for (0: none); `term_strict` False makes it soft.
    - `pro_rata`, `pro_rata_rounding`: whether a term cut short shrinks that target, and how the result is rounded.
    - `refuses`: which doubtful entries are refused, see `REFUSABLE`.
    """

    code: str = "default"
    version: int = 1
    time_zone: str = "Asia/Shanghai"
    month_kind: str = "calendar"
    part_month_min_days: int = 15
    month_min_visits: int = 1
    month_min_visit_days: int = 2
    month_min_days: int = 0
    month_strict: bool = True
    short_visit_counts: bool = True
    visit_belongs_to: str = "start"
    days_belong_to: str = "own"
    same_day_hosts: str = "once"
    weights: Mapping[str, Decimal] = field(default_factory=lambda: {"onsite": Decimal(1)})
    silence_confirms_after_days: int | None = None
    answers_after_lock: bool = True
    waivers_allowed: bool = True
    grace_days: int = 5
    term_min_days: int = 30
    term_strict: bool = True
    pro_rata: bool = True
    pro_rata_rounding: str = "up"
    refuses: frozenset[str] = frozenset(REFUSABLE)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ServiceRules:
        """Read a rule set from plain JSON values; fields left out take the default.

        Raises RuleError naming every bad field, with code unknown_field, misspelt_field, not_a_number, out_of_range,
        not_yes_or_no, not_a_choice, not_a_text, unknown_zone, not_a_mapping, not_a_list or bad_weight; or not_rules
        alone.
        """
        if not isinstance(data, Mapping):
            raise RuleError([Reason("not_rules")])
        known = {each.name for each in fields(cls)}
        wrong = [_unknown(str(name), known) for name in data if name not in known]
        values: dict[str, Any] = {}
        for name, raw in data.items():
            if name in known:
                try:
                    values[name] = _READERS[name](name, raw)
                except RuleError as error:
                    wrong.extend(error.reasons)
        if wrong:
            raise RuleError(sorted(wrong, key=lambda each: str(each.params["field"])))
        return cls(**values)

    def to_data(self) -> dict[str, Any]:
        """All fields as plain JSON values; `from_data` gives an equal rule set back."""
        data: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        data["weights"] = {kind: str(worth) for kind, worth in sorted(self.weights.items())}
        data["refuses"] = sorted(self.refuses)
        return data

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def units(self) -> Mapping[str, int]:
        """Kind of day → worth in hundredths of a day."""
        return {kind: int(worth * WHOLE_DAY) for kind, worth in self.weights.items()}

    @property
    def month_least(self) -> int:
        """The fewest days with which a month can be met."""
        return max(self.month_min_visits * self.month_min_visit_days, self.month_min_days)


def contradictions(rules: ServiceRules, term_months: int = 12) -> list[Reason]:
    """The parts of a rule set that contradict each other, for a term of so many months, as warnings to its author.

    months_fall_short: who serves every month just enough still misses the term (12 × 2 = 24 < 30).
    month_impossible: a month asks for more days than the shortest month has. term_impossible: the term asks for more
    days than it has (365 a year). nothing_counts: no kind of day has a weight, while days are asked for.
    """
    found: list[Reason] = []
    least, target = rules.month_least, rules.term_min_days
    gives = term_months * least
    if 0 < gives < target:
        formula = f"{term_months} × {least} = {gives} < {target}"
        params: dict[str, Param] = {
            "months": term_months,
            "per_month": least,
            "gives": gives,
            "asks": target,
            "formula": formula,
        }
        found.append(Reason("months_fall_short", params))
    if least > 28:
        found.append(Reason("month_impossible", {"asks": least, "has": 28}))
    has = 365 * term_months // 12
    if target > has:
        found.append(Reason("term_impossible", {"asks": target, "has": has}))
    if (least or target) and not any(rules.units.values()):
        found.append(Reason("nothing_counts"))
    return found


def _unknown(name: str, known: Iterable[str]) -> Reason:
    near = nearest(name, sorted(known))
    return (
        Reason("misspelt_field", {"field": name, "nearest": near}) if near else Reason("unknown_field", {"field": name})
    )


def _wrong(code: str, name: str, **params: Param) -> RuleError:
    return RuleError([Reason(code, {"field": name, **params})])


def _number(name: str, raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _wrong("not_a_number", name)
    low, high = BOUNDS[name]
    if not low <= raw <= high:
        raise _wrong("out_of_range", name, low=low, high=high)
    return raw


def _number_or_none(name: str, raw: Any) -> int | None:
    return None if raw is None else _number(name, raw)


def _flag(name: str, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _wrong("not_yes_or_no", name)
    return raw


def _choice(name: str, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in CHOICES[name]:
        raise _wrong("not_a_choice", name, choices=", ".join(CHOICES[name]))
    return raw


def _text(name: str, raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise _wrong("not_a_text", name)
    return raw


def _zone(name: str, raw: Any) -> str:
    try:
        return ZoneInfo(_text(name, raw)).key
    except (KeyError, ValueError, OSError) as error:
        if isinstance(error, RuleError):
            raise
        raise _wrong("unknown_zone", name) from error


def _weights(name: str, raw: Any) -> dict[str, Decimal]:
    if not isinstance(raw, Mapping):
        raise _wrong("not_a_mapping", name)
    read: dict[str, Decimal] = {}
    wrong: list[Reason] = []
    for kind, worth in raw.items():
        try:
            # Read as text, because 0.1 as a float is not a tenth.
            read[kind] = value = Decimal(str(worth))
            fine = kind in DAY_KINDS and 0 <= value <= 1 and value * WHOLE_DAY % 1 == 0
        except InvalidOperation:
            fine = False
        if not fine:
            wrong.append(Reason("bad_weight", {"field": name, "kind": str(kind)}))
    if wrong:
        raise RuleError(wrong)
    return read


def _refuses(name: str, raw: Any) -> frozenset[str]:
    if isinstance(raw, str) or not isinstance(raw, (list, tuple, set, frozenset)):
        raise _wrong("not_a_list", name)
    if not all(isinstance(each, str) and each in REFUSABLE for each in raw):
        raise _wrong("not_a_choice", name, choices=", ".join(REFUSABLE))
    return frozenset(raw)


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(BOUNDS, _number),
    **dict.fromkeys(CHOICES, _choice),
    **dict.fromkeys(
        ("month_strict", "short_visit_counts", "answers_after_lock", "waivers_allowed", "term_strict", "pro_rata"),
        _flag,
    ),
    "silence_confirms_after_days": _number_or_none,
    "code": _text,
    "time_zone": _zone,
    "weights": _weights,
    "refuses": _refuses,
}

DEFAULT_RULES = ServiceRules()
"""At least one visit of two days in every calendar month, and thirty distinct days in the term."""
