"""One check as of a past moment: by what was known then, and by the rules that its batch had then."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from core.errors import Refused
from officedata.months import day_end
from programmes.models import RuleSet as Version
from programmes.pins import rules_at
from programmes.rulebook import rules_in
from service.due import judged_rules
from service.judging import Judge
from service.models import Check
from service.sources import services_of, with_others
from service.verdicts import due_of
from servicerules import RuleSet, Verdict


def as_of_day(check: Check, day: date, rule_set: Version | None = None) -> Verdict:
    """The verdict of a check as of the end of a day, by the rules of that moment, which may be known already.

    Raises Refused where its batch had no such rule then, or its service no such window.
    """
    batch = check.assignment.batch
    moment = day_end(day, rules_in(batch, check.rule_set_id).clock)
    return as_of_moment(check, moment, rules_in(batch, (rule_set or rules_at(batch, moment)).pk))


def as_of_moment(check: Check, moment: datetime, rules: RuleSet) -> Verdict:
    """The verdict of a check by what was known at a moment, with what would have changed it."""
    everyone = with_others(rules, [check.assignment])
    named = {rule.id: rule for rule in judged_rules(rules)}
    judge = Judge(rules, services_of(rules, everyone), moment)
    due = due_of(judge, named, check)
    if due is None:
        raise Refused(_("At that time the rules of the batch asked for nothing in this window."), code="not_asked_then")
    return judge.verdict(due, check.assignment_id, ways=True)
