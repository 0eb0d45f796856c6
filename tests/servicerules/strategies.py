"""Anything that the specs of the language admit, as JSON values, made from the specs themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from servicerules.grammar import (
    UNIONS,
    Amount,
    Choice,
    Code,
    Day,
    Either,
    Flag,
    Many,
    Mapped,
    Number,
    One,
    Spec,
    Text,
    Words,
    parts_of,
)
from servicerules.language import Rule, RuleSet

CODES = ("visit", "lecture", "a", "b", "county", "top", "low", "x-1", "y_2")
# Names that must be declared are drawn from few, so that a fair share of rule sets can be read.
DECLARED = {"phase": ("trial", "full"), "grade": ("top", "low")}
NAMES = ("甲", "乙", "入企服务", "a")
SEVERAL = ("measure", "condition")


def values(spec: Spec, depth: int = 0) -> st.SearchStrategy[Any]:
    """What a spec admits."""
    if isinstance(spec, Number):
        return st.integers(spec.low, min(spec.high, 40)) | st.integers(spec.low, spec.high)
    if isinstance(spec, Amount):
        places = st.decimals(max(spec.low, -50), min(spec.high, 400), places=2, allow_nan=False)
        return st.integers(max(spec.low, -50), min(spec.high, 400)) | places.map(str)
    if isinstance(spec, Choice):
        return st.sampled_from(spec.words)
    if isinstance(spec, Code):
        return st.sampled_from(DECLARED.get(spec.of, CODES))
    if isinstance(spec, Many):
        return st.lists(values(spec.of, depth), min_size=spec.least, max_size=max(spec.least, 2))
    if isinstance(spec, One):
        return nodes(spec.of, depth)
    if isinstance(spec, Either):
        return unions(spec.of, depth + 1)
    if isinstance(spec, Mapped):
        return st.dictionaries(st.sampled_from(CODES), values(spec.of, depth), max_size=2)
    return _PLAIN[type(spec)]


_PLAIN: dict[type[Spec], st.SearchStrategy[Any]] = {
    Flag: st.booleans(),
    Text: st.text("abc服务 ", min_size=1, max_size=20),
    Day: st.dates(date(2020, 1, 1), date(2026, 12, 31)).map(str),
    Words: st.fixed_dictionaries({}, optional={"zh": st.sampled_from(NAMES), "en": st.sampled_from(["A", "B"])}),
}


@st.composite
def nodes(draw: st.DrawFn, node: type[Any], depth: int = 0) -> dict[str, Any]:
    """A node: what must be there, and some of the rest."""
    found = {}
    for part in parts_of(node):
        if part.required or draw(st.integers(0, 2)) == 0:
            found[part.word] = draw(values(part.spec, depth))
    return found


def unions(union: str, depth: int) -> st.SearchStrategy[Any]:
    """One node of a union; deep down only those that hold no others."""
    members = [node for node in UNIONS[union] if depth < 3 or not _holds_more(node)]
    return st.sampled_from(members).flatmap(lambda node: nodes(node, depth))


def _holds_more(node: type[Any]) -> bool:
    inner = [part.spec.of if isinstance(part.spec, Many) else part.spec for part in parts_of(node)]
    return any(isinstance(each, Either) and each.of in SEVERAL for each in inner)


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> dict[str, Any]:
    """A rule with exactly one of must and should."""
    rule = draw(nodes(Rule))
    bound = rule.pop("must", None) or rule.pop("should", None) or draw(unions("bound", 1))
    rule.pop("should", None)
    if "action" in rule.get("of", {}):
        rule.pop("in", None)
        rule.pop("short", None)
    return {**rule, "id": f"rule-{number}", draw(st.sampled_from(["must", "should"])): bound}


@st.composite
def rule_sets(draw: st.DrawFn) -> dict[str, Any]:
    """A rule set that has a fair chance to be read: names are declared, ids are apart."""
    found = draw(nodes(RuleSet))
    found["rules"] = [draw(rules(number)) for number in range(draw(st.integers(0, 3)))]
    found["zone"] = "Asia/Shanghai"
    found.setdefault("term", {})["phases"] = [{"code": "trial", "months": 2}, {"code": "full", "months": 5}]
    bands = [{"grade": "top", "least": draw(st.integers(1, 90))}, {"grade": "low"}]
    how = draw(st.sampled_from([{"given": "a"}, {"score": draw(unions("measure", 1))}]))
    quotas = [{"grade": "top", "most": "0.5", "per": "county"}] if draw(st.booleans()) else []
    found["grade"] = {"bands": bands, "quotas": quotas, **how}
    count = {(each.get("activity", "visit"), each.get("mode", "onsite")): each for each in found.get("count", [])}
    for each in count.values():
        each["confirmed_by"], each["after"] = draw(st.sampled_from([("host", None), ("self", None), ("silence", 3)]))
    found["count"] = list(count.values())
    found["indicators"] = [{"code": code, "by": "host"} for code in CODES[:3]]
    return found
