"""The rules of one service with their windows so far: how each came out, and how far the present one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from assignments.models import Assignment
from officedata.months import day_end
from programmes.rulebook import language, rules_in
from service.judged import service_of
from service.models import Check
from service.progress import Progress, others_of, present_of, progress, standings_say_all
from service.shown import ShownVerdict, shown_judgement, shown_verdict
from servicerules import Lexicon, Rule, RuleSet, Verdict, judge, lexicon_of, rule_named, sentence
from servicerules.sentences import unit_of
from servicerules.verdicts import plain

SHOWN = 6  # windows of a rule on the page; the ones before are folded


@dataclass(frozen=True)
class WindowLine:
    """One window of a rule: judged and kept (`check`), or as of today."""

    shown: ShownVerdict
    label: str
    measured: str
    check: Check | None


@dataclass(frozen=True)
class RuleLines:
    """A rule with its windows, the latest first."""

    sentence: str
    strict: bool
    lines: list[WindowLine]
    older: list[WindowLine]
    progress: Progress | None


def rule_lines(assignment: Assignment, *, on: date) -> list[RuleLines]:
    """The rules of a service that are not judged month by month, as of the end of a day; none where the panels of the
    months and of the term say all."""
    rules = rules_in(assignment.batch, assignment.batch.rule_set_id)
    wanted = [] if standings_say_all(rules) else [each.id for each in others_of(rules)]
    if not wanted:
        return []
    found = judge(rules, [service_of(assignment)], as_of=day_end(on, rules.clock), only=wanted, ways=False)
    kept = {(each.rule, each.window): each for each in assignment.checks.filter(rule__in=wanted)}
    begun = [each for each in found if each.window.days and each.window.first <= on]
    return [_of_rule(rules, name, list(mine), kept, on) for name, mine in groupby(begun, key=lambda each: each.rule)]


def _of_rule(
    rules: RuleSet, name: str, verdicts: Sequence[Verdict], kept: Mapping[tuple[str, str], Check], on: date
) -> RuleLines:
    rule, lexicon = rule_named(rules, name), lexicon_of(rules, language())
    present = present_of(verdicts, on)
    latest = sorted(verdicts, key=lambda each: each.window.first, reverse=True)
    lines = [_line(rules, rule, lexicon, each, kept.get((name, each.key))) for each in latest]
    return RuleLines(
        sentence=sentence(rule, lexicon),
        strict=rule.strict,
        lines=lines[:SHOWN],
        older=lines[SHOWN:],
        progress=progress(rules, present, on) if present is not None and present.window.last >= on else None,
    )


def _line(rules: RuleSet, rule: Rule, lexicon: Lexicon, verdict: Verdict, check: Check | None) -> WindowLine:
    """The stored verdict where there is one, so that no page contradicts it."""
    if check is None:
        shown = shown_judgement(verdict, rules)
        value, asks = verdict.value, verdict.asks.value
    else:
        shown = shown_verdict(check.facts, rules, check.rule, check.window)
        value, asks = check.value, check.asks if check.asks is not None else verdict.asks.value
    label = str(Check.Verdict(shown.state).label)
    return WindowLine(shown, label, _measured(value, asks, unit_of(rule, lexicon)), check)


def _measured(value: Decimal | None, asks: Decimal, unit: str) -> str:
    """What counts of what is asked for: 84 / 90 天."""
    return f"{'—' if value is None else plain(value)} / {plain(asks)} {unit}".rstrip()
