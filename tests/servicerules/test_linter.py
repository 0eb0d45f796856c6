"""The warnings to an author of rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from servicerules.checking import read_rule_set
from servicerules.facts import Stretch
from servicerules.lexicon import Lexicon
from servicerules.linter import lint
from servicerules.wording import say

MONTH, TERM = {"every": "month"}, {"whole": "term"}
VISIT_OF_TWO = {"count": {"lasting": 2}}
PHASES = [{"code": "trial", "months": 3}, {"code": "full", "months": 9}]
IN_TRIAL = [{"phase": "trial"}]
TEN = {"points": {"days": {}}, "cap": 10}


def rule(number: int, measure: Any, within: Any = TERM, **words: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "measure": measure, "in": within, **({"must": {"least": 1}} | words)}


def codes(*rules: dict[str, Any], **more: Any) -> list[str]:
    data = {"code": "x", "term": {"months": 12, "phases": PHASES}, "rules": list(rules), **more}
    return [each.code for each in lint(read_rule_set(data))]


def test_months_that_fall_short_of_the_term() -> None:
    rules = read_rule_set(
        {"code": "x", "term": {"months": 12},
         "rules": [rule(1, VISIT_OF_TWO, MONTH), rule(2, {"days": {}}, must={"least": 30})]}
    )  # fmt: skip
    assert [say(each, Lexicon("en", rules), "lint") for each in lint(rules)] == [
        "Whoever does just enough in each window misses the whole: 12 × 2 = 24 < 30 (rules “r1” and “r2”)."
    ]
    assert [say(each, Lexicon("zh", rules), "lint") for each in lint(rules)] == [
        "每期只做到最低要求仍达不到总数：12×2＝24，少于30（规则“r1”与“r2”）。"
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule(1, VISIT_OF_TWO, MONTH), rule(2, {"days": {}}, must={"least": 24})], []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 3}), rule(2, {"days": {}}, must={"least": 36})], []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 2}), rule(2, {"days": {}}, must={"most": 20})], ["parts_exceed"]),
        ([rule(1, {"days": {}}, MONTH), rule(2, {"days": {}}, {"every": "quarter"}, must={"least": 4})],
         ["parts_fall_short"]),
        ([rule(1, {"days": {}}, must={"least": 5}), rule(2, {"days": {}}, must={"most": 4})], ["cannot_both"]),
        ([rule(1, {"days": {}}, must={"least": 4}), rule(2, {"days": {}}, must={"most": 4})], []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 29})], ["more_than_the_window"]),
        ([rule(1, {"days": {}}, MONTH, must={"least": 28})], []),
        ([rule(1, {"days": {}}, MONTH, short={"exempt_under": 31})], []),
        ([rule(1, {"count": {"lasting": 5}}, {"every": "week"}, must={"least": 2})], ["more_than_the_window"]),
        ([rule(1, {"days": {}}, must={"least": 400})], ["more_than_the_window"]),
        ([rule(1, {"days": {}}, MONTH, short={"exempt_under": 32})], ["never_applies"]),
        ([rule(1, {"days": {}}, {"rolling": 400})], ["outside_the_term"]),
        ([rule(1, {"days": {"activity": "lecture"}})], ["nobody_enters"]),
        ([rule(1, {"days": {"modes": ["online"], "activity": "visit"}})], ["nobody_enters"]),
        ([rule(1, {"given": "score"})], ["nobody_gives"]),
        ([rule(1, {"days": {}}, when=[{"documented": "letter"}])], ["nobody_gives"]),
        ([rule(1, {"days": {}}, must={"least": 0})], ["always_true"]),
        ([rule(1, {"share": {"days": {}}, "of": {"count": {}}}, must={"most": 2})], ["more_than_all"]),
        ([rule(1, {"share": {"days": {}}, "of": {"count": {}}}, must={"most": 1})], []),
        ([rule(1, {"days": {}}, **{"else": [{"do": "freeze_pay"}]})], ["nothing_to_freeze"]),
        ([rule(1, {"days": {}}, **{"else": [{"do": "refuse"}]})], ["refuses_no_act"]),
        ([rule(1, {"days": {}}, MONTH, must={"least": 2}),
          {"id": "r2", "measure": {"days": {}}, "in": MONTH, "should": {"least": 4}}], []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 4}, when=IN_TRIAL),
          rule(2, {"days": {}}, MONTH, must={"most": 2}, when=[{"not": IN_TRIAL[0]}])], []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 4}, when=IN_TRIAL),
          rule(2, {"days": {}}, MONTH, must={"most": 2}, when=IN_TRIAL)], ["cannot_both"]),
        ([rule(1, {"days": {}}, MONTH, must={"least": 4}, when=IN_TRIAL), rule(2, {"days": {}}, must={"least": 90})],
         []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 4}, when=IN_TRIAL),
          rule(2, {"days": {}}, {"phase": "trial"}, must={"least": 13})], ["parts_fall_short"]),
        ([rule(1, {"days": {}}, MONTH, must={"least": 4}, when=[{"not": IN_TRIAL[0]}]),
          rule(2, {"days": {}}, {"phase": "trial"}, must={"least": 13})], []),
        ([rule(1, {"days": {}}, MONTH, must={"least": 2}, when=[{"class": ["village"]}]),
          rule(2, {"days": {}}, must={"least": 30}, when=[{"class": ["town"]}])], []),
        ([rule(1, {"days": {}}, must={"least": 2, "share_of": "days"})], ["more_than_all"]),
        ([rule(1, {"covered": 1}, must={"least": "1.5", "share_of": "working_days"})], ["more_than_all"]),
        ([rule(1, {"hours": {}}, must={"least": 4, "share_of": "days"})], []),
        ([rule(1, TEN, must={"least": 20})], ["never_reached"]),
        ([rule(1, TEN, must={"least": 10})], []),
        ([rule(1, TEN, must={"most": 20})], []),
        ([rule(1, TEN | {"floor": 30}, must={"least": 20})], []),
        ([rule(1, {"total": [TEN, TEN]}, must={"equal": 21})], ["never_reached"]),
        ([rule(1, {"total": [TEN, {"days": {}}]}, must={"least": 21})], []),
        ([rule(1, {"greatest": [TEN, TEN]}, must={"least": 11})], ["never_reached"]),
        ([rule(1, {"over": "max", "of": TEN, "each": MONTH}, must={"least": 11})], ["never_reached"]),
        ([rule(1, {"over": "sum", "of": TEN, "each": MONTH}, must={"least": 11})], []),
        ([rule(1, {"people": "refusals"}, must={"most": 2})], ["only_of_acts"]),
        ([rule(1, {"held": [{"kind": "high_tech"}]})], ["only_of_acts"]),
        ([rule(1, {"days": {}}, when=[{"not": {"told_before": 30}}])], ["only_of_acts"]),
    ],
)  # fmt: skip
def test_a_warning(rules: list[dict[str, Any]], expected: list[str]) -> None:
    assert codes(*rules) == expected


def test_warnings_about_the_whole() -> None:
    assert codes(rule(1, {"days": {}}), count=[]) == ["nothing_counts"]
    assert codes(indicators=[{"code": "a", "by": "host"}]) == ["unused_indicator"]
    soft = {"id": "r", "measure": {"days": {}}, "should": {"least": 1}, "else": [{"do": "not_met"}]}
    assert codes(soft) == ["soft_with_penalty"]
    phases = {"months": 6, "phases": [{"code": "a", "months": 5}, {"code": "b", "months": 4}]}
    assert codes(rule(1, {"days": {}}, {"phase": "b"}), term=phases) == ["outside_the_term"]
    assert codes(rule(1, {"days": {}}, {"phase": "a"}), term=phases) == []
    pay = {"of": {"money": "salary"}}
    assert codes(pay=pay) == ["nobody_gives"]


def test_dated_windows_outside_a_batch() -> None:
    dated = {"dated": [{"code": "a", "first": "2024-01-01", "last": "2024-03-31"}]}
    rules = read_rule_set({"code": "x", "rules": [rule(1, {"days": {}}, dated)]})
    batch = Stretch(date(2024, 4, 1), date(2025, 3, 31))
    assert [each.code for each in lint(rules, batch=batch)] == ["outside_dates"]
    assert lint(rules, batch=Stretch(date(2024, 3, 31), date(2025, 3, 31))) == []
    assert lint(rules) == []
