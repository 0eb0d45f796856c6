"""Translates the rules of the releases before 0.4 (one object of 22 fields) and the eligibility of hosts into the
language, so that every verdict stays what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from servicerules.grammar import Amount, Choice, Flag, Many, Mapped, Number, Text, is_code, part
from servicerules.language import MODES, REFUSABLE
from servicerules.reading import Reader, WrongWords

MONTH_VISITS, MONTH_DAYS, TERM_DAYS, ELIGIBLE = "month-visits", "month-days", "term-days", "eligible"
"""The rules that a translated rule set can have."""


@dataclass(frozen=True)
class OldRules:
    """A rule set of the releases before 0.4: its fields, what each may be, and what one that was left out meant."""

    code: str = part(Text(200), "default")
    version: int = part(Number(1, 1_000_000), 1)
    time_zone: str = part(Text(60), "Asia/Shanghai")
    month_kind: str = part(Choice("month_kind", ("calendar", "anchored")), "calendar")
    part_month_min_days: int = part(Number(0, 31), 15)
    month_min_visits: int = part(Number(0, 31), 1)
    month_min_visit_days: int = part(Number(1, 31), 2)
    month_min_days: int = part(Number(0, 31), 0)
    month_strict: bool = part(Flag(), True)
    short_visit_counts: bool = part(Flag(), True)
    visit_belongs_to: str = part(Choice("belongs", ("start", "end")), "start")
    days_belong_to: str = part(Choice("days_belong", ("own", "visit")), "own")
    same_day_hosts: str = part(Choice("per_day", ("once", "each")), "once")
    weights: Mapping[str, Decimal] | None = part(Mapped(Amount(0, 1)), None)
    silence_confirms_after_days: int | None = part(Number(0, 366), None)
    answers_after_lock: bool = part(Flag(), True)
    waivers_allowed: bool = part(Flag(), True)
    grace_days: int = part(Number(0, 366), 5)
    term_min_days: int = part(Number(0, 3660), 30)
    term_strict: bool = part(Flag(), True)
    pro_rata: bool = part(Flag(), True)
    pro_rata_rounding: str = part(Choice("rounding", ("up", "down", "nearest")), "up")
    refuses: tuple[str, ...] = part(Many(Choice("refusable", REFUSABLE)), REFUSABLE)

    @property
    def worth(self) -> Mapping[str, Decimal]:
        """Kind of day → what a day of it counts."""
        return {"onsite": Decimal(1)} if self.weights is None else self.weights

    def to_data(self) -> dict[str, Any]:
        """All fields as plain JSON values; `read_old` gives an equal rule set back."""
        weights = {mode: str(worth) for mode, worth in sorted(self.worth.items())}
        return {**vars(self), "weights": weights, "refuses": sorted(self.refuses)}


def read_old(data: Any) -> OldRules:
    """An old rule set, read. Raises WrongWords, which names every wrong field."""
    reader = Reader()
    old: OldRules | None = reader.node(OldRules, data, "")
    weights = data.get("weights") if isinstance(data, Mapping) else None
    for mode in weights if isinstance(weights, Mapping) else ():
        if isinstance(mode, str) and is_code(mode) and mode not in MODES:
            reader.unknown(mode, f"weights.{mode}", set(MODES))
    if old is not None and not _is_zone(old.time_zone):
        reader.refuse("unknown_zone", "time_zone", word=old.time_zone)
    if old is None or reader.wrong:
        raise WrongWords(reader.wrong)
    return old


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (KeyError, ValueError, OSError):
        return False


def rules_from_v1(data: Any) -> dict[str, Any]:
    """An old rule set as data of the new language. Raises WrongWords, which names every wrong field.

    A month asked for visits and for days in one verdict; now these are two rules, and what they come to together is the
    worst of both (`verdicts.worst`).
    """
    old = read_old(data).to_data()
    found: dict[str, Any] = {
        "code": old["code"] if is_code(old["code"]) else "default",
        "version": old["version"],
        "zone": old["time_zone"],
        "entries": {
            "month": old["month_kind"],
            "grace_days": old["grace_days"],
            "answers_after_lock": old["answers_after_lock"],
            "record_belongs_to": old["visit_belongs_to"],
            "days_belong_to": "own" if old["days_belong_to"] == "own" else "record",
            "shortest": 0 if old["short_visit_counts"] else old["month_min_visit_days"],
            "refuse": sorted(old["refuses"]),
        },
        "count": [_what(mode, worth, old) for mode, worth in sorted(old["weights"].items())],
        "rules": [*_month_rules(old), *_term_rules(old)],
    }
    return found


def host_rule_from_v1(demands: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The eligibility of hosts (any of these qualifications, at this level or above) as rules on the act `host`; an
    empty one admits everyone and is no rule."""
    if not demands:
        return []
    held = [{"kind": each["kind"], "level": each.get("level", "municipal")} for each in demands]
    return [{"id": ELIGIBLE, "of": {"action": "host"}, "measure": {"held": held}, "must": {"least": 1}}]


def _what(mode: str, worth: Any, old: Mapping[str, Any]) -> dict[str, Any]:
    silence = old["silence_confirms_after_days"]
    confirmed = {"confirmed_by": "host"} if silence is None else {"confirmed_by": "silence", "after": silence}
    per_day = "once" if old["same_day_hosts"] == "once" else "each_host"
    return {"activity": "visit", "mode": mode, "weight": str(worth), "per_day": per_day, **confirmed}


def _month_rules(old: Mapping[str, Any]) -> list[dict[str, Any]]:
    month = {"every": "month" if old["month_kind"] == "calendar" else "anchored_month"}
    common = {
        "in": month,
        "short": {"exempt_under": old["part_month_min_days"]},
        "waivable": "yes" if old["waivers_allowed"] else "no",
    }
    word = "must" if old["month_strict"] else "should"
    found = []
    if old["month_min_visits"]:
        measure = {"count": {"lasting": old["month_min_visit_days"]}}
        found.append({"id": MONTH_VISITS, "measure": measure, word: {"least": old["month_min_visits"]}, **common})
    if old["month_min_days"]:
        found.append({"id": MONTH_DAYS, "measure": {"days": {}}, word: {"least": old["month_min_days"]}, **common})
    return found


def _term_rules(old: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not old["term_min_days"]:
        return []
    word = "must" if old["term_strict"] else "should"
    short = {"pro_rata": old["pro_rata_rounding"]} if old["pro_rata"] else {}
    rule = {"id": TERM_DAYS, "measure": {"days": {}}, "in": {"whole": "term"}, word: {"least": old["term_min_days"]}}
    return [{**rule, "short": short} if short else rule]
