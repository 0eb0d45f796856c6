"""How much there is to judge by a rule set, in steps, so that no rules are written that nobody could wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from servicerules.facts import Reason
from servicerules.language import (
    Action,
    Dated,
    Every,
    Greatest,
    Over,
    Points,
    Rolling,
    RuleSet,
    Share,
    Total,
    Window,
)

MOST_STEPS = 20_000
"""Steps for one service over its whole term; the largest known rules take about 650."""
MOST_PARTS = 60
"""A measure is made of so many others at most."""
OF_A_VERDICT, OF_AN_ACT = 10, 50
"""What a verdict costs beside its measure; an act is judged for each enterprise of a list, not once a month."""
USUAL_MONTHS = 12
DAYS = {
    "day": Decimal(1), "week": Decimal(7), "month": Decimal(30), "anchored_month": Decimal(30), "quarter": Decimal(91),
    "half_year": Decimal(182), "year": Decimal(365), "service_year": Decimal(365), "school_year": Decimal(365),
}  # fmt: skip
"""The days of a period, roughly."""


def too_much(rules: RuleSet) -> Iterator[Reason]:
    """Measures made of too many others, and the rule that asks most where all together ask too much."""
    for path, measure in measures_of(rules).items():
        if (parts := parts_in(measure)) > MOST_PARTS:
            yield Reason("too_many_parts", {"path": path, "parts": parts, "most": MOST_PARTS})
    found = steps_of(rules)
    if sum(found.values()) > MOST_STEPS:
        path = max(found, key=lambda each: found[each])
        yield Reason("too_many_steps", {"path": path, "steps": sum(found.values()), "most": MOST_STEPS})


def measures_of(rules: RuleSet) -> dict[str, Any]:
    """The measures of a rule set by their paths."""
    found: dict[str, Any] = {f"rules[{number}].measure": each.measure for number, each in enumerate(rules.rules)}
    if rules.grade is not None and rules.grade.score is not None:
        found["grade.score"] = rules.grade.score
    if rules.pay is not None:
        found["pay.of"] = rules.pay.of
    return found


def months_of(rules: RuleSet) -> int:
    """The longest term that a rule set speaks of."""
    term = rules.term
    phases = sum(each.months for each in term.phases)
    return max(term.months or USUAL_MONTHS, term.at_least or 0, term.extend_until or 0, phases)


def steps_of(rules: RuleSet, months: int | None = None) -> Mapping[str, int]:
    """The steps of each rule, of the grades and of the pay, for one service of so many months."""
    days = Decimal(months or months_of(rules)) * 365 / 12
    found = {}
    for number, rule in enumerate(rules.rules):
        if isinstance(rule.of, Action):
            found[f"rules[{number}]"] = OF_AN_ACT * parts_in(rule.measure)
        else:
            found[f"rules[{number}]"] = _in_windows(rule.within, rule.measure, days)
    if rules.grade is not None and rules.grade.score is not None:
        found["grade"] = _in_windows(rules.grade.within, rules.grade.score, days)
    if rules.pay is not None:
        found["pay"] = _in_windows(rules.pay.within, rules.pay.of, days)
    return found


def parts_in(measure: Any) -> int:
    """How many measures of their own a measure is made of."""
    return sum(parts_in(each) for each in _inner(measure)) or 1


def _inner(measure: Any) -> list[Any]:
    """The measures within a measure."""
    if isinstance(measure, (Total, Greatest)):
        return list(measure.total if isinstance(measure, Total) else measure.greatest)
    if isinstance(measure, Share):
        return [measure.share, measure.of]
    if isinstance(measure, Points):
        return [measure.points]
    return [measure.of] if isinstance(measure, Over) else []


def _in_windows(window: Window, measure: Any, term: Decimal) -> int:
    """The steps of a measure in all its windows."""
    number, length = _windows(window, term)
    return int(number * (OF_A_VERDICT + _steps(measure, length, term))) + 1


def _windows(window: Window, term: Decimal) -> tuple[Decimal, Decimal]:
    """How many windows there are in a term, and how many days each has."""
    if isinstance(window, Every):
        length = DAYS[window.every] * window.size
        return term / length + 1, length
    if isinstance(window, Rolling):
        return Decimal(1), Decimal(window.rolling)
    if isinstance(window, Dated):
        return Decimal(len(window.dated)), max(Decimal((each.last - each.first).days + 1) for each in window.dated)
    return Decimal(1), term


def _steps(measure: Any, length: Decimal, term: Decimal) -> Decimal:
    """The steps of a measure in a window of so many days."""
    if not isinstance(measure, Over):
        return sum((_steps(each, length, term) for each in _inner(measure)), Decimal(0)) or Decimal(1)
    length = min(length, term)
    if isinstance(measure.each, Rolling):
        piece = Decimal(measure.each.rolling)
        return max(Decimal(1), length - piece + 1) * _steps(measure.of, piece, term)
    piece = DAYS[measure.each.every] * measure.each.size
    # All periods of the term are looked through for those that lie in the window.
    return term / piece / 20 + (length / piece + 1) * _steps(measure.of, piece, term)
