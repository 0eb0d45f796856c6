"""A rule changed chip by chip stays a rule that can be read and said."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicerules.checking import read_rule, read_rule_set
from servicerules.chips import Chips
from servicerules.editing import OF_WINDOWS, at, changed, new_rule, steps, with_field, with_head, with_part, without
from servicerules.grammar import One, Part, heads_of, parts_of
from servicerules.language import Action, Rule
from servicerules.lexicon import LANGUAGES, Lexicon
from servicerules.parsing import parse
from servicerules.places import wrong_in_words
from servicerules.presets import preset, preset_names
from servicerules.reading import WrongWords
from servicerules.sentences import Piece, pieces_of, sentence
from servicerules.writing import as_json, nodes_in

from .strategies import rules

RULES = [rule for name in preset_names() for rule in preset(name).rules]
# What a change alone cannot keep: other chips must follow, and the reader says so.
FOLLOWS = {"no_window_of_an_act", "not_of_an_act", "over_over", "too_deep", "out_of_range"}
CHINESE = Lexicon("zh")


def addable(rule: Rule) -> Iterator[tuple[str, Part]]:
    """The parts that a rule can have and does not say: path and part. Of must and should it has one already; the parts
    of an object such as `short` are named each."""
    for path, node in nodes_in(rule):
        for part in parts_of(type(node)):
            says = getattr(node, part.name) != part.default
            of_act = isinstance(rule.of, Action) and part.word in OF_WINDOWS
            plain = not part.required and not isinstance(part.spec, One) and part.word not in ("must", "should", "of")
            if plain and not says and not of_act:
                yield (f"{path}.{part.word}" if path else part.word), part


def said(data: Any) -> Rule | None:
    """The rule, said in both languages and read back; None where the reader names what must follow."""
    try:
        rule = read_rule(data)
    except WrongWords as error:
        assert {each.code for each in error.reasons} <= FOLLOWS, (data, error)
        return None
    for language in LANGUAGES:
        lexicon = Lexicon(language)
        assert parse(sentence(rule, lexicon, marked=True), lexicon, rule=rule.id) == rule
    return rule


def choices_of(piece: Piece) -> list[Any]:
    if piece.kind in ("number", "amount"):
        return [piece.low, 3, piece.high]
    return [word for word in piece.options or () if word != piece.value]


@pytest.mark.parametrize("number", range(len(RULES)), ids=lambda number: RULES[number].id)
def test_every_chip_can_be_changed(number: int) -> None:
    data = as_json(RULES[number])
    for piece in pieces_of(RULES[number], CHINESE):
        for choice in choices_of(piece):
            if piece.kind == "head":
                rule = said(with_head(_whole(data), piece.path, piece.union, choice))
                assert rule is None or piece.union == "of" or choice in at(_whole(as_json(rule)), piece.path)
            elif piece.kind == "field":
                assert said(with_field(data, piece.path, choice)).strict == (choice == "must")
            else:
                said(changed(_whole(data), piece.path, choice))


def _whole(data: dict[str, Any]) -> dict[str, Any]:
    """The data with the window that goes without saying, which has chips all the same."""
    return data if "action" in data.get("of", {}) else {"in": {"whole": "term"}, **data}


@pytest.mark.parametrize("number", range(len(RULES)), ids=lambda number: RULES[number].id)
def test_every_part_can_be_added_and_taken_away(number: int) -> None:
    data = as_json(RULES[number])
    for path, part in addable(RULES[number]):
        more = with_part(data, path, part)
        rule = said(more)
        if rule is not None and part.word not in ("in",):
            assert rule != RULES[number], path
            assert without(more, path) == data, path


def test_a_code_that_is_the_name_of_another() -> None:
    rules = read_rule_set(
        {"code": "x", "names": {"visit": {"en": "lecture"}}, "count": [{}, {"activity": "lecture"}], "rules": [
            {"id": name, "measure": {"count": {"activity": name}}, "must": {"least": 1}}
            for name in ("visit", "lecture")
        ]}
    )  # fmt: skip
    lexicon = Lexicon("en", rules)
    for rule in rules.rules:
        assert parse(sentence(rule, lexicon, marked=True), lexicon, rule=rule.id) == rule


def test_a_rule_from_nothing() -> None:
    data = new_rule()
    assert sentence(read_rule(data), CHINESE) == "每个自然月至少1次服务；必须。"
    data = changed(data, "measure.count.activity", "visit")
    data = changed(data, "measure.count.lasting", 2)
    data = changed(with_part(data, *next(each for each in addable(read_rule(data)) if each[0] == "short.exempt_under")),
                   "short.exempt_under", 15)  # fmt: skip
    data = changed(data, "waivable", "yes")
    assert sentence(read_rule(data), CHINESE) == (
        "每个自然月至少1次入企服务，每次不少于2天；必须；首尾不足15天的月份免核；可申请豁免。"
    )
    assert with_head(data, "measure", "measure", "days")["measure"] == {"days": {"activity": "visit", "lasting": 2}}
    assert steps("when[0].class[12]") == ["when", 0, "class", 12]
    assert set(heads_of("measure")) >= {"count", "days"}


NO_PLACES = [
    "rules[0].measure.count.lasting", "rules[0].measure.days.modes[0]", "rules[0].id.x", "rules[0].id[0]", "rules.id",
    "rules[0].must.least.x", "rules[0].must[1]", "grade.bands[0]", "pay.by_grade[0].rate", "rules[" + "9" * 5000 + "]",
    "[0].x", "rules[0][0]", "term.months.x",
]  # fmt: skip


@pytest.mark.parametrize("path", NO_PLACES, ids=lambda path: path[:40])
@pytest.mark.parametrize("act", ["add", "remove", "number", "head", "code"])
def test_a_path_that_leads_nowhere_is_looked_up_in_vain(path: str, act: str) -> None:
    chips = Chips({"code": "x", "rules": [{"id": "a", "measure": {"days": {}}, "must": {"least": 1}}]}, "zh")
    with pytest.raises(LookupError):
        getattr(chips, act)(path) if act in ("add", "remove") else chips.chip(act, path)


def test_a_word_that_looks_like_a_long_number_is_named() -> None:
    with pytest.raises(WrongWords) as caught:
        read_rule_set({"code": "x", "rules": [], "[" + "9" * 5000 + "]": 1})
    assert [said.count("9" * 50) > 0 for said in wrong_in_words(caught.value, "en", paths=True)] == [True]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(rules(), st.randoms())
def test_any_rule_can_be_changed(data: Any, chance: random.Random) -> None:
    try:
        rule = read_rule(data)
    except WrongWords:
        return
    pieces = [each for each in pieces_of(rule, CHINESE) if each.kind and choices_of(each)]
    piece = chance.choice(pieces)
    choice = chance.choice(choices_of(piece))
    whole = _whole(as_json(rule))
    if piece.kind == "head":
        said(with_head(whole, piece.path, piece.union, choice))
    elif piece.kind == "field":
        said(with_field(whole, piece.path, choice))
    else:
        said(changed(whole, piece.path, choice))
    path, part = chance.choice(list(addable(rule)))
    more = with_part(as_json(rule), path, part)
    if said(more) is not None and part.word != "in":
        assert read_rule(without(more, path)) == rule
