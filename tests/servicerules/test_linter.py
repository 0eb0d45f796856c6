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


def rule(number: int, measure: Any, within: Any = TERM, **words: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "measure": measure, "in": within, **({"must": {"least": 1}} | words)}


def codes(*rules: dict[str, Any], **more: Any) -> list[str]:
    data = {"code": "x", "term": {"months": 12}, "rules": list(rules), **more}
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
