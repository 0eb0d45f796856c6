"""Rules as sentences on any page: `{% rule_sentences rule_set %}`, `{% rule_sentence rule rule_set %}`, and what stands
beside the rules: `{% rule_parts rule_set %}`.

With `of="service"` the rules on acts are left out, with `of="order choose"` all but those on these acts. Each rule
keeps its number.

`rule_set` is a version (`programmes.RuleSet`) or rules that were read (`servicerules.RuleSet`). What an author can
choose is emphasised, as the chips of the editor are.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

import servicerules
from programmes import rulebook
from programmes.comparing import Shown
from programmes.models import RuleSet
from programmes.rule_pages.shown import SECTIONS
from servicerules import Action, Piece, Rule, WrongWords, lexicon_of, pieces_of

register = template.Library()
TEXTS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "source": gettext_lazy("Source"),
    "zone": gettext_lazy("Time zone"),
    "names": gettext_lazy("Names of what is asked"),
}
SERVICE = "service"
VALUES = ("number", "amount", "day", "choice", "code")
"""The kinds of chips that are emphasised: what is asked, not how the sentence is made."""


@register.inclusion_tag("programmes/rule_sentences.html")
def rule_sentences(rule_set: Any, of: str = "", title: Any = "") -> dict[str, Any]:
    """The rules of a rule set as a list of sentences, under a title where there are some; or why it cannot be read."""
    try:
        rules = _read(rule_set)
    except WrongWords as error:
        return {"wrong": rulebook.what_is_wrong(error)}
    chosen = [(number, rule) for number, rule in enumerate(rules.rules, 1) if _is_on(rule, of.split())]
    return {"title": title, "sentences": [(number, _said(rule, rules)) for number, rule in chosen]}


@register.simple_tag
def rule_sentence(rule: Rule, rule_set: Any = None) -> SafeString:
    """One rule as a sentence; `rule_set` gives the names of its codes."""
    return _said(rule, _read(rule_set) if rule_set is not None else None)


@register.inclusion_tag("programmes/rule_parts.html")
def rule_parts(rule_set: Any) -> dict[str, Any]:
    """What stands beside the rules, each part under its heading; nothing where the rules cannot be read."""
    try:
        rules = _read(rule_set)
    except WrongWords:
        return {"parts": []}
    found = [(title, _nodes(getattr(rules, word))) for word, title in SECTIONS.items()]
    return {"parts": [(title, [_said(node, rules) for node in nodes]) for title, nodes in found if nodes]}


@register.simple_tag
def part_called(part: str) -> Any:
    """The heading of a part beside the rules."""
    return {**SECTIONS, **TEXTS}[part]


@register.simple_tag
def rule_compared(pieces: Sequence[Shown]) -> SafeString:
    """A sentence of one of two versions; what the other one says otherwise is marked."""
    forms = {(True, True): "<mark>{}</mark>", (True, False): "<b>{}</b>"}
    told = format_html_join(
        "", "{}", ((format_html(forms.get((each.chip, each.marked), "{}"), each.text),) for each in pieces)
    )
    return format_html('<span class="sentence">{}</span>', told or "—")


@register.simple_tag
def preset_called(name: str) -> str:
    """A preset by its name and where it is published."""
    if name not in servicerules.preset_names():
        return name
    preset = servicerules.preset(name)
    words = {"name": rules_called(preset.name), "source": rules_called(preset.source)}
    return "{name} · {source}".format(**words)


@register.simple_tag
def rules_called(words: Any) -> str:
    """A name or a source of rules, which is kept by language."""
    known = words if isinstance(words, dict) else {}
    own: str = known.get(rulebook.language()) or next(iter(known.values()), "")
    return own


def _is_on(rule: Rule, only: Sequence[str]) -> bool:
    """Whether a rule is on one of these acts, or on what is served if the word is `service`; without words all are."""
    return not only or (rule.of.action if isinstance(rule.of, Action) else SERVICE) in only


def _nodes(value: Any) -> list[Any]:
    if isinstance(value, tuple):
        return list(value)
    return [value] if value is not None else []


def _read(rule_set: Any) -> servicerules.RuleSet:
    return rulebook.read(rule_set.data) if isinstance(rule_set, RuleSet) else rule_set


def _shape(piece: Piece) -> str:
    return "<b>{}</b>" if piece.kind in VALUES else "{}"


def _said(node: Any, rules: servicerules.RuleSet | None) -> SafeString:
    pieces = pieces_of(node, lexicon_of(rules, rulebook.language()))
    told = format_html_join("", "{}", ((format_html(_shape(each), each.text),) for each in pieces))
    return format_html('<span class="sentence">{}</span>', told)
