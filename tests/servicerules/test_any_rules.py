"""Whatever the schema admits: reading, writing, judging, the sentences and the linter hold together."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicerules.acting import judge_act
from servicerules.checking import read_rule_set, write_rule_set
from servicerules.facts import Act, Gift, Party, Qualification, Reason
from servicerules.grading import grades_of, pay_of
from servicerules.judging import judge_world, rule_named
from servicerules.language import ACTS, RuleSet
from servicerules.lexicon import LANGUAGES, Lexicon
from servicerules.linter import lint
from servicerules.parsing import parse, parse_node
from servicerules.reading import WrongWords
from servicerules.schema import rule_set_schema
from servicerules.sentences import pieces_of, sentence
from servicerules.tally import World
from servicerules.verdicts import STATES, as_data
from servicerules.wording import in_words, say

from .strategies import nodes, rule_sets
from .test_from_v1 import as_new
from .years import a_year

SCHEMA = jsonschema.Draft202012Validator(rule_set_schema())
MANY = settings(max_examples=60, suppress_health_check=list(HealthCheck))
NAMES_AND_ORDER = {
    "twice", "after_without_silence", "missing_word", "must_or_should", "not_of_an_act", "no_window_of_an_act",
    "over_over", "ends_before_it_begins", "score_or_given", "bands_in_disorder", "quota_of_the_last",
    "undeclared_phase", "undeclared_grade", "no_grade", "unknown_zone", "too_deep", "not_a_text", "too_many_parts",
    "too_many_steps",
}  # fmt: skip
"""What the reader may refuse though the schema admits it."""


def read(data: Any) -> RuleSet | None:
    try:
        return read_rule_set(data)
    except WrongWords as error:
        assert {each.code for each in error.reasons} <= NAMES_AND_ORDER
        return None


@MANY
@given(rule_sets())
def test_what_the_schema_admits_is_read_and_written_back(data: Any) -> None:
    assert list(SCHEMA.iter_errors(data)) == []
    rules = read(data)
    if rules is not None:
        written = json.loads(json.dumps(write_rule_set(rules)))
        assert read_rule_set(written) == rules
        assert list(SCHEMA.iter_errors(written)) == []


@MANY
@given(nodes(RuleSet), st.randoms())
def test_one_wrong_word_is_refused_by_reader_and_schema(data: Any, chance: random.Random) -> None:
    places = list(_objects(data, ""))
    path, place = chance.choice(places)
    place["nowhere"] = 1
    assert list(SCHEMA.iter_errors(data)) != []
    try:
        read_rule_set(data)
    except WrongWords as error:
        named = [each for each in error.reasons if each.params.get("word") == "nowhere"]
        assert [each.params["path"] for each in named] == [f"{path}.nowhere" if path else "nowhere"]
    else:
        raise AssertionError("it was read")


def _objects(value: Any, path: str) -> Any:
    """Every object that is a node: not the names, whose words are free."""
    if isinstance(value, dict):
        if path.rpartition(".")[2] not in ("names",):
            yield path, value
        for word, each in value.items():
            yield from _objects(each, f"{path}.{word}" if path else word)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _objects(each, f"{path}[{number}]")


@MANY
@given(rule_sets())
def test_sentences_are_read_back(data: Any) -> None:
    rules = read(data)
    for rule in rules.rules if rules else ():
        for language in LANGUAGES:
            lexicon = Lexicon(language, rules)
            marked = sentence(rule, lexicon, marked=True)
            assert parse(marked, lexicon, rule=rule.id) == rule, marked
            assert "".join(each.text for each in pieces_of(rule, lexicon)) == sentence(rule, lexicon)


def beside_rules(rules: RuleSet) -> list[Any]:
    """Everything else of a rule set that has a sentence."""
    nodes = (rules.term, rules.entries, *rules.count, *rules.indicators, rules.grade, rules.pay)
    return [node for node in nodes if node is not None]


@MANY
@given(rule_sets())
def test_what_stands_beside_the_rules_is_read_back(data: Any) -> None:
    rules = read(data)
    for node in beside_rules(rules) if rules else ():
        for language in LANGUAGES:
            lexicon = Lexicon(language, rules)
            marked = sentence(node, lexicon, marked=True)
            assert parse_node(marked, lexicon, type(node)) == node, marked


@MANY
@given(rule_sets(), st.integers(0, 10_000))
def test_nothing_crashes_the_judge(data: Any, seed: int) -> None:
    rules = read(data)
    if rules is None:
        return
    chance = random.Random(seed)
    world = _world(rules, chance)
    verdicts = judge_world(world)
    acts = [each for act in world.acts for each in judge_act(act, world)]
    for verdict in [*verdicts[:40], *acts]:
        assert verdict.state in STATES
        for language in LANGUAGES:
            assert set(in_words(rules, rule_named(rules, verdict.rule), verdict, language)) == {
                "rule", "state", "formula", "reasons", "refused", "changes",
            }  # fmt: skip
    assert as_data(verdicts) == json.loads(json.dumps(as_data(verdicts)))
    grades = grades_of(world, verdicts)
    pay_of(world, verdicts, grades)
    said: list[Reason] = lint(rules)
    assert all(say(each, Lexicon(language, rules), "lint") for each in said for language in LANGUAGES)
    again = _world(rules, random.Random(seed))
    assert judge_world(again) == verdicts


def _world(rules: RuleSet, chance: random.Random) -> World:
    """Three services of a team in a county, with acts."""
    services = []
    for number in range(3):
        year = a_year(chance, busy=8, modes=("onsite", "half", "online"))
        service = as_new(year)
        gifts = [Gift(code, Decimal(chance.choice((5, 80))), year.starts_on, year.as_of) for code in ("a", "b")]
        services.append(
            replace(
                service, id=f"s{number}", doctor=f"d{number % 2}", host="A", team="t", groups={"county": "c"},
                given=[*gifts, Gift("grade", "top", year.starts_on, year.as_of)], classes=frozenset({"a"}),
            )
        )  # fmt: skip
    on = services[0].term.starts_on
    acts = [
        Act(
            f"act-{act}", act, on, "d0", "B", "t", choices=[Party("A", frozenset({"a"})), Party("B")],
            held=[Qualification("a", "national")], months=12, born_on=on.replace(year=on.year - 40, day=1), told_on=on,
        )
        for act in ACTS
    ]  # fmt: skip
    return World(rules, services, a_year(chance).as_of, acts)
