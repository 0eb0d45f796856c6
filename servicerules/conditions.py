"""Whether the conditions of a rule hold: in a window of a subject, or for an act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from servicerules.facts import Reason
from servicerules.language import (
    Bound,
    Condition,
    Documented,
    InPhase,
    Least,
    Most,
    Not,
    NthTerm,
    OfAge,
    OfClass,
    ToldBefore,
    WithGrade,
)
from servicerules.measures import gifts, latest
from servicerules.parties import View, age_of
from servicerules.verdicts import amount_of
from servicerules.windows import phase_of

Answer = tuple[bool, str]
"""Whether a condition holds, and what is not known where nobody can say."""

GRADE = "grade"
"""The indicator under which a grade is given."""


def holds(condition: Condition, view: View) -> Answer:
    """Whether a condition holds."""
    return _HOLDS[type(condition)](condition, view)


def _within(bound: Bound, value: int | Decimal) -> bool:
    limit = amount_of(bound)
    if isinstance(bound, Least):
        return value >= limit
    return value <= limit if isinstance(bound, Most) else value == limit


def _phase(condition: InPhase, view: View) -> Answer:
    if view.subject is None:
        return False, ""
    phase = phase_of(condition.phase, view.subject.span, view.world.rules)
    return phase.first <= view.days.first <= phase.last, ""


def _class(condition: OfClass, view: View) -> Answer:
    if view.act is not None:
        classes = view.act.classes
    else:
        classes = (
            frozenset(name for each in view.subject.services for name in each.classes) if view.subject else frozenset()
        )
    return not classes.isdisjoint(condition.classes), ""


def _grade(condition: WithGrade, view: View) -> Answer:
    found = latest(view, GRADE)
    return (False, GRADE) if found is None else (found.value in condition.grade, "")


def _aged(condition: OfAge, view: View) -> Answer:
    age = age_of(view)
    return (False, "born_on") if age is None else (_within(condition.age, age), "")


def _nth(condition: NthTerm, view: View) -> Answer:
    if view.act is not None:
        return _within(condition.nth_term, view.act.nth), ""
    return all(_within(condition.nth_term, each.nth) for each in view.subject.services) if view.subject else False, ""


def _documented(condition: Documented, view: View) -> Answer:
    return any(each.value is not False for each in gifts(view, condition.documented)), ""


def _told(condition: ToldBefore, view: View) -> Answer:
    act = view.act
    if act is None:
        return False, ""
    return act.told_on is not None and act.told_on + timedelta(days=condition.told_before) <= act.on, ""


def _not(condition: Not, view: View) -> Answer:
    fulfilled, unknown = holds(condition.other, view)
    return not fulfilled, unknown


_HOLDS: Mapping[type[Any], Callable[[Any, View], Answer]] = {
    InPhase: _phase,
    OfClass: _class,
    WithGrade: _grade,
    OfAge: _aged,
    NthTerm: _nth,
    Documented: _documented,
    ToldBefore: _told,
    Not: _not,
}


def unfulfilled(conditions: Iterable[Condition], view: View) -> tuple[Reason | None, list[str]]:
    """That a rule does not apply, if one of its conditions does not hold; and what is not known of them."""
    doubt: list[str] = []
    for condition in conditions:
        fulfilled, unknown = holds(condition, view)
        if unknown:
            doubt.append(unknown)
        elif not fulfilled:
            return Reason("does_not_apply"), []
    return None, doubt
