"""The documents name every word of the language and of a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from servicerules import casefile
from servicerules.grammar import UNIONS, Choice, Many, One, parts_of
from servicerules.language import RuleSet
from servicerules.schema import rule_set_schema, schema_of

ROOT = Path(__file__).resolve().parents[2]


def words_of(node: type[Any], seen: set[type[Any]]) -> set[str]:
    """Every word of a node, of the nodes in it, and of its choices."""
    if node in seen:
        return set()
    seen.add(node)
    found = set()
    for part in parts_of(node):
        found.add(part.word)
        spec = part.spec.of if isinstance(part.spec, Many) else part.spec
        if isinstance(spec, Choice):
            found |= set(spec.words)
        if isinstance(spec, One):
            found |= words_of(spec.of, seen)
    return found


@pytest.mark.parametrize("name", ["rules.md", "rules.zh.md"])
def test_every_word_is_documented(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    seen: set[type[Any]] = set()
    words = words_of(RuleSet, seen) | words_of(casefile.CaseFile, seen)
    for nodes in UNIONS.values():
        for node in nodes:
            words |= words_of(node, seen)
    missing = {word for word in words if word not in text}
    assert missing == set()


@pytest.mark.parametrize(
    ("name", "schema"), [("rule-set", rule_set_schema()), ("case", schema_of(casefile.CaseFile, "A case"))]
)
def test_the_published_schemas_are_those_of_the_code(name: str, schema: dict[str, Any]) -> None:
    published = json.loads((ROOT / "docs/schemas" / f"{name}.json").read_text(encoding="utf-8"))
    assert published == schema, "bin/manage judge --schema writes it anew"
