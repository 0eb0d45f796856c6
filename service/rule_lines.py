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
from service.outlook import plain as days
from service.shown import ShownVerdict, shown_judgement, shown_verdict
from servicerules import Lexicon, Rule, RuleSet, Verdict, judge, lexicon_of, rule_named, sentence
from servicerules.language import Days, Every, Least
from servicerules.sentences import unit_of
from servicerules.verdicts import plain

MONTHS = ("month", "anchored_month")
SHOWN = 6  # windows of a rule on the page; the ones before are folded


@dataclass(frozen=True)
class Progress:
    """How far the present window of a rule is: what counts, what is asked for, what awaits an answer, days left.

    `unit` is empty where days are counted.
    """

    window: str
    done: int | Decimal
    need: int | Decimal
    awaiting: int | Decimal
    unit: str
    left: int


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


def is_monthly(rule: Rule) -> bool:
    """Whether the windows of a rule are single months."""
    return isinstance(rule.within, Every) and rule.within.every in MONTHS and rule.within.size == 1


def has_monthly(rules: RuleSet) -> bool:
    """Whether a page may speak of months: some rule on records is judged month by month."""
    return any(is_monthly(rule) for rule in rules.rules)


def rule_lines(assignment: Assignment, *, on: date, monthly: bool = False) -> list[RuleLines]:
    """The rules of a service that are not judged month by month (with `monthly` all), as of the end of a day."""
    rules = rules_in(assignment.batch, assignment.batch.rule_set_id)
    wanted = [each.id for each in rules.rules if monthly or not is_monthly(each)]
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
    latest = sorted(verdicts, key=lambda each: each.window.first, reverse=True)
    lines = [_line(rules, rule, lexicon, each, kept.get((name, each.key))) for each in latest]
    return RuleLines(
        sentence=sentence(rule, lexicon),
        strict=rule.strict,
        lines=lines[:SHOWN],
        older=lines[SHOWN:],
        progress=_progress(rule, lexicon, latest[0], lines[0].shown.window, on),
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


def _progress(rule: Rule, lexicon: Lexicon, verdict: Verdict, window: str, on: date) -> Progress | None:
    """The present window of a rule that asks for at least so much; None where it is over, or asks for something else."""
    over = verdict.window.last < on or verdict.state == "exempt"
    if over or not isinstance(rule.bound, Least) or verdict.value is None or not verdict.asks.value:
        return None
    awaiting = (verdict.hoped or verdict.value) - verdict.value
    left = (verdict.window.last - on).days + 1
    unit = "" if isinstance(rule.measure, Days) else unit_of(rule, lexicon)
    return Progress(window, days(verdict.value), days(verdict.asks.value), days(awaiting), unit, left)
