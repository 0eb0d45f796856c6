"""The windows of a service that can be waived, by its rules."""

from dataclasses import dataclass
from datetime import date

from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month, day_end
from programmes.rulebook import language, rules_in
from programmes.window_words import ANY_DAY, window_word
from service.due import judged_rules
from service.models import Waiver
from service.terms import replaced_in, term_of
from servicerules import RuleSet, Stretch, lexicon_of, slots_of, span_of


@dataclass(frozen=True)
class Waivable:
    """A window that can be waived; `documented` where a rule of it asks for a document."""

    key: str
    words: str
    days: Stretch
    documented: bool


def waivable_windows(assignment: Assignment, *, on: date) -> list[Waivable]:
    """The windows of all rules that can be waived, each once, in the order of their first days. Windows that end on
    every day are waived together."""
    rules = rules_in(assignment.batch, assignment.batch.rule_set_id)
    lexicon = lexicon_of(rules, language())
    term = term_of(assignment, replaced_in([assignment]).get(assignment.pk, ()))
    span = span_of(term, rules, day_end(on, rules.clock))
    found: dict[str, Waivable] = {}
    for rule in judged_rules(rules):
        if rule.waivable == "no":
            continue
        documented = rule.waivable == "documented"
        for slot in slots_of(rule.within, span, rules, on):
            key = ANY_DAY if slot.moving else slot.key
            if not slot.asked.days:
                continue
            before = found.get(key)
            proof = documented or (before is not None and before.documented)
            found[key] = Waivable(key, window_word(key, lexicon), slot.asked, proof)
    return sorted(found.values(), key=lambda each: each.days)


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
        windows = waivable_windows(assignment, on=assignment.last_day)
    except Refused:
        return None
    return next((each.days for each in windows if each.key == waiver.window and each.key != ANY_DAY), None)
