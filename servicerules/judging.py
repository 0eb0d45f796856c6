"""Judges the rules of a rule set: each rule, in each of its windows, for each of its subjects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from servicerules.changes import Standing, changes_of, reasons_of
from servicerules.conditions import unfulfilled
from servicerules.evidence import Evidence, asked_of, evidence_of
from servicerules.excuses import Excuses, Timing, excuses_of, timing_of
from servicerules.facts import Reason, Service
from servicerules.language import Action, Each, Gap, Group, Least, Length, Most, Rule, RuleSet, Whole
from servicerules.measures import DOWN, UP, direction, unknown_in, value_of
from servicerules.parties import View
from servicerules.tally import HOPED, NOW, Subject, World
from servicerules.verdicts import Asks, Questions, Verdict, decide, keeps
from servicerules.windows import Slot, slots_of


def judge(
    rules: RuleSet,
    services: Sequence[Service],
    *,
    as_of: datetime,
    only: Sequence[str] | None = None,
    window: str | None = None,
    ways: bool = True,
) -> list[Verdict]:
    """Judge every rule on services (or those that `only` names), in every window (or the one with the key `window`), by
    what was known at `as_of` (aware). Without `ways` nothing is said of what would change them, which takes a sixth
    less time.

    Rules on acts are not among them, see `judge_act`. The same arguments give equal verdicts at any time, because
    facts with a later moment are not seen.
    """
    return judge_world(World(rules, list(services), as_of), only=only, window=window, ways=ways)


def judge_world(
    world: World, *, only: Sequence[str] | None = None, window: str | None = None, ways: bool = True
) -> list[Verdict]:
    """The same for services whose books are open already."""
    found: list[Verdict] = []
    for rule in all_rules(world.rules):
        if isinstance(rule.of, Action) or (only is not None and rule.id not in only):
            continue
        for subject in world.subjects(unit_of(rule)):
            slots = slots_of(rule.within, subject.span, world.rules, subject.today)
            found += [judge_slot(rule, subject, each, ways=ways) for each in slots if window in (None, each.key)]
    return found


def all_rules(rules: RuleSet) -> tuple[Rule, ...]:
    """The rules as written, and those that the words on the term say."""
    term = rules.term
    implied = []
    if term.at_least is not None:
        least = Least(Decimal(term.at_least))
        implied.append(Rule("term_at_least", Length("months"), Whole("term"), must=least))
    if term.extend_until is not None:
        most = Most(Decimal(term.extend_until))
        implied.append(Rule("term_extend_until", Length("months"), Whole("term"), Action("renew"), must=most))
    return (*rules.rules, *implied)


def rule_named(rules: RuleSet, name: str) -> Rule:
    """The rule of a verdict."""
    return next(each for each in all_rules(rules) if each.id == name)


def unit_of(rule: Rule) -> str:
    """Whom a rule judges: `assignment`, or several together: `doctor`, `team`, `host`, or the code of a group; "" of a
    rule on an act."""
    if isinstance(rule.of, Group):
        return rule.of.group
    return rule.of.each if isinstance(rule.of, Each) else ""


class Sight(NamedTuple):
    """What is seen of a rule in one window."""

    value: Decimal | None
    hoped: Decimal | None
    asks: Asks
    timing: Timing
    evidence: Evidence
    excuses: Excuses
    exemption: Reason | None
    unknown: list[str]

    @property
    def waits(self) -> bool:
        """Whether an answer is owed: in the window of one month to any record, for more may be entered beside it; in
        any other to a record that would change the value."""
        return self.evidence.waits if self.timing.one_month else self.hoped != self.value


def judge_slot(rule: Rule, subject: Subject, slot: Slot, *, ways: bool = True) -> Verdict:
    """Judge one rule in one window."""
    sight = _seen(rule, subject, slot)
    timing, evidence, asks = sight.timing, sight.evidence, sight.asks
    ask = _questions(rule, sight)
    state = decide(ask)
    over = not slot.moving or subject.today > subject.span.served.last
    settled = timing.locked and not sight.waits and not ask.asked and not sight.unknown
    standing = Standing(rule, subject, slot, state, ask, sight.value, sight.hoped, asks.value, evidence.awaiting,
                        timing.lock, timing.locks_on, sight.unknown)  # fmt: skip
    return Verdict(
        rule=rule.id,
        subject=subject.key,
        key=slot.key,
        window=slot.asked,
        state=state,
        final=settled and over,
        value=sight.value,
        hoped=sight.hoped,
        asks=asks,
        used=tuple(evidence.used),
        awaiting=tuple(evidence.awaiting),
        lapsed=tuple(evidence.lapsed),
        refused=(*evidence.refused, *sight.excuses.refused),
        reasons=reasons_of(state, sight.exemption, ask, sight.unknown, (sight.value, asks.value)),
        changes=changes_of(standing) if ways else (),
        follows=rule.follows,
        locks_on=timing.locks_on,
        version=subject.rules.version,
        as_of=subject.as_of,
        by_host=evidence.by_host,
    )


def _seen(rule: Rule, subject: Subject, slot: Slot) -> Sight:
    view = View(subject.world, subject, slot.asked, slot.whole, NOW, slot.moving)
    value = value_of(rule.measure, view)
    evidence = evidence_of(rule, subject, slot)
    timing = timing_of(subject, slot)
    exemption, doubt = _exemption(rule, view, slot)
    return Sight(
        value=value,
        hoped=value_of(rule.measure, view._replace(states=HOPED)) if evidence.waits else value,
        asks=asked_of(rule, subject, slot),
        timing=timing,
        evidence=evidence,
        excuses=excuses_of(rule, subject, slot, timing),
        exemption=exemption,
        unknown=[*doubt, *(unknown_in(rule.measure, view) if value is None else [])],
    )


def _questions(rule: Rule, sight: Sight) -> Questions:
    asks = sight.asks.value
    kept = keeps(rule, sight.value, asks)
    return Questions(
        exempt=sight.exemption is not None,
        kept=kept,
        settled=_settled(rule),
        broken=not kept and _broken(rule, sight.value, asks),
        hoped=keeps(rule, sight.hoped, asks),
        running=sight.timing.running,
        waived=sight.excuses.granted,
        asked=sight.excuses.asked,
        unlocked=not sight.timing.locked,
        waiting=sight.waits,
        unknown=bool(sight.unknown) or sight.value is None,
        strict=rule.strict,
    )


def _settled(rule: Rule) -> bool:
    """Whether a bound that is kept cannot be broken by more records and more time."""
    if isinstance(rule.bound, Least):
        return direction(rule.measure) == UP
    return isinstance(rule.bound, Most) and direction(rule.measure) == DOWN


def _broken(rule: Rule, value: Decimal | None, asks: Decimal) -> bool:
    """Whether no further record can mend a bound that is not kept."""
    moves = direction(rule.measure)
    if isinstance(rule.bound, Least):
        return moves == DOWN
    if isinstance(rule.bound, Most):
        return moves == UP or isinstance(rule.measure, Gap)
    return value is not None and moves == UP and value > asks


def _exemption(rule: Rule, view: View, slot: Slot) -> tuple[Reason | None, list[str]]:
    """Why a rule asks for nothing in a window, if so; and what is not known of its conditions."""
    days = slot.asked.days
    if not days and not slot.of_term:
        return Reason("window_outside_term"), []
    if days < min(rule.short.exempt_under, slot.whole.days):
        return Reason("short_window", {"days": days, "least": rule.short.exempt_under}), []
    return unfulfilled(rule.when, view)
