"""Rules as sentences on any page: `{% rule_sentences rule_set %}` and `{% rule_sentence rule rule_set %}`.

`rule_set` is a version (`programmes.RuleSet`) or rules that were read (`servicerules.RuleSet`). What an author can
choose is emphasised, as the chips of the editor are.
"""

from typing import Any

from django import template

import servicerules
from programmes import rulebook
from programmes.models import RuleSet
from servicerules import Lexicon, Piece, Rule, WrongWords, lexicon_of, pieces_of

register = template.Library()


@register.inclusion_tag("programmes/rule_sentences.html")
def rule_sentences(rule_set: Any) -> dict[str, Any]:
    """All rules of a rule set as a list of sentences; where it cannot be read, why not."""
    try:
        rules = _read(rule_set)
    except WrongWords as error:
        return {"wrong": rulebook.what_is_wrong(error)}
    lexicon = lexicon_of(rules, rulebook.language())
    return {"sentences": [_pieces(each, lexicon) for each in rules.rules]}


@register.inclusion_tag("programmes/rule_sentence.html")
def rule_sentence(rule: Rule, rule_set: Any = None) -> dict[str, Any]:
    """One rule as a sentence; `rule_set` gives the names of its codes."""
    rules = _read(rule_set) if rule_set is not None else None
    return {"pieces": _pieces(rule, lexicon_of(rules, rulebook.language()))}


def _read(rule_set: Any) -> servicerules.RuleSet:
    return rulebook.read(rule_set.data) if isinstance(rule_set, RuleSet) else rule_set


def _pieces(rule: Rule, lexicon: Lexicon) -> list[Piece]:
    return pieces_of(rule, lexicon)
