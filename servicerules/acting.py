"""Judges acts before they are done: who may be a host, order, dispatch, choose, refuse, renew, stop."""

from __future__ import annotations

from collections.abc import Iterable

from servicerules.changes import reasons_of
from servicerules.conditions import unfulfilled
from servicerules.facts import Act, Reason, Stretch
from servicerules.judging import all_rules
from servicerules.language import Action, Do, Rule
from servicerules.measures import unknown_in, value_of
from servicerules.parties import View
from servicerules.tally import World
from servicerules.verdicts import NOT_MET, PENDING, WARNING, Asks, Questions, Verdict, amount_of, decide, keeps


def judge_act(act: Act, world: World) -> list[Verdict]:
    """Judge an act before it is done, by every rule on such acts.

    It is refused if a rule with the effect `refuse` is missed; where one is pending, something is not known, and a
    person decides.
    """
    return [_judge_act(each, act, world) for each in all_rules(world.rules) if each.of == Action(act.act)]


def refuses(verdicts: Iterable[Verdict]) -> bool:
    """Whether verdicts on an act refuse it."""
    return any(each.state == NOT_MET and Do("refuse") in each.follows for each in verdicts)


def asks_for_reason(verdict: Verdict) -> bool:
    """Whether somebody has to answer a verdict on an act: something is not known, or a soft rule is missed."""
    return verdict.state == PENDING or (verdict.state in (NOT_MET, WARNING) and Do("ask_reason") in verdict.follows)


def _judge_act(rule: Rule, act: Act, world: World) -> Verdict:
    day = Stretch(act.on, act.on)
    view = View(world, None, day, day, act=act)
    value = value_of(rule.measure, view)
    bound = amount_of(rule.bound)
    asks = Asks(bound, bound)
    reason, doubt = unfulfilled(rule.when, view)
    unknown = [*doubt, *(unknown_in(rule.measure, view) if value is None else [])]
    kept = keeps(rule, value, asks.value)
    nothing = dict.fromkeys(("running", "waived", "asked", "unlocked", "waiting"), False)
    questions = Questions(
        exempt=reason is not None, kept=kept, settled=kept, broken=not kept, hoped=kept,
        unknown=bool(unknown) or value is None, strict=rule.strict, **nothing,
    )  # fmt: skip
    state = decide(questions)
    reasons = reasons_of(state, reason, questions, unknown, (value, asks.value))
    changes = tuple(Reason("give", {"indicator": each}) for each in unknown) if state == PENDING else ()
    return Verdict(
        rule=rule.id, subject=act.id, key=str(act.on), window=day, state=state, final=state != PENDING, value=value,
        hoped=value, asks=asks, used=(), awaiting=(), lapsed=(), refused=(),
        reasons=reasons, changes=changes, follows=rule.follows, locks_on=None,
        version=world.rules.version, as_of=world.as_of,
    )  # fmt: skip
