"""A rule set as data: read, refused with every bad field, written back, warned about."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.former_engine import DEFAULT_RULES, Reason, RuleError, ServiceRules, contradictions

DEFAULT_DATA: dict[str, Any] = {
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

OTHER_DATA: dict[str, Any] = {
    "code": "other",
    "version": 7,
    "time_zone": "Asia/Urumqi",
    "month_kind": "anchored",
    "part_month_min_days": 0,
    "month_min_visits": 2,
    "month_min_visit_days": 1,
    "month_min_days": 7,
    "month_strict": False,
    "short_visit_counts": False,
    "visit_belongs_to": "end",
    "days_belong_to": "visit",
    "same_day_hosts": "each",
    "weights": {"half": "0.5", "onsite": "1", "travel": "0.25"},
    "silence_confirms_after_days": 10,
    "answers_after_lock": False,
    "waivers_allowed": False,
    "grace_days": 0,
    "term_min_days": 90,
    "term_strict": False,
    "pro_rata": False,
    "pro_rata_rounding": "nearest",
    "refuses": ["overlap"],
}


def test_the_default_is_the_round_it_was_designed_from() -> None:
    assert DEFAULT_RULES.to_data() == DEFAULT_DATA
    assert ServiceRules.from_data({}) == DEFAULT_RULES


@pytest.mark.parametrize("data", [DEFAULT_DATA, OTHER_DATA])
def test_data_leads_back(data: dict[str, Any]) -> None:
    assert set(data) == set(DEFAULT_DATA)
    assert ServiceRules.from_data(json.loads(json.dumps(data))).to_data() == data


def test_every_field_of_the_other_rule_set_differs() -> None:
    assert [name for name in DEFAULT_DATA if DEFAULT_DATA[name] == OTHER_DATA[name]] == []


def test_weights_are_exact() -> None:
    rules = ServiceRules.from_data({"weights": {"onsite": 1, "half": 0.1, "travel": "0.33"}})
    assert rules.weights == {"onsite": Decimal(1), "half": Decimal("0.1"), "travel": Decimal("0.33")}
    assert rules.units == {"onsite": 100, "half": 10, "travel": 33}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("colour", 1, Reason("unknown_field", {"field": "colour"})),
        ("grace_days", "5", Reason("not_a_number", {"field": "grace_days"})),
        ("grace_days", True, Reason("not_a_number", {"field": "grace_days"})),
        ("grace_days", None, Reason("not_a_number", {"field": "grace_days"})),
        ("grace_days", 2.0, Reason("not_a_number", {"field": "grace_days"})),
        ("grace_days", -1, Reason("out_of_range", {"field": "grace_days", "low": 0, "high": 366})),
        ("month_min_visit_days", 0, Reason("out_of_range", {"field": "month_min_visit_days", "low": 1, "high": 31})),
        ("month_min_days", 32, Reason("out_of_range", {"field": "month_min_days", "low": 0, "high": 31})),
        ("silence_confirms_after_days", "no", Reason("not_a_number", {"field": "silence_confirms_after_days"})),
        ("month_strict", 1, Reason("not_yes_or_no", {"field": "month_strict"})),
        ("month_kind", "lunar", Reason("not_a_choice", {"field": "month_kind", "choices": "calendar, anchored"})),
        ("month_kind", ["calendar"], Reason("not_a_choice", {"field": "month_kind", "choices": "calendar, anchored"})),
        ("code", " ", Reason("not_a_text", {"field": "code"})),
        ("time_zone", "Asia/Atlantis", Reason("unknown_zone", {"field": "time_zone"})),
        ("time_zone", "../../etc/passwd", Reason("unknown_zone", {"field": "time_zone"})),
        ("time_zone", 8, Reason("not_a_text", {"field": "time_zone"})),
        ("weights", [1], Reason("not_a_mapping", {"field": "weights"})),
        ("weights", {"onsite": 1.5}, Reason("bad_weight", {"field": "weights", "kind": "onsite"})),
        ("weights", {"onsite": -1}, Reason("bad_weight", {"field": "weights", "kind": "onsite"})),
        ("weights", {"onsite": "0.333"}, Reason("bad_weight", {"field": "weights", "kind": "onsite"})),
        ("weights", {"onsite": "NaN"}, Reason("bad_weight", {"field": "weights", "kind": "onsite"})),
        ("weights", {"onsite": "whole"}, Reason("bad_weight", {"field": "weights", "kind": "onsite"})),
        ("weights", {"on_site": 1}, Reason("bad_weight", {"field": "weights", "kind": "on_site"})),
        ("refuses", "overlap", Reason("not_a_list", {"field": "refuses"})),
        ("refuses", ["rain"], Reason("not_a_choice",
         {"field": "refuses", "choices": "duplicate, future_days, outside_term, overlap"})),
    ],
)  # fmt: skip
def test_a_bad_field_is_refused(field: str, value: Any, reason: Reason) -> None:
    with pytest.raises(RuleError) as caught:
        ServiceRules.from_data({field: value})
    assert caught.value.reasons == [reason]


def test_all_bad_fields_are_named_at_once() -> None:
    bad = {"weights": {"x": 1, "onsite": 2}, "grace_days": "5", "colour": 1, "term_min_days": 40, "pro_rata": "yes"}
    with pytest.raises(RuleError) as caught:
        ServiceRules.from_data(bad)
    named = [(each.params["field"], each.code) for each in caught.value.reasons]
    assert named == [
        ("colour", "unknown_field"),
        ("grace_days", "not_a_number"),
        ("pro_rata", "not_yes_or_no"),
        ("weights", "bad_weight"),
        ("weights", "bad_weight"),
    ]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (replace(DEFAULT_RULES, month_min_visits=0), []),
        (replace(DEFAULT_RULES, month_min_days=3), []),
        (replace(DEFAULT_RULES, term_min_days=24), []),
        (replace(DEFAULT_RULES, term_min_days=0), []),
        (replace(DEFAULT_RULES, month_min_days=29), [Reason("month_impossible", {"asks": 29, "has": 28})]),
        (replace(DEFAULT_RULES, weights={"onsite": Decimal(0)}, term_min_days=20), [Reason("nothing_counts")]),
        (replace(DEFAULT_RULES, weights={}, month_min_visits=0, term_min_days=0), []),
        (
            replace(DEFAULT_RULES, month_min_visits=0, term_min_days=366),
            [Reason("term_impossible", {"asks": 366, "has": 365})],
        ),
    ],
)
def test_contradictions(rules: ServiceRules, found: list[Reason]) -> None:
    assert contradictions(rules) == found
