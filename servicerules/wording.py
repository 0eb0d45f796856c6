"""Verdicts in words: what was measured and asked for, the reasons, and what would change it."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from string import Formatter
from typing import Any

from servicerules.facts import Reason
from servicerules.grammar import parts_of
from servicerules.language import Action, Rule, RuleSet
from servicerules.lexicon import Lexicon
from servicerules.reading import NOTHING, WrongWords
from servicerules.sentences import sentence, unit_word
from servicerules.verdicts import EXEMPT, Verdict, number_text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
VARIED = ("by", "with")
"""Parameters with which a reason has a sentence of its own."""
LIMITS = {"low", "high"}
"""Parameters that are limits of a number."""
NAMED = {"indicator", "activity", "grade", "next", "group", "window"}
"""Parameters that are codes of the rule set."""


def formula(rules: RuleSet, rule: Rule, verdict: Verdict, lexicon: Lexicon) -> str:
    """What was measured, what is asked for, and how that came about where the window is short."""
    asks, kind = verdict.asks, _kind(rule, verdict)
    bound = type(rule.bound)
    exact = (asks.of * asks.share / asks.whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if asks.whole else asks.of
    rounding = rule.short.pro_rata
    text: str = lexicon.words["formula"][kind].format(
        measure=sentence(rule.measure, lexicon),
        value="" if verdict.value is None else number_text(verdict.value),
        unit=unit_word(rule, lexicon),
        sign=lexicon.words["signs"][parts_of(bound)[0].word],
        asks=number_text(asks.value),
        of=number_text(asks.of),
        share=asks.share,
        whole=asks.whole,
        exact=number_text(exact),
        rounding=lexicon.choice("rounding", rounding) if rounding else "",
        base=lexicon.choice("share", asks.base) if asks.base else "",
        of_share=number_text(asks.of),
    )
    return text


def _kind(rule: Rule, verdict: Verdict) -> str:
    """Which of the formulas a verdict needs."""
    if verdict.value is None:
        return "unknown"
    if verdict.state == EXEMPT:
        return "bare" if isinstance(rule.of, Action) else "exempt"
    if verdict.asks.in_proportion:
        return "proportion"
    return "share" if verdict.asks.base else "plain"


def say(reason: Reason, lexicon: Lexicon, kind: str = "reasons", rule: Rule | None = None) -> str:
    """A reason as a sentence. `kind` is the list it stands in: reasons, changes, wrong, lint."""
    texts = lexicon.words[kind]
    variants = [f"{reason.code}_{param}" for param in VARIED if param in reason.params]
    name = next((each for each in variants if each in texts), reason.code)
    facts = {key: _shown(key, value, lexicon) for key, value in reason.params.items()}
    if kind == "reasons" and "rule" in facts:
        facts["rule"] = _rule_called(str(reason.params["rule"]), lexicon)
    if rule is not None:
        sign = lexicon.words["signs"][parts_of(type(rule.bound))[0].word]
        facts = {"unit": unit_word(rule, lexicon), "sign": sign, **facts}
    template: str = texts.get(name, name)
    missing = {field: "—" for _, field, _, _ in Formatter().parse(template) if field and field not in facts}
    return template.format(**facts, **missing)


def _rule_called(name: str, lexicon: Lexicon) -> str:
    """A rule by its name; one without a name by what it measures."""
    found = next((each for each in lexicon.rules.rules if each.id == name), None) if lexicon.rules else None
    return lexicon.name(name) if found is None or name in lexicon.names else sentence(found.measure, lexicon)


def _shown(name: str, value: Any, lexicon: Lexicon) -> str:
    """A parameter in words: limits in large units, ISO days and months as dates, codes by name."""
    if isinstance(value, Decimal):
        return number_text(value)
    if name in LIMITS and isinstance(value, int):
        return lexicon.number(value)
    return _word(name, str(value), lexicon)


def _word(name: str, text: str, lexicon: Lexicon) -> str:
    """A parameter that is a text: a code by its name, a day or a month as a date."""
    if name == "known" and text == NOTHING:
        return str(lexicon.words["where"]["none"])
    if name == "kind":
        return str(lexicon.words["choices"]["mode"].get(text, text))
    if name in NAMED:
        return lexicon.name(text)
    if _DAY.fullmatch(text):
        return lexicon.day(date.fromisoformat(text))
    return lexicon.month(date.fromisoformat(f"{text}-01")) if _MONTH.fullmatch(text) else text


def in_words(rules: RuleSet, rule: Rule, verdict: Verdict, language: str) -> dict[str, Any]:
    """A verdict as a page shows it: rule, state, formula, reasons, refused records, what would change it."""
    lexicon = lexicon_of(rules, language)
    states = lexicon.words["act_states" if isinstance(rule.of, Action) else "states"]
    return {
        "rule": sentence(rule, lexicon),
        "state": states[verdict.state],
        "formula": formula(rules, rule, verdict, lexicon),
        "reasons": [say(each, lexicon, "reasons", rule) for each in verdict.reasons],
        "refused": [f"{each.record}: {say(each.reason, lexicon, 'reasons', rule)}" for each in verdict.refused],
        "changes": [say(each, lexicon, "changes", rule) for each in verdict.changes],
    }


_LEXICONS: dict[tuple[int, str], tuple[RuleSet | None, Lexicon]] = {}
_MOST_KEPT = 64


def lexicon_of(rules: RuleSet | None, language: str) -> Lexicon:
    """The words of a language with the names of a rule set; those made last are kept."""
    key = (id(rules), language)
    kept = _LEXICONS.get(key)
    if kept is not None and kept[0] is rules:
        return kept[1]
    if len(_LEXICONS) >= _MOST_KEPT:
        _LEXICONS.clear()
    found = Lexicon(language, rules)
    _LEXICONS[key] = (rules, found)
    return found


def what_is_wrong(error: WrongWords, language: str) -> list[str]:
    """Each wrong word in a sentence."""
    return [say(each, lexicon_of(None, language), "wrong") for each in error.reasons]
