"""What comes out of a case: verdicts, acts, grades and pay as plain JSON values with their words, and how they compare
with what the case expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from servicerules.acting import judge_act, refuses
from servicerules.case_reading import read_case_text
from servicerules.casefile import FORMAT, CaseFile, OfAct, OfGrade, OfPay, OfRecord, OfRule, OfWarning
from servicerules.cases import Case
from servicerules.facts import Act, Key, Reason
from servicerules.grading import Grade, Payment, grades_of, pay_of
from servicerules.judging import judge_world, rule_named
from servicerules.language import RuleSet
from servicerules.lexicon import LANGUAGES
from servicerules.linter import lint
from servicerules.schema import schema_of
from servicerules.tally import World
from servicerules.verdicts import PENDING, Verdict, as_data, worst
from servicerules.wording import in_words, lexicon_of, say
from servicerules.writing import as_json

__all__ = ["Case", "Outcome", "case_schema", "judge_case", "outcome_data", "read_case_text", "unmet_of", "verdict_data"]


@dataclass(frozen=True)
class Outcome:
    """Everything that was judged at one moment; acts are allowed, refused, or not known (None)."""

    moment: datetime
    verdicts: list[Verdict]
    acts: list[tuple[Act, bool | None, list[Verdict]]]
    grades: list[Grade]
    pay: list[Payment]


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case file."""
    return schema_of(CaseFile, "A case")


def judge_case(case: Case) -> list[Outcome]:
    """Judge a case at each of its moments."""
    return [_judged(case.world(moment)) for moment in case.moments()]


def _judged(world: World) -> Outcome:
    verdicts = judge_world(world)
    grades = grades_of(world, verdicts)
    acts = []
    for act in world.acts:
        found = judge_act(act, world)
        unknown = any(each.state == PENDING for each in found)
        acts.append((act, False if refuses(found) else None if unknown else True, found))
    return Outcome(world.as_of, verdicts, acts, grades, pay_of(world, verdicts, grades))


def outcome_data(case: Case) -> dict[str, Any]:
    """The answer to a case in the published format."""
    outcomes = judge_case(case)
    rules = case.rules
    warnings = lint(rules)
    found: dict[str, Any] = {
        "format": FORMAT,
        "rule_set": {"code": rules.code, "version": rules.version},
        "warnings": [_reason(each, rules, "lint") for each in warnings],
        "results": [_result(rules, each) for each in outcomes],
    }
    if case.file.expect:
        unmet = list(unmet_of(case, outcomes))
        found["expected"] = {"asked": len(case.file.expect), "unmet": unmet}
    return found


def _result(rules: RuleSet, outcome: Outcome) -> dict[str, Any]:
    overall: dict[Any, list[str]] = {}
    for each in outcome.verdicts:
        overall.setdefault(str(each.subject), []).append(each.state)
    return {
        "moment": outcome.moment.isoformat(),
        "overall": {key: worst(states) for key, states in overall.items()},
        "verdicts": [verdict_data(rules, each) for each in outcome.verdicts],
        "acts": [
            {
                "id": act.id,
                "act": act.act,
                "allowed": allowed,
                "verdicts": [verdict_data(rules, each) for each in verdicts],
            }
            for act, allowed, verdicts in outcome.acts
        ],
        "grades": [_graded(rules, each) for each in outcome.grades],
        "pay": [_graded(rules, each) for each in outcome.pay],
    }


