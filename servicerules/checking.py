"""Checks what the single words cannot say: names that stand for something, doubles, an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from servicerules.effort import too_much
from servicerules.facts import Reason
from servicerules.grammar import nearest
from servicerules.language import (
    Action,
    AddPoints,
    Age,
    Dated,
    Given,
    GradeAtBest,
    GradeIs,
    Greatest,
    Held,
    InPhase,
    Length,
    Over,
    Pay,
    People,
    Phase,
    Points,
    Quota,
    Rate,
    Rule,
    RuleSet,
    Share,
    Short,
    Total,
    Whole,
    WithGrade,
)
from servicerules.reading import NOTHING, Reader, WrongWords
from servicerules.writing import as_json, nodes_in, union_of

OF_ACTS = (People, Held, Age, Length, Given, Points, Total, Greatest, Share)
"""Measures that an act can be judged by; all others look at records in a window."""


def read_rule_set(data: Any) -> RuleSet:
    """Read a rule set from plain JSON values. Raises WrongWords naming every wrong word with its path."""
    reader = Reader()
    rules: RuleSet | None = reader.node(RuleSet, data, "")
    if rules is not None:
        reader.wrong.extend(_wrong_names(rules))
    if rules is None or reader.wrong:
        raise WrongWords(reader.wrong)
    return rules


def write_rule_set(rules: RuleSet) -> Any:
    """A rule set as plain JSON values; `read_rule_set` gives an equal one back."""
    return as_json(rules)


def read_rule(data: Any) -> Rule:
    """Read one rule alone, as the editor has it; its names are not looked up."""
    reader = Reader()
    rule: Rule | None = reader.node(Rule, data, "")
    if rule is not None:
        reader.wrong.extend(_wrong_rule(rule, ""))
    if rule is None or reader.wrong:
        raise WrongWords(reader.wrong)
    return rule


def wrong_names_of(rules: RuleSet, prefix: str) -> Iterable[Reason]:
    """What is wrong with the names of a rule set that stands within something else."""
    for reason in _wrong_names(rules):
        path = str(reason.params["path"])
        yield Reason(reason.code, {**reason.params, "path": f"{prefix}{path}"})


def _wrong_names(rules: RuleSet) -> Iterable[Reason]:
    try:
        ZoneInfo(rules.zone)
    except (KeyError, ValueError, OSError):
        yield Reason("unknown_zone", {"path": "zone", "word": rules.zone})
    yield from _doubles("rules", [each.id for each in rules.rules])
    yield from _doubles("count", [f"{each.activity}/{each.mode}" for each in rules.count])
    yield from _doubles("indicators", [each.code for each in rules.indicators])
    yield from _doubles("term.phases", [each.code for each in rules.term.phases])
    yield from _doubles("grade.bands", list(rules.grades))
    for number, what in enumerate(rules.count):
        path = f"count[{number}].after"
        if what.confirmed_by == "silence" and what.after is None:
            yield Reason("missing_word", {"path": path, "word": "after"})
        if what.confirmed_by != "silence" and what.after is not None:
            yield Reason("after_without_silence", {"path": path})
    for number, rule in enumerate(rules.rules):
        yield from _wrong_rule(rule, f"rules[{number}]")
    yield from _wrong_grading(rules)
    known = {"phase": [each.code for each in rules.term.phases], "grade": list(rules.grades)}
    for path, node in nodes_in(rules):
        yield from _unknown_names(path, node, known)
    yield from too_much(rules)


def _doubles(path: str, codes: Sequence[str]) -> Iterable[Reason]:
    for number, code in enumerate(codes):
        if code in codes[:number]:
            yield Reason("twice", {"path": f"{path}[{number}]", "word": code})


def _wrong_rule(rule: Rule, path: str) -> Iterable[Reason]:
    if (rule.must is None) == (rule.should is None):
        yield Reason("must_or_should", {"path": path or "$"})
    prefix = f"{path}." if path else ""
    if isinstance(rule.of, Action):
        shares = [each.share_of for each in (rule.must, rule.should) if each is not None]
        if rule.within != Whole("term") or rule.short != Short() or any(shares):
            yield Reason("no_window_of_an_act", {"path": path or "$"})
        for where, node in nodes_in(rule.measure, f"{prefix}measure"):
            if union_of(node) == "measure" and not isinstance(node, OF_ACTS):
                yield Reason("not_of_an_act", {"path": where})
    for where, node in nodes_in(rule):
        if isinstance(node, Dated):
            yield from _wrong_dates(node, f"{prefix}{where}")
        if isinstance(node, Over) and any(isinstance(each, Over) for _, each in nodes_in(node.of)):
            yield Reason("over_over", {"path": f"{prefix}{where}"})


def _wrong_dates(dated: Dated, path: str) -> Iterable[Reason]:
    yield from _doubles(f"{path}.dated", [each.code for each in dated.dated])
    for number, each in enumerate(dated.dated):
        if each.last < each.first:
            yield Reason("ends_before_it_begins", {"path": f"{path}.dated[{number}]"})


def _wrong_grading(rules: RuleSet) -> Iterable[Reason]:
    grade = rules.grade
    if grade is None:
        return
    if (grade.score is None) == (grade.given is None):
        yield Reason("score_or_given", {"path": "grade"})
    if grade.score is not None:
        least = [band.least for band in grade.bands[:-1]]
        known = [each for each in least if each is not None]
        if None in least or any(after >= before for before, after in pairwise(known)):
            yield Reason("bands_in_disorder", {"path": "grade.bands"})
    for number, quota in enumerate(grade.quotas):
        if quota.grade == rules.grades[-1]:
            yield Reason("quota_of_the_last", {"path": f"grade.quotas[{number}]"})


def _unknown_names(path: str, node: Any, known: Mapping[str, list[str]]) -> Iterable[Reason]:
    """Phases and grades that the rule set does not declare."""
    if isinstance(node, (Phase, InPhase)):
        yield from _look_up("phase", [node.phase], known, f"{path}.phase")
    elif isinstance(node, (GradeIs, Quota, Rate)):
        yield from _look_up("grade", [node.grade], known, f"{path}.grade")
    elif isinstance(node, GradeAtBest):
        yield from _look_up("grade", [node.grade_at_best], known, f"{path}.grade_at_best")
    elif isinstance(node, WithGrade):
        yield from _look_up("grade", node.grade, known, f"{path}.grade")
    elif isinstance(node, AddPoints) and not known["grade"]:
        yield Reason("no_grade", {"path": path})
    elif isinstance(node, Pay) and node.by_grade and not known["grade"]:
        yield Reason("no_grade", {"path": f"{path}.by_grade"})


def _look_up(kind: str, words: Iterable[str], known: Mapping[str, list[str]], path: str) -> Iterable[Reason]:
    for word in words:
        if word not in known[kind]:
            near = nearest(word, known[kind])
            params = {"path": path, "word": word, "known": ", ".join(known[kind]) or NOTHING}
            code = f"undeclared_{kind}"
            yield Reason(code, {**params, **({"nearest": near} if near else {})})
