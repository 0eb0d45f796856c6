"""Translates the rules of the releases before 0.4 (one object of 22 fields) and the eligibility of hosts into the
language, so that every verdict stays what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MONTH_VISITS, MONTH_DAYS, TERM_DAYS, ELIGIBLE = "month-visits", "month-days", "term-days", "eligible"
"""The rules that a translated rule set can have."""

DEFAULTS: Mapping[str, Any] = {
    "code": "default",
    "version": 1,
    "time_zone": "Asia/Shanghai",
    "month_kind": "calendar",
    "part_month_min_days": 15,
    "month_min_visits": 1,
    "month_min_visit_days": 2,
    "month_min_days": 0,
    "month_strict": True,
    "short_visit_counts": True,
    "visit_belongs_to": "start",
    "days_belong_to": "own",
    "same_day_hosts": "once",
    "weights": {"onsite": "1"},
    "silence_confirms_after_days": None,
    "answers_after_lock": True,
    "waivers_allowed": True,
    "grace_days": 5,
    "term_min_days": 30,
    "term_strict": True,
    "pro_rata": True,
    "pro_rata_rounding": "up",
    "refuses": ["duplicate", "future_days", "outside_term", "overlap"],
}
"""What a field that was left out meant."""


def rules_from_v1(data: Mapping[str, Any]) -> dict[str, Any]:
    """An old rule set as data of the new language. The old one must be readable: it was checked when it was written.

    A month asked for visits and for days in one verdict; now these are two rules, and what they come to together is the
    worst of both (`verdicts.worst`).
    """
    old = {**DEFAULTS, **data}
    found: dict[str, Any] = {
        "code": old["code"],
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