def verdict_data(rules: RuleSet, verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain JSON values, with its words in both languages."""
    rule = rule_named(rules, verdict.rule)
    data: dict[str, Any] = as_data(verdict)
    data["short_by"] = as_data(verdict.short_by)
    data["refused"] = [{"record": each.record, **as_data(each.reason)} for each in verdict.refused]
    data["follows"] = as_json(verdict.follows) if verdict.missed else []
    data["window"] = {"first": str(verdict.window.first), "last": str(verdict.window.last)}
    data["asks"] = as_data(verdict.asks.value)
    for language in LANGUAGES:
        data[language] = in_words(rules, rule, verdict, language)
    return data


def _graded(rules: RuleSet, each: Grade | Payment) -> dict[str, Any]:
    data: dict[str, Any] = as_data(each)
    data["window"] = {"first": str(each.window.first), "last": str(each.window.last)}
    data["reasons"] = [_reason(reason, rules, "reasons") for reason in each.reasons]
    return data


def _reason(reason: Reason, rules: RuleSet, kind: str) -> dict[str, Any]:
    said = {language: say(reason, lexicon_of(rules, language), kind) for language in LANGUAGES}
    return {"code": reason.code, "params": as_data(reason.params), **said}


# -- What was expected ------------------------------------------------------------------------------------------


def unmet_of(case: Case, outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """The expectations that are not fulfilled, each with what was found."""
    for expected in case.file.expect:
        found = list(_found(case, outcomes, expected))
        wanted = _wanted(expected)
        if not found or any(each != wanted for each in (_like(one, wanted) for one in found)):
            yield {"expected": as_json(expected), "found": [as_data(_like(one, wanted)) for one in found]}


def _wanted(expected: Any) -> dict[str, Any]:
    """The values that are expected, apart from the words that say of what."""
    if isinstance(expected, OfWarning):
        return {"given": expected.given}
    if isinstance(expected, OfAct):
        return {"allowed": expected.allowed}
    if isinstance(expected, OfRecord):
        return {"refused": expected.refused}
    names = {OfRule: ("state", "value", "hoped", "asks", "final"), OfGrade: ("grade", "score"), OfPay: ("amount",)}
    values = {name: getattr(expected, name) for name in names[type(expected)]}
    return {name: value for name, value in values.items() if value is not None}


def _like(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in wanted}


def _found(case: Case, outcomes: Sequence[Outcome], expected: Any) -> Iterator[dict[str, Any]]:
    """What an expectation is about, as it came out."""
    if isinstance(expected, OfWarning):
        yield {"given": any(each.code == expected.warning for each in lint(case.rules))}
        return
    moment = getattr(expected, "moment", None)
    for outcome in outcomes if moment is None else outcomes[moment - 1 : moment]:
        yield from _at_a_moment(outcome, expected)


def _at_a_moment(outcome: Outcome, expected: Any) -> Iterator[dict[str, Any]]:
    if isinstance(expected, OfAct):
        yield from ({"allowed": allowed} for act, allowed, _ in outcome.acts if act.id == expected.act)
    elif isinstance(expected, OfGrade):
        for grade in outcome.grades:
            if grade.subject == expected.grade_of and expected.window in (None, grade.key):
                yield {"grade": grade.grade, "score": grade.score}
    elif isinstance(expected, OfPay):
        for paid in outcome.pay:
            if paid.subject == expected.pay_of and expected.window in (None, paid.key):
                yield {"amount": paid.amount}
    elif isinstance(expected, OfRecord):
        yield {"refused": _refused(outcome, expected)}
    else:
        yield from (_verdict(each, expected.host) for each in _meant(outcome, expected))


def _verdict(each: Verdict, host: Key | None) -> dict[str, Any]:
    value = each.value if host is None else each.by_host.get(host, Decimal(0))
    return {"state": each.state, "value": value, "hoped": each.hoped, "asks": each.asks.value, "final": each.final}


def _meant(outcome: Outcome, expected: OfRule) -> Iterator[Verdict]:
    acts = [each for _, _, verdicts in outcome.acts for each in verdicts]
    for each in [*outcome.verdicts, *acts]:
        mine = each.rule == expected.rule and expected.subject in (None, each.subject)
        if mine and expected.window in (None, each.key):
            yield each


def _refused(outcome: Outcome, expected: OfRecord) -> str | None:
    """Why a record is refused; None if it is used somewhere, or not seen."""
    for verdict in outcome.verdicts:
        if expected.rule in (None, verdict.rule) and expected.window in (None, verdict.key):
            for refusal in verdict.refused:
                if refusal.record == expected.record and expected.refused in (None, refusal.reason.code):
                    return refusal.reason.code
    return None
