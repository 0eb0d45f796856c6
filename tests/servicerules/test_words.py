"""The words of both languages: complete, alike, and without doubles that a sentence could not be read back from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import servicerules
from servicerules.grammar import UNIONS, Choice, Many, parts_of
from servicerules.language import Rule, Stretch
from servicerules.language.measures import Holding, Records
from servicerules.language.rules import Short
from servicerules.language.rulesets import Band, Entries, Grading, Indicator, Pay, PhaseOf, Quota, Rate, TermOf, What
from servicerules.lexicon import LANGUAGES, Lexicon, words
from servicerules.templates import FieldName, Optional, Slot, heads, template_of

CODE = Path(servicerules.__file__).parent
PARTS = (Records, Holding, Short, Stretch, TermOf, PhaseOf, Entries, What, Indicator, Grading, Band, Quota, Pay, Rate)
LISTS = ("reasons", "changes", "wrong", "lint")


def walked(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from walked(each, f"{path}/{name}")
    else:
        yield path, value


def fields_of(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_both_languages_say_the_same() -> None:
    chinese, english = dict(walked(words("zh"))), dict(walked(words("en")))
    assert set(chinese) == set(english)
    for path, text in chinese.items():
        if path.split("/")[1] in LISTS:
            assert fields_of(text) == fields_of(english[path]), path


def test_every_reason_in_the_code_has_its_sentence() -> None:
    known = {name for each in LISTS for name in words("zh")[each]}
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    assert code.value in known, (file.name, code.value)


def node_types() -> list[type[Any]]:
    found = {node for nodes in UNIONS.values() for node in nodes if node.__module__.startswith("servicerules.language")}
    return sorted(found, key=lambda each: each.__name__)


SAID = {node.__name__: node for node in (*node_types(), Rule, *PARTS)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_node_has_a_sentence(language: str) -> None:
    named = {name.partition(":")[0] for name in words(language)["sentences"]}
    assert named == {*SAID, "ActRule"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_every_word_of_its_node(language: str) -> None:
    for name, text in words(language)["sentences"].items():
        if name.startswith("ActRule"):
            continue
        node = SAID[name.partition(":")[0]]
        slots = set()
        for element in template_of(text):
            inside = element.inside if isinstance(element, Optional) else (element,)
            slots |= {each.name for each in inside if isinstance(each, (Slot, FieldName))}
        named = {part.name for part in parts_of(node)} - {"id"}
        assert slots - {"@", "unit"} == named, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_and_head_has_a_label_of_its_own(language: str) -> None:
    said = words(language)
    for node in [*node_types(), Rule, *PARTS]:
        for part in parts_of(node):
            spec = part.spec.of if isinstance(part.spec, Many) else part.spec
            if isinstance(spec, Choice):
                labels = said["choices"][spec.say]
                assert set(labels) == set(spec.words)
                assert len(set(labels.values())) == len(labels)
    for name in said["heads"]:
        union, _, variant = name.partition(":")
        labels = heads(union, Lexicon(language), variant)
        assert set(labels) == {parts_of(node)[0].word for node in UNIONS[union]}
        assert len(set(labels.values())) == len(labels)
    for union, told in said["told"].items():
        assert set(told) == set(said["heads"][union])


def test_the_chinese_has_chinese_signs_and_no_space_beside_figures() -> None:
    for path, text in walked(words("zh")):
        if path.split("/")[1] in ("wrong", "join"):
            continue
        assert not any(sign in text for sign in (" ,", ", ", "; ", "(", ")", "!", "?")), (path, text)
