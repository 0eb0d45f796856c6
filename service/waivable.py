"""The windows of a service that can be waived, by its rules."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month
from programmes.rulebook import language, rules_in
from programmes.window_words import ANY_DAY, window_word
from service.due import judged_rules, slots_in
from service.judging import Judge
from service.models import Waiver
from service.sources import opened_of
from servicerules import Rolling, Rule, RuleSet, Slot, Stretch, Subject, lexicon_of, timing_of


@dataclass(frozen=True)
class Waivable:
    """A window that can be waived; `documented` where a rule of it asks for a document, `locked` where every rule of it
    takes no entries any more: a waiver that is asked for then does not count."""

    key: str
    words: str
    days: Stretch
    documented: bool
    locked: bool


def waivable_windows(assignment: Assignment, *, at: datetime) -> list[Waivable]:
    """The windows of all rules that can be waived, each once, in the order of their first days, and whether they are
    locked at a moment. Of a rule whose window moves with the day those that are checked: the last of each month."""
    rules = rules_in(assignment.batch, assignment.batch.rule_set_id)
    subject = Judge(rules, [opened_of(assignment)], at).alone(assignment.pk)
    found: dict[str, Waivable] = {}
    for rule in judged_rules(rules):
        for slot in slots_in(rule, subject.span, rules) if rule.waivable != "no" else ():
            if slot.asked.days:
                each = _waivable(rule, slot, subject, at)
                found[each.key] = _together(found.get(each.key), each)
    return sorted(found.values(), key=lambda each: each.days)


def _waivable(rule: Rule, slot: Slot, subject: Subject, at: datetime) -> Waivable:
    lock = timing_of(subject, slot).lock
    words = window_word(slot.key, lexicon_of(subject.world.rules, language()))
    if isinstance(rule.within, Rolling):
        words = _("the %(days)s days until %(day)s") % {"days": rule.within.rolling, "day": words}
    return Waivable(slot.key, words, slot.asked, rule.waivable == "documented", lock is not None and at >= lock)


def _together(one: Waivable | None, other: Waivable) -> Waivable:
    """A window of several rules: a document is asked for if one of them asks, and it is open while one of them is."""
    if one is None:
        return other
    return replace(other, documented=one.documented or other.documented, locked=one.locked and other.locked)


def can_be_waived(rules: RuleSet) -> bool:
    """Whether any rule on a service can be waived."""
    return any(rule.waivable != "no" for rule in judged_rules(rules))


def days_of(waiver: Waiver) -> Stretch | None:
    """The days of the window of a waiver; None where it is any day, or where the rules have no such window."""
    if waiver.month is not None:
        month = Month.of(waiver.month)
        return Stretch(month.first, month.last)
    assignment = waiver.assignment
    try:
        windows = waivable_windows(assignment, at=waiver.asked_at)
    except Refused:
        return None
    return next((each.days for each in windows if each.key == waiver.window and each.key != ANY_DAY), None)
