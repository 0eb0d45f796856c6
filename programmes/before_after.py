"""One service judged by two versions of the rules: its months and its whole before and after, and what changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import servicerules
from officedata.months import Month
from servicerules import RuleSet, Service, Verdict, worst

Judged = Mapping[tuple[str, str], Verdict]
"""Rule and key of a window → the verdict."""


class Cell(NamedTuple):
    """The worst state of a month, or of everything, by the rules before and after; "" where nothing ends in it."""

    month: Month | None
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


class Change(NamedTuple):
    """A rule whose verdicts change in some windows: from which state to which; "" where the rule is not there."""

    rule: str
    before: str
    after: str
    windows: tuple[str, ...]


class Compared(NamedTuple):
    """What comes out of a service by the rules before and after. Without rules before, both are the same."""

    months: tuple[Cell, ...]
    whole: Cell
    changes: tuple[Change, ...]


def compared(service: Service, before: RuleSet | None, after: RuleSet, at: datetime) -> Compared:
    """Judge a service by both as of a moment."""
    new = judged(after, service, at)
    old = judged(before, service, at) if before is not None else new
    months: dict[Month, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, verdicts in enumerate((old, new)):
        for verdict in verdicts.values():
            if verdict.key != "term" and verdict.window.days:
                months[Month.of(verdict.window.last)][side].append(verdict.state)
    cells = [Cell(month, _worst(sides[0]), _worst(sides[1])) for month, sides in sorted(months.items())]
    whole = Cell(None, *(worst(verdict.state for verdict in verdicts.values()) for verdicts in (old, new)))
    return Compared(tuple(cells), whole, tuple(_changes(old, new)))


def judged(rules: RuleSet, service: Service, at: datetime) -> Judged:
    """Every verdict on a service alone, without what would change it."""
    return {(each.rule, each.key): each for each in servicerules.judge(rules, [service], as_of=at, ways=False)}


def _worst(states: list[str]) -> str:
    return worst(states) if states else ""


def _changes(old: Judged, new: Judged) -> list[Change]:
    """The verdicts that differ, those of one rule from one state to another together."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for rule, key in dict.fromkeys([*old, *new]):
        states = [verdicts[rule, key].state if (rule, key) in verdicts else "" for verdicts in (old, new)]
        if states[0] != states[1]:
            found[rule, states[0], states[1]].append(key)
    return [Change(rule, before, after, tuple(keys)) for (rule, before, after), keys in found.items()]
