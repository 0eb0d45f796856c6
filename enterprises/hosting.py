"""Whether an enterprise may receive doctors in a batch: rules and qualifications in, verdict with reasons out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NotRequired, TypedDict

import servicerules
from enterprises.host_rules import wanted
from servicerules import Act, Qualification, Verdict, World, as_json, nodes_in, why_not_held
from servicerules.language import Rule


class Missed(TypedDict):
    """A rule that is not kept, so that it can be read for ever in any language, and its verdict."""

    rule: Any
    state: str


class VerdictData(TypedDict):
    """A `HostVerdict` as plain values: kind and level of what one of the rules asks for, and of what none does with the
    code of the reason; the rules that are not kept. Verdicts of earlier releases have no `missed`."""

    on: str
    fulfilled_by: list[tuple[str, str]]
    refused: list[tuple[str, str, str]]
    missed: NotRequired[list[Missed]]


@dataclass(frozen=True, slots=True)
class HostVerdict:
    """`eligible`; the qualifications that one of the rules asks for, and those that none does with the reason's code
    (`servicerules.parties.why_not_held`); the rules that are not kept."""

    eligible: bool
    on: date
    fulfilled_by: tuple[Qualification, ...] = ()
    refused: tuple[tuple[Qualification, str], ...] = ()
    missed: tuple[tuple[Rule, str], ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As `VerdictData`."""
        return {
            "on": self.on.isoformat(),
            "fulfilled_by": [[held.kind, held.level] for held in self.fulfilled_by],
            "refused": [[held.kind, held.level, why] for held, why in self.refused],
            "missed": [{"rule": as_json(rule), "state": state} for rule, state in self.missed],
        }


def judge_host_act(
    rules: servicerules.RuleSet, held: Sequence[Qualification], classes: frozenset[str], *, on: date
) -> HostVerdict:
    """Judge by the rules on becoming a host. Whoever misses a soft rule, or of whom something is not known, is chosen
    with a reason only, as one who is not eligible."""
    world = World(rules, [], datetime.combine(on, time.max, rules.clock))
    verdicts = servicerules.judge_act(Act("this", "host", on, held=held, classes=classes), world)
    missed = [(servicerules.rule_named(rules, each.rule), each.state) for each in verdicts if _is_missed(each)]
    asked = wanted(rules)
    judged = [(each, why_not_held(each, asked, on)) for each in held]
    return HostVerdict(
        eligible=not missed,
        on=on,
        fulfilled_by=tuple(each for each, why in judged if not why),
        refused=tuple((each, why) for each, why in judged if why),
        missed=tuple(missed),
    )


def _is_missed(verdict: Verdict) -> bool:
    return servicerules.asks_for_reason(verdict) or servicerules.refuses([verdict])


class Candidate(TypedDict):
    """An enterprise as the rules look at it."""

    classes: frozenset[str]
    held: Sequence[Qualification]


def count_eligible_of(rules: servicerules.RuleSet, candidates: Iterable[Candidate], *, on: date) -> int:
    """How many of many enterprises are eligible; those that are alike in what the rules look at are judged once."""
    named = frozenset(name for _path, node in nodes_in(rules) for name in getattr(node, "classes", ()))
    alike = Counter((each["classes"] & named, _in_force(each["held"], on)) for each in candidates)
    return sum(
        number
        for (classes, held), number in alike.items()
        if judge_host_act(rules, [Qualification(*each) for each in held], classes, on=on).eligible
    )


def _in_force(held: Iterable[Qualification], on: date) -> tuple[tuple[str, str], ...]:
    """Kind and level of the qualifications that are valid on a day; no rule looks at others or at their dates."""
    valid = (each for each in held if (each.valid_from or on) <= on <= (each.valid_until or on))
    return tuple(sorted((each.kind, each.level) for each in valid))


def classes_of(enterprise_class: str, size: str, district: str) -> frozenset[str]:
    """The classes of an enterprise: its own, its size, and its district with those around it (`district-140100`,
    `district-1401`, `district-14`)."""
    areas = (f"district-{district[:length]}" for length in (2, 4, 6) if len(district) >= length)
    return frozenset(filter(None, (enterprise_class, size, *areas)))
