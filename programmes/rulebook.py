"""The rules of a version, read once for the life of the process, whichever format they were written in.

Rule sets of releases before 0.4 hold one object of fields; they stay as they are and are translated when they are read.
"""

from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

import servicerules
from core.errors import Refused
from officedata.months import term_end
from programmes.models import Batch, RuleSet
from programmes.readers import language, read
from servicerules import WrongWords

__all__ = [
    "USUAL_MONTHS", "language", "last_day_of", "months_of_term", "months_or_usual", "read", "rule_called", "rules_in",
    "unreadable_rules", "what_is_wrong",
]  # fmt: skip

USUAL_MONTHS = 12


@lru_cache(maxsize=64)
def _read_version(pk: int) -> servicerules.RuleSet | WrongWords:
    # A version is never changed, so what was read once holds for the life of the process, a fault too.
    try:
        return read(RuleSet.objects.values_list("data", flat=True).get(pk=pk))
    except WrongWords as error:
        return error


def rules_in(batch: Batch, rule_set_id: int) -> servicerules.RuleSet:
    """One version of the rules of a batch: the one it is pinned to, or one by which something was judged.

    Raises Refused, naming the batch and what to do, where it cannot be read.
    """
    rules = _read_version(rule_set_id)
    if isinstance(rules, WrongWords):
        raise unreadable_rules(batch, what_is_wrong(rules))
    return rules


def rule_called(rule_set_id: int, rule: str) -> str:
    """A rule of a version in words: by its name, else as its sentence; its id where it cannot be read any more."""
    rules = _read_version(rule_set_id)
    if isinstance(rules, WrongWords):
        return rule
    lexicon = servicerules.lexicon_of(rules, language())
    found = next((each for each in servicerules.all_rules(rules) if each.id == rule), None)
    return lexicon.name(rule) if found is None or rule in lexicon.names else servicerules.sentence(found, lexicon)


def months_of_term(batch: Batch) -> int:
    """How many months a service of this batch lasts: as its rules say, a year where they say nothing."""
    return rules_in(batch, batch.rule_set_id).term.months or USUAL_MONTHS


def months_or_usual(batch: Batch) -> int:
    """How many months a service of this batch lasts, for a page that says beside it where its rules cannot be read."""
    try:
        return months_of_term(batch)
    except Refused:
        return USUAL_MONTHS


def last_day_of(batch: Batch, starts_on: date) -> date:
    """The last day of a service of this batch that begins on a day."""
    return term_end(starts_on, months_of_term(batch))


def what_is_wrong(error: WrongWords) -> list[str]:
    """Each wrong word in a sentence of the reader's language, with its place in words."""
    return servicerules.wrong_in_words(error, language())


def unreadable_rules(batch: Batch, wrong: list[str]) -> Refused:
    """The refusal of what needs the rules of a batch that cannot be read."""
    return Refused(
        _(
            "The rules of the batch “%(batch)s” (%(rules)s) cannot be read: %(why)s The city's talent office moves the "
            "batch to another version of its rules; then this is possible again."
        )
        % {"batch": batch, "rules": batch.rule_set, "why": " ".join(wrong)},
        code="rules_unreadable",
    )
