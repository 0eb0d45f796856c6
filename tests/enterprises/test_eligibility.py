"""Eligibility of a host: by rules of the language, equal to what earlier releases said, and as rows of a form."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from enterprises.asked_of_hosts import host_rules
from enterprises.candidates import count_eligible
from enterprises.host_rules import as_rows, from_rows, read, sentences, wrong_host_rules
from enterprises.hosting import Candidate, classes_of, count_eligible_of, judge_host_act
from enterprises.models import Qualification
from enterprises.wording import conditions, verdict_lines
from programmes.readers import wrong_eligibility
from servicerules import Qualification as Held
from servicerules import preset_data
from tests import factories as f
from tests.enterprises.former_eligibility import Held as FormerHeld
from tests.enterprises.former_eligibility import judge as former

ON = date(2025, 3, 1)
DAY = timedelta(days=1)
RULE = [{"kind": "high_tech", "level": "provincial"}, {"kind": "above_scale"}]
KINDS, LEVELS = ("above_scale", "high_tech", "little_giant"), ("municipal", "provincial", "national")
TOGETHER = {
    "rules": [
        {"id": "two", "of": {"action": "host"}, "measure": {"held": [{"kind": "high_tech"}]}, "must": {"least": 1}},
        {"id": "class", "of": {"action": "host"}, "measure": {"held": [{"kind": "little_giant"}]},
         "should": {"least": 1}, "when": [{"class": ["technology"]}]},
    ]
}  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def judged(data: Any, held: list[Held], classes: frozenset[str] = frozenset(), on: date = ON) -> Any:
    return judge_host_act(read(data), held, classes, on=on)


# -- As before ----------------------------------------------------------------------------------------------------


def test_old_data_is_judged_as_earlier_releases_judged_it() -> None:
    chance = random.Random(11)
    days = [None, *(ON + timedelta(days=n) for n in (-2, -1, 0, 1, 2))]
    seen = set()
    for _ in range(2000):
        demands = [
            {"kind": chance.choice(KINDS), **({"level": chance.choice(LEVELS)} if chance.random() < 0.7 else {})}
            for _ in range(chance.randint(0, 3))
        ]
        facts = [
            (chance.choice(KINDS), chance.choice(LEVELS), chance.choice(days), chance.choice(days))
            for _ in range(chance.randint(0, 3))
        ]
        before = former(demands, [FormerHeld(*each) for each in facts], on=ON)
        said = before.as_data()
        for data in (demands, from_rows(demands)):
            now = judged(data, [Held(*each) for each in facts])
            found = now.as_data()
            assert now.eligible is before.eligible
            assert [list(each) for each in found["fulfilled_by"]] == said["fulfilled_by"]
            assert [list(each) for each in found["refused"]] == said["refused"]
            assert [each["state"] for each in found["missed"]] == ([] if before.eligible else ["not_met"])
        seen |= {(before.eligible, why) for _held, why in before.refused}
    assert len(seen) == 8


def test_an_old_verdict_is_still_read() -> None:
    old = {"on": "2025-03-01", "fulfilled_by": [["above_scale", "municipal"]],
           "refused": [["high_tech", "municipal", "too_low"]]}  # fmt: skip
    assert verdict_lines(old) == [
        "enterprise above designated size (municipal): fulfils the rule",
        "high-tech enterprise (municipal): its level is too low",
    ]
    host = f.HostFactory.build(verdict=old)
    host._meta.get_field("verdict").run_validators(host.verdict)


# -- Rules ----------------------------------------------------------------------------------------------------------


def test_each_rule_is_asked_and_a_soft_one_wants_a_reason() -> None:
    high, giant = Held("high_tech", "municipal"), Held("little_giant", "national")
    technology = frozenset({"technology"})
    assert judged(TOGETHER, [high, giant], technology).eligible is True
    assert judged(TOGETHER, [high], frozenset({"agriculture"})).eligible is True
    soft = judged(TOGETHER, [high], technology)
    assert (soft.eligible, [(rule.id, state) for rule, state in soft.missed]) == (False, [("class", "warning")])
    strict = judged(TOGETHER, [giant], technology)
    assert (strict.eligible, [(rule.id, state) for rule, state in strict.missed]) == (False, [("two", "not_met")])


def test_a_rule_of_another_kind_is_said_in_words_from_the_stored_verdict() -> None:
    measure = {"total": [{"held": [{"kind": "other"}]}]}
    by_class = {"rules": [{"id": "sum", "of": {"action": "host"}, "measure": measure, "must": {"least": 1}}]}
    lines = verdict_lines(judged(by_class, []).as_data())
    assert lines == [f"Not kept: {sentences(read(by_class))[0]}"]


@pytest.mark.django_db
def test_the_rules_of_the_rule_set_apply_too() -> None:
    data = preset_data("phd-service") | {"code": "both", "version": 1}
    batch = f.BatchFactory(rule_set=f.RuleSetFactory(code="both", data=data), eligibility=from_rows(RULE))
    rules = host_rules(batch)
    assert [each.id for each in rules.rules] == ["host", "eligible"]
    one = Held("specialised", "municipal")  # the rule set takes it, the batch does not
    assert [rule.id for rule, _state in judge_host_act(rules, [one], frozenset(), on=ON).missed] == ["eligible"]
    assert judge_host_act(rules, [Held("above_scale", "municipal")], frozenset(), on=ON).eligible is True


# -- What is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], []),
        ({}, []),
        ({"rules": []}, []),
        (RULE, []),
        (from_rows(RULE), []),
        ([{"kind": "high_tec"}], ["“high_tec” is no qualification; write one of: high_tech (high-tech)."]),
        (
            {"rules": [{"id": "x", "measure": {"days": {}}, "must": {"least": 1}}]},
            ["“x” is no rule on becoming a host; it belongs to the rules of the batch."],
        ),
    ],
)
def test_what_can_be_read(data: Any, said: list[str]) -> None:
    kinds = {"high_tech": "high-tech", "above_scale": "above scale"}
    if data == [{"kind": "high_tec"}]:
        kinds.pop("above_scale")
    assert wrong_host_rules(data, kinds=kinds) == said


@pytest.mark.parametrize(
    "data", ["high_tech", 3, ["high_tech"], [{"level": "national"}], [{"kind": ["x"]}], [{"kind": "规上工业企业"}],
             [{"kind": "high_tech", "level": "world"}], [{"kind": "high_tech", "levle": "national"}], {"rulez": []}],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_both_languages(data: Any) -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert len(wrong_eligibility(data)) >= 1
            assert conditions(data) != []


def test_the_codes_are_those_of_qualifications() -> None:
    every = [{"kind": kind, "level": level} for kind in Qualification.Kind for level in Qualification.Level]
    assert wrong_eligibility(every) == []


def test_rows_and_rules_are_inverse() -> None:
    assert as_rows(from_rows(RULE)) == [RULE[0], {"kind": "above_scale", "level": "municipal"}]
    assert as_rows(from_rows([])) == as_rows([]) == as_rows({}) == []
    assert as_rows(TOGETHER) is None
    assert conditions(RULE) == conditions(from_rows(RULE)) == [
        "high-tech enterprise (provincial)", "enterprise above designated size (municipal)"
    ]  # fmt: skip
    assert conditions(TOGETHER) == sentences(read(TOGETHER))


# -- The count --------------------------------------------------------------------------------------------------------


def test_classes_of_an_enterprise() -> None:
    assert classes_of("technology", "", "140100") == {"technology", "district-14", "district-1401", "district-140100"}


@pytest.mark.django_db
def test_the_count_is_of_todays_enterprises_in_the_readers_scope(django_assert_num_queries: Any) -> None:
    held = f.QualificationFactory(kind="high_tech", level="provincial", valid_from=ON, valid_until=ON)
    f.QualificationFactory(kind="high_tech", level="municipal")
    f.EnterpriseFactory()
    rules, city = read(RULE), f.CityUserFactory()
    with django_assert_num_queries(3):
        count = count_eligible(rules, city, on=ON)
    assert (count["all"], count["eligible"], len(count["first"])) == (3, 1, 3)
    assert [line["enterprise"] for line in count["first"] if line["verdict"].eligible] == [held.enterprise]
    assert count_eligible(rules, city, on=ON + DAY)["eligible"] == 0
    county = f.CountyUserFactory(office__district=held.enterprise.district)
    seen = {line["enterprise"].district_id for line in count_eligible(rules, county, on=ON)["first"]}
    assert seen == {held.enterprise.district_id}


@pytest.mark.parametrize("when", [[], [{"class": ["technology"]}], [{"not": {"class": ["district-140115", "other"]}}]])
def test_many_are_judged_as_each_alone(when: list[Any]) -> None:
    chance = random.Random(3)
    spans = [None, ON - DAY, ON, ON + DAY]
    many: list[Candidate] = [
        {
            "classes": classes_of(chance.choice(("technology", "other")), "small", f"1401{chance.randint(10, 29)}"),
            "held": [Held(chance.choice(KINDS), chance.choice(LEVELS), chance.choice(spans), chance.choice(spans))
                     for _ in range(chance.randint(0, 2))],
        }
        for _ in range(300)
    ]  # fmt: skip
    asked = {"of": {"action": "host"}, "must": {"least": 2}, "measure": {"held": RULE}}
    rules = read({"rules": [{"id": "two", **asked, **({"when": when} if when else {})}]})
    alone = [judge_host_act(rules, each["held"], each["classes"], on=ON).eligible for each in many]
    assert count_eligible_of(rules, many, on=ON) == alone.count(True)
    assert 0 < alone.count(True) < len(many)
