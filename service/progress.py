"""How far running services are with the rules that have windows other than months, as of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from assignments.models import Assignment
from core.errors import Refused
from officedata.months import day_end
from programmes.models import Batch
from programmes.rulebook import language, rules_in
from service.judged import service_of
from service.models import Check
from service.outlook import plain
from service.window_words import window_word
from servicerules import Rule, RuleSet, Verdict, formula, judge, lexicon_of, rule_named
from servicerules.language import Action, Days, Every, Least, Whole
from servicerules.sentences import unit_of

MONTHS = ("month", "anchored_month")


@dataclass(frozen=True)
class Progress:
    """How far the present window of a rule is: what counts, what is asked for, what awaits an answer, days left.

    `unit` is empty where days are counted. A rule that asks for no least amount has no bar: `words` say how it stands.
    """

    window: str
    done: int | Decimal
    need: int | Decimal
    awaiting: int | Decimal
    unit: str
    left: int
    words: str
    state: str
    label: str
    bar: bool


@dataclass(frozen=True)
class Stand:
    """What a home shows of a service by its rules: whether months are judged, and the bars of other windows."""

    monthly: bool
    bars: list[Progress]


def is_monthly(rule: Rule) -> bool:
    """Whether the windows of a rule are single months."""
    within = rule.within
    return isinstance(within, Every) and within.every in MONTHS and within.size == 1 and not isinstance(rule.of, Action)


def has_monthly(rules: RuleSet) -> bool:
    """Whether a page may speak of months: some rule is judged month by month."""
    return any(is_monthly(rule) for rule in rules.rules)


def batches_with(rows: QuerySet[Any], path: str) -> QuerySet[Batch]:
    """The batches to which a path leads from any of these rows."""
    return Batch.objects.filter(Exists(rows.order_by().filter(**{path: OuterRef("pk")}))).order_by("pk")


def any_monthly(batches: Iterable[Batch]) -> bool:
    """Whether a list of services of these batches may speak of months."""
    for batch in batches:
        try:
            if has_monthly(rules_in(batch, batch.rule_set_id)):
                return True
        except Refused:
            continue
    return False


def others_of(rules: RuleSet) -> list[Rule]:
    """The rules judged in windows that are no single months."""
    return [rule for rule in rules.rules if not is_monthly(rule) and not isinstance(rule.of, Action)]


def standings_say_all(rules: RuleSet) -> bool:
    """Whether the standing of a service, with its month and its term, says all there is: months, and days of the
    term."""
    return has_monthly(rules) and all(
        isinstance(rule.within, Whole) and isinstance(rule.measure, Days) for rule in others_of(rules)
    )


def stands_of(assignments: Iterable[Assignment], *, on: date) -> Mapping[int, Stand]:
    """Assignment's key → what its rules say of it; nothing of those whose rules cannot be read."""
    found: dict[int, Stand] = {}
    for assignment in assignments:
        try:
            rules = rules_in(assignment.batch, assignment.batch.rule_set_id)
        except Refused:
            continue
        bars = [] if standings_say_all(rules) else progress_of(assignment, rules, on=on)
        found[assignment.pk] = Stand(has_monthly(rules), bars)
    return found


def progress_of(assignment: Assignment, rules: RuleSet, *, on: date) -> list[Progress]:
    """The present window of each rule that is not judged month by month."""
    names = [rule.id for rule in others_of(rules)]
    found = judge(rules, [service_of(assignment)], as_of=day_end(on, rules.clock), only=names, ways=False)
    present = [present_of(mine, on) for mine in _by_rule(found)]
    return [progress(rules, each, on) for each in present if each is not None]


def present_of(verdicts: Sequence[Verdict], on: date) -> Verdict | None:
    """The verdict on the window that holds the day, or on the one that began last; None where nothing is asked."""
    begun = [each for each in verdicts if each.window.days and each.window.first <= on]
    latest = max(begun, key=lambda each: each.window.first, default=None)
    return None if latest is None or latest.state == "exempt" else latest


def _by_rule(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for each in verdicts:
        found.setdefault(each.rule, []).append(each)
    return list(found.values())


def progress(rules: RuleSet, verdict: Verdict, on: date) -> Progress:
    """A verdict as a bar, or as a sentence."""
    lexicon, rule = lexicon_of(rules, language()), rule_named(rules, verdict.rule)
    value = verdict.value or Decimal(0)
    return Progress(
        window=window_word(verdict.key, lexicon),
        done=plain(value),
        need=plain(verdict.asks.value),
        awaiting=plain((verdict.hoped or value) - value),
        unit="" if isinstance(rule.measure, Days) else unit_of(rule, lexicon),
        left=max((verdict.window.last - on).days + 1, 0),
        words=formula(rules, rule, verdict, lexicon),
        state=verdict.state,
        label=str(Check.Verdict(verdict.state).label),
        bar=isinstance(rule.bound, Least) and verdict.value is not None,
    )
