"""Reading rule sets: every wrong word is refused by name and path, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from servicerules.case_reading import read_case, read_case_text
from servicerules.checking import read_rule, read_rule_set, write_rule_set
from servicerules.language import Do, Every, Least, RuleSet
from servicerules.presets import preset, preset_data, preset_names
from servicerules.reading import WrongWords
from servicerules.wording import what_is_wrong

RULE = {"id": "r", "measure": {"days": {}}, "must": {"least": 1}}
GRADE = {"bands": [{"grade": "top", "least": 80}, {"grade": "low"}], "given": "x"}


def wrong(data: Any) -> list[tuple[str, object]]:
    with pytest.raises(WrongWords) as caught:
        read_rule_set(data)
    assert all(what_is_wrong(caught.value, language) for language in ("zh", "en"))
    return [(each.code, each.params["path"]) for each in caught.value.reasons]


def one(**words: Any) -> dict[str, Any]:
    return {"code": "x", "rules": [{**RULE, **words}]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [("not_an_object", "$")]),
        ({"code": "x"}, [("missing_word", "rules")]),
        ({"code": "X!", "rules": []}, [("not_a_code", "code")]),
        ({"code": "x", "rules": [], "rulez": 1}, [("misspelt_word", "rulez")]),
        ({"code": "x", "rules": {}}, [("not_a_list", "rules")]),
        ({"code": "x", "rules": [], "zone": "Mars/Olympus"}, [("unknown_zone", "zone")]),
        ({"code": "x", "rules": [], "version": True}, [("not_a_number", "version")]),
        ({"code": "x", "rules": [], "version": 0}, [("out_of_range", "version")]),
        ({"code": "x", "rules": [RULE, RULE]}, [("twice", "rules[1]")]),
        (one(**{"in": {"every": "fortnight"}}), [("unknown_word", "rules[0].in.every")]),
        (one(**{"in": {"evry": "month"}}), [("misspelt_word", "rules[0].in.evry")]),
        (one(**{"in": "month"}), [("not_one_of", "rules[0].in")]),
        (one(**{"in": {"rolling": 3, "every": "month"}}), [("not_one_of", "rules[0].in")]),
        (one(measure={"days": {"lasting": "two"}}), [("not_a_number", "rules[0].measure.days.lasting")]),
        (one(must={"least": "many"}), [("not_an_amount", "rules[0].must.least")]),
        (one(must={"least": "0.00001"}), [("too_many_decimals", "rules[0].must.least")]),
        (one(must={"least": float("nan")}), [("not_an_amount", "rules[0].must.least")]),
        (one(should={"least": 1}), [("must_or_should", "rules[0]")]),
        ({"code": "x", "rules": [{"id": "r", "measure": {"days": {}}}]}, [("must_or_should", "rules[0]")]),
        (one(of={"action": "choose"}), [("not_of_an_act", "rules[0].measure")]),
        (one(**{"in": {"phase": "trial"}}), [("undeclared_phase", "rules[0].in.phase")]),
        (one(**{"else": [{"grade": "top"}]}), [("undeclared_grade", "rules[0].else[0].grade")]),
        (one(**{"else": [{"points": 3}]}), [("no_grade", "rules[0].else[0]")]),
        ({**one(**{"else": [{"grade_at_best": "topp"}]}), "grade": GRADE},
         [("undeclared_grade", "rules[0].else[0].grade_at_best")]),
        ({"code": "x", "rules": [], "grade": {**GRADE, "score": {"given": "y"}}}, [("score_or_given", "grade")]),
        ({"code": "x", "rules": [], "grade": {**GRADE, "quotas": [{"grade": "low", "most": "0.3", "per": "county"}]}},
         [("quota_of_the_last", "grade.quotas[0]")]),
        ({"code": "x", "rules": [], "grade": {"score": {"given": "y"}, "bands": [{"grade": "a"}, {"grade": "b"}]}},
         [("bands_in_disorder", "grade.bands")]),
        ({"code": "x", "rules": [], "count": [{"confirmed_by": "silence"}]}, [("missing_word", "count[0].after")]),
        ({"code": "x", "rules": [], "count": [{"after": 3}]}, [("after_without_silence", "count[0].after")]),
        ({"code": "x", "rules": [], "count": [{}, {}]}, [("twice", "count[1]")]),
        (one(**{"in": {"dated": [{"code": "a", "first": "2024-02-30", "last": "2024-03-01"}]}}),
         [("not_a_day", "rules[0].in.dated[0].first")]),
        (one(**{"in": {"dated": [{"code": "a", "first": "2024-03-02", "last": "2024-03-01"}]}}),
         [("ends_before_it_begins", "rules[0].in.dated[0]")]),
        (one(of={"action": "renew"}, measure={"length": "months"}, short={"exempt_under": 3}),
         [("no_window_of_an_act", "rules[0]")]),
    ],
)  # fmt: skip
def test_a_wrong_word_is_named_with_its_path(data: Any, expected: list[tuple[str, str]]) -> None:
    assert wrong(data) == expected


def test_all_wrong_words_are_named_at_once() -> None:
    data = {"code": "x", "rules": [{**RULE, "id": "A"}, {**RULE, "must": {"leas": 1}}], "zzz": 3}
    assert wrong(data) == [
        ("unknown_word", "zzz"), ("not_a_code", "rules[0].id"), ("misspelt_word", "rules[1].must.leas"),
    ]  # fmt: skip


def test_a_wrong_word_in_words() -> None:
    with pytest.raises(WrongWords) as caught:
        read_rule(one(measure={"dayz": {}})["rules"][0])
    assert [each.split("可用的有：")[0] for each in what_is_wrong(caught.value, "zh")] == [
        "“measure.dayz”：没有“dayz”这个词，是否应为“days”？"
    ]


def test_nested_too_deeply() -> None:
    measure: dict[str, Any] = {"days": {}}
    for _ in range(6):
        measure = {"total": [measure]}
    assert [code for code, _ in wrong(one(measure=measure))] == ["too_deep"]


def test_what_goes_without_saying() -> None:
    rules = read_rule_set(one(**{"in": {"every": "month"}}))
    rule = rules.rules[0]
    assert (rule.within, rule.must, rule.follows) == (Every("month"), Least(Decimal(1)), (Do("not_met"),))
    soft = read_rule({"id": "r", "measure": {"days": {}}, "should": {"least": "0.50"}})
    assert (soft.follows, soft.bound) == ((Do("ask_reason"),), Least(Decimal("0.5")))
    assert read_rule({**RULE, "of": {"action": "renew"}, "measure": {"length": "months"}}).follows == (Do("refuse"),)
    assert write_rule_set(rules) == one(**{"in": {"every": "month"}})


def test_twenty_presets_and_more_are_read_and_written_back() -> None:
    assert len(preset_names()) >= 20
    for name in preset_names():
        rules, data = preset(name), preset_data(name)
        assert (rules.code, set(rules.source or {})) == (name, {"zh", "en"})
        assert read_rule_set(write_rule_set(rules)) == rules
        assert isinstance(rules, RuleSet)
        assert data["version"] == 1


SERVICE = {"id": "s", "starts_on": "2024-01-01"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"format": 2, "preset": "phd-service"}, ("wrong_format", "format")),
        ({"format": 1}, ("not_one_of", "$")),
        ({"format": 1, "preset": "phd"}, ("unknown_preset", "preset")),
        ({"format": 1, "rule_set": one(measure={"dayz": {}})}, ("misspelt_word", "rule_set.rules[0].measure.dayz")),
        ({"format": 1, "rule_set": one(**{"in": {"phase": "p"}})}, ("undeclared_phase", "rule_set.rules[0].in.phase")),
        ({"format": 1, "preset": "phd-service", "visits": [{"id": 1, "starts_on": "2024-01-01", "mod": 1}]},
         ("misspelt_word", "visits[0].mod")),
        ({"format": 1, "preset": "phd-service", "services": [SERVICE, SERVICE]}, ("twice", "services[1].id")),
        ({"format": 1, "preset": "phd-service", "services": [{**SERVICE, "ends_on": "2023-01-01"}]},
         ("wrong_term", "services[0]")),
        ({"format": 1, "preset": "phd-service", "services": [SERVICE, {**SERVICE, "id": "t"}],
          "visits": [{"id": 1, "starts_on": "2024-01-01"}]}, ("missing_word", "visits[0].services")),
        ({"format": 1, "preset": "phd-service", "services": [SERVICE],
          "visits": [{"id": 1, "starts_on": "2024-01-01", "services": ["z"]}]},
         ("undeclared_service", "visits[0].services[0]")),
        ({"format": 1, "preset": "phd-service", "services": [SERVICE],
          "reopened": [{"month": "2024-13", "reopened_at": "2024-01-01"}]}, ("not_a_month", "reopened[0].month")),
        ({"format": 1, "preset": "phd-service", "services": [SERVICE],
          "waivers": [{"id": "w", "window": "2024-01", "rule": "none"}]}, ("undeclared_rule", "waivers[0].rule")),
        ({"format": 1, "preset": "phd-service", "moments": ["noon"]}, ("not_a_moment", "moments[0]")),
    ],
)  # fmt: skip
def test_a_wrong_word_of_a_case(data: Any, expected: tuple[str, str]) -> None:
    with pytest.raises(WrongWords) as caught:
        read_case(data)
    assert [(each.code, each.params["path"]) for each in caught.value.reasons] == [expected]


@pytest.mark.parametrize("text", ["{", b"\xff\xfe", "[" * 5000, "1" * 5000])
def test_what_is_no_json(text: str | bytes) -> None:
    with pytest.raises(WrongWords) as caught:
        read_case_text(text)
    assert caught.value.reasons[0].code in ("not_json", "not_unicode", "json_too_deep", "number_too_long")
