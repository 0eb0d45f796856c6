"""A verdict as a page shows it: stored or judged as of a day, by this release or by an earlier one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from programmes.rulebook import language
from programmes.window_words import window_word
from service.models import Check
from service.wording import formula_in_words, sentence
from servicerules import (
    Asks,
    Key,
    Lexicon,
    Reason,
    Refusal,
    Rule,
    RuleSet,
    Stretch,
    Verdict,
    all_rules,
    formula,
    lexicon_of,
    rule_named,
    say,
)
from servicerules import sentence as rule_sentence

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What comes of reading details that another release, or a hand, wrote otherwise."""
# Refusals whose record is a waiver, not a visit.
OF_WAIVERS = ("waivers_not_allowed", "asked_after_lock", "not_documented")


@dataclass(frozen=True)
class Left:
    """A record, or a waiver, that was not taken into account, and why."""

    record: Key
    why: Reason
    say: Callable[[Reason], str]

    @property
    def of_waiver(self) -> bool:
        return self.why.code in OF_WAIVERS

    @property
    def words(self) -> str:
        return self.say(self.why)

    def named(self, names: Mapping[str, object]) -> str:
        """The reason in words, with these instead of what it names by keys."""
        return self.say(Reason(self.why.code, {**self.why.params, **names}))


@dataclass(frozen=True)
class ShownVerdict:
    """A verdict in the reader's language; records are keys of visits, those refused with their reasons.

    `rule` is the sentence of the rule, empty where the rules of an earlier release had none on months. `qualifying`
    are the visits long enough for the month in such a row.
    """

    state: str
    final: bool
    rule: str
    window: str
    days: list[date]
    formula: list[str]
    reasons: list[str]
    used: list[Key]
    awaiting: list[Key]
    lapsed: list[Key]
    refused: list[Left]
    locks_on: date | None
    changes: list[Reason] = field(default_factory=list)
    qualifying: list[Key] = field(default_factory=list)


def shown_verdict(facts: Mapping[str, Any], rules: RuleSet, rule: str, key: str) -> ShownVerdict:
    """A stored verdict; `rule` is the id of its rule and `key` that of its window."""
    if "rule" not in facts:
        return _of_earlier_release(facts, rules, rule, key)
    return shown_judgement(restored(facts), rules)


def shown_check(check: Check, rules: RuleSet) -> ShownVerdict:
    """The verdict of a check as it is stored; only its result where its details cannot be read."""
    try:
        return shown_verdict(check.facts, rules, check.rule, check.window)
    except UNREADABLE:
        rule = next((each for each in all_rules(rules) if each.id == check.rule), None)
        said = rule_sentence(rule, lexicon_of(rules, language())) if rule is not None else ""
        return result_of(check, said)


def result_of(check: Check, rule: str = "") -> ShownVerdict:
    """Only the result of a check, where its details, or the rules by which it was judged, cannot be read."""
    return ShownVerdict(
        state=check.verdict,
        final=check.locked_at is not None,
        rule=rule,
        window=check.window_word,
        days=[check.first, check.last],
        formula=[],
        reasons=[_("The details of this verdict cannot be read any more; its result stands as it was stored.")],
        used=[],
        awaiting=[],
        lapsed=[],
        refused=[],
        locks_on=check.locks_on,
    )


def shown_judgement(verdict: Verdict, rules: RuleSet) -> ShownVerdict:
    """A verdict as it was just judged."""
    lexicon, rule = lexicon_of(rules, language()), rule_named(rules, verdict.rule)
    return ShownVerdict(
        state=verdict.state,
        final=verdict.final,
        rule=rule_sentence(rule, lexicon),
        window=window_word(verdict.key, lexicon),
        days=[verdict.window.first, verdict.window.last] if verdict.window.days else [],
        formula=[formula(rules, rule, verdict, lexicon)],
        reasons=[say(each, lexicon, "reasons", rule) for each in verdict.reasons],
        used=list(verdict.used),
        awaiting=list(verdict.awaiting),
        lapsed=list(verdict.lapsed),
        refused=[Left(each.record, each.reason, partial(_say, lexicon, rule)) for each in verdict.refused],
        locks_on=verdict.locks_on,
        changes=list(verdict.changes),
    )


def _say(lexicon: Lexicon, rule: Rule, reason: Reason) -> str:
    return say(reason, lexicon, "reasons", rule)


# -- Stored verdicts ---------------------------------------------------------------------------------------------


def restored(facts: Mapping[str, Any]) -> Verdict:
    """The verdict that `servicerules.as_data` made into plain values."""
    asks = facts["asks"]
    plain: dict[str, Any] = {name: facts[name] for name in ("rule", "subject", "key", "state", "final", "version")}
    plain |= {name: tuple(facts[name]) for name in ("used", "awaiting", "lapsed")}
    return Verdict(
        **plain,
        window=Stretch(*(date.fromisoformat(facts["window"][name]) for name in ("first", "last"))),
        value=_number(facts["value"]),
        hoped=_number(facts["hoped"]),
        asks=Asks(Decimal(asks["value"]), Decimal(asks["of"]), asks["share"], asks["whole"], asks["base"]),
        refused=tuple(Refusal(each["record"], _reason(each["reason"])) for each in facts["refused"]),
        reasons=tuple(_reason(each) for each in facts["reasons"]),
        changes=tuple(_reason(each) for each in facts.get("changes", ())),
        follows=(),
        locks_on=date.fromisoformat(facts["locks_on"]) if facts["locks_on"] else None,
        as_of=facts["as_of"],
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _reason(data: Mapping[str, Any]) -> Reason:
    return Reason(data["code"], data.get("params", {}))


def _of_earlier_release(facts: Mapping[str, Any], rules: RuleSet, name: str, key: str) -> ShownVerdict:
    """The verdict on a month as the releases before 0.4 stored it, which was on all rules of the month together."""
    window = facts.get("window") or {}
    rule = next((each for each in all_rules(rules) if each.id == name), None)
    return ShownVerdict(
        state=facts["verdict"],
        final=facts["final"],
        rule=rule_sentence(rule, lexicon_of(rules, language())) if rule is not None else "",
        window=window_word(key),
        days=[date.fromisoformat(window[name]) for name in ("first", "last")] if window else [],
        formula=formula_in_words(facts["formula"]),
        reasons=[sentence(reason) for reason in facts["reasons"]],
        used=facts["used"],
        awaiting=facts["awaiting"],
        lapsed=facts["lapsed"],
        refused=[Left(each["record"], _reason(each["reason"]), _said_before) for each in facts["refused"]],
        locks_on=date.fromisoformat(facts["locks_on"]) if facts.get("locks_on") else None,
        qualifying=facts["qualifying"],
    )


def _said_before(reason: Reason) -> str:
    return sentence({"code": reason.code, "params": dict(reason.params)})
