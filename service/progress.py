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
from programmes.window_words import window_word
from service.due import Due, is_monthly, judged_rules
from service.judging import Judge
from service.models import Check
from service.outlook import short_number
from service.sources import by_rules, services_of, trouble_with, with_others
from servicerules import (
    EXEMPT,
    Days,
    Least,
    Rule,
    RuleSet,
    Verdict,
    Whole,
    formula,
    lexicon_of,
    rule_named,
    sentence,
    slots_of,
    unit_word,
)


@dataclass(frozen=True)
class Progress:
    """How far the present window of a rule is: what counts, what is asked for, what awaits an answer, days left.

    `window` names what is measured, too, for several rules can have the same windows. `unit` is empty where days are
    counted. A rule that asks for no least amount has no bar: `words` say how it stands.
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


def has_monthly(rules: RuleSet) -> bool:
    """Whether a page may speak of months: some rule is judged month by month."""
    return any(is_monthly(rule) for rule in judged_rules(rules))


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
    return [rule for rule in judged_rules(rules) if not is_monthly(rule)]


def standings_say_all(rules: RuleSet) -> bool:
    """Whether the standing of a service, with its month and its term, says all there is: months, and days of the
    term."""
    return has_monthly(rules) and all(
        isinstance(rule.within, Whole) and isinstance(rule.measure, Days) for rule in others_of(rules)
    )


def stands_of(assignments: Sequence[Assignment], *, on: date) -> Mapping[int, Stand]:
    """Assignment's key → what its rules say of it; nothing of those whose rules cannot be read."""
    readable = [each for each in assignments if not trouble_with(each)]
    found: dict[int, Stand] = {}
    for rules, mine in by_rules(readable):
        if standings_say_all(rules):
            found |= {each.pk: Stand(monthly=True, bars=[]) for each in mine}
            continue
        judge = Judge(rules, services_of(rules, with_others(rules, mine)), day_end(on, rules.clock))
        found |= {each.pk: Stand(has_monthly(rules), progress_of(judge, each.pk, on=on)) for each in mine}
    return found


def progress_of(judge: Judge, key: int, *, on: date) -> list[Progress]:
    """The present window of each rule that is not judged month by month."""
    found = []
    for rule in others_of(judge.rules):
        subject = judge.subject(rule, key)
        slots = slots_of(rule.within, subject.span, judge.rules, on) if subject is not None else []
        begun = [slot for slot in slots if slot.asked.days and slot.asked.first <= on]
        if begun:
            verdict = judge.verdict(Due(rule, max(begun, key=lambda slot: slot.asked.first)), key)
            found += [progress(judge.rules, verdict, on)] if verdict.state != EXEMPT else []
    return found


def progress(rules: RuleSet, verdict: Verdict, on: date) -> Progress:
    """A verdict as a bar, or as a sentence."""
    lexicon, rule = lexicon_of(rules, language()), rule_named(rules, verdict.rule)
    value = verdict.value or Decimal(0)
    return Progress(
        window=f"{window_word(verdict.key, lexicon)} · {sentence(rule.measure, lexicon)}",
        done=short_number(value),
        need=short_number(verdict.asks.value),
        awaiting=short_number((verdict.hoped or value) - value),
        unit="" if isinstance(rule.measure, Days) else unit_word(rule, lexicon),
        left=max((verdict.window.last - on).days + 1, 0),
        words=formula(rules, rule, verdict, lexicon),
        state=verdict.state,
        label=str(Check.Verdict(verdict.state).label),
        bar=isinstance(rule.bound, Least) and verdict.value is not None,
    )
