"""A check on record, as of any past day, and what would change it today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import User
from core.errors import Refused
from officedata.months import day_end
from programmes.models import RuleSet
from programmes.pins import rules_at
from programmes.rulebook import rules_in
from service.as_of import as_of_day
from service.models import Check, Visit
from service.shown import ShownVerdict, result_of, shown_check, shown_judgement
from service.ways import Way, ways_of
from servicerules import Key


@dataclass(frozen=True)
class Judged:
    """A verdict as it is shown, and the version of the rules that it was judged by."""

    shown: ShownVerdict
    rule_set: RuleSet


def judged_on_record(check: Check) -> Judged:
    """The stored verdict; only its result where the rules by which it was judged cannot be read any more."""
    try:
        rules = rules_in(check.assignment.batch, check.rule_set_id)
    except Refused:
        return Judged(result_of(check), check.rule_set)
    return Judged(shown_check(check, rules), check.rule_set)


def judged_on(check: Check, day: date) -> Judged:
    """The verdict as it stood at the end of a day, by the rules of that day; asked again it is the same."""
    rule_set = rules_of_day(check, day)
    verdict = as_of_day(check, day, rule_set)
    return Judged(shown_judgement(verdict, rules_in(check.assignment.batch, rule_set.pk)), rule_set)


def rules_of_day(check: Check, day: date) -> RuleSet:
    """The version of the rules that was in force at the end of a day."""
    batch = check.assignment.batch
    return rules_at(batch, day_end(day, rules_in(batch, check.rule_set_id).clock))


def ways_today(check: Check, visits: Mapping[Key, Visit], user: User) -> list[Way]:
    """What would change a verdict as of now; nothing where the rules have no such window any more."""
    today = timezone.localdate()
    try:
        rule_set = rules_of_day(check, today)
        verdict = as_of_day(check, today, rule_set)
    except Refused:
        return []
    rules = rules_in(check.assignment.batch, rule_set.pk)
    return ways_of(verdict, rules, check, visits, user)
