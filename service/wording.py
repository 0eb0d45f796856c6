"""Turns the codes of `servicerules`, and of verdicts of earlier releases, into sentences in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from officedata.months import Month
from programmes.readers import is_of_the_language, language
from servicerules import Reason, WrongWords, lexicon_of, read_rule_set, rules_from_v1, say, what_is_wrong

SENTENCES: dict[str, Any] = {
    # Why a visit may not be entered, or does not count.
    "ends_before_start": gettext_lazy("The last day lies before the first."),
    "future_days": gettext_lazy("The visit ends on %(ends_on)s, which is in the future; log it when it has been made."),
    "before_term": gettext_lazy("The visit starts before the term, which begins on %(first)s."),
    "after_term": gettext_lazy("The visit ends after the term, which ends on %(last)s."),
    "duplicate": gettext_lazy("This visit is already logged."),
    "overlap": gettext_lazy("These days overlap another visit at the same enterprise."),
    "month_locked": gettext_lazy(
        "%(month)s was locked on %(locked_on)s; ask the talent office to re-open it, with a reason."
    ),
    "outside_term": gettext_lazy("The visit lies outside the term, which runs from %(first)s to %(last)s."),
    "withdrawn": gettext_lazy("The doctor took it back."),
    "disputed": gettext_lazy("The enterprise disputes it."),
    "entered_after_lock": gettext_lazy("It was entered after the month locked on %(locked_on)s."),
    "confirmed_after_lock": gettext_lazy("The confirmation came after the month locked on %(locked_on)s."),
    "disputed_after_lock": gettext_lazy("The dispute came after the month locked on %(locked_on)s."),
    "withdrawn_after_lock": gettext_lazy("It was taken back after the month locked on %(locked_on)s."),
    "not_counted": gettext_lazy("Days of this kind (%(kind)s) do not count under the rule set."),
    "visit_too_short": gettext_lazy("The visit has %(days)s days; only visits of at least %(asks)s days count."),
    # Why a month or a term is what it is.
    "part_month": gettext_lazy(
        "Only %(days)s days of the month lie in the term; under %(least)s days nothing is asked."
    ),
    "no_monthly_rule": gettext_lazy("The rule set asks for nothing month by month."),
    "too_few_visits": gettext_lazy(
        "%(visits)s visits of at least %(visit_days)s days are confirmed; the month asks for %(asks)s."
    ),
    "too_few_days": gettext_lazy("%(days)s days are confirmed; %(asks)s are asked for."),
    "month_not_over": gettext_lazy("The month is not over yet."),
    "waiver_undecided": gettext_lazy("A waiver was asked for and is not decided yet."),
    "awaits_confirmation": gettext_lazy("A visit still awaits the answer of the enterprise."),
    # Why a waiver is not taken into account.
    "waivers_not_allowed": gettext_lazy("The rule set knows no waivers."),
    "asked_after_lock": gettext_lazy("The waiver was asked for after the month locked on %(locked_on)s."),
    # What the author of a rule set is warned about.
    "months_fall_short": gettext_lazy(
        "Whoever serves every month just enough misses the term: %(months)s × %(per_month)s = %(gives)s < %(asks)s."
    ),
    "month_impossible": gettext_lazy("A month asks for %(asks)s days; the shortest has %(has)s."),
    "term_impossible": gettext_lazy("The term asks for %(asks)s days; it has %(has)s."),
    "nothing_counts": gettext_lazy("Days are asked for, but no kind of day counts."),
    # Why a rule set cannot be read.
    "not_rules": gettext_lazy('Rules are an object of names and values, such as {"month_min_visits": 1}.'),
    "unknown_field": gettext_lazy("“%(field)s” is not a field of a rule set; take it out."),
    "misspelt_field": gettext_lazy("“%(field)s” is not a field of a rule set; is “%(nearest)s” meant?"),
    "not_a_number": gettext_lazy("“%(field)s” must be a whole number."),
    "out_of_range": gettext_lazy("“%(field)s” must lie between %(low)s and %(high)s."),
    "not_yes_or_no": gettext_lazy("“%(field)s” must be true or false."),
    "not_a_choice": gettext_lazy("“%(field)s” must be one of: %(choices)s."),
    "not_a_text": gettext_lazy("“%(field)s” must be a text."),
    "unknown_zone": gettext_lazy("“%(field)s” names no time zone."),
    "not_a_mapping": gettext_lazy("“%(field)s” must be an object of names and values."),
    "not_a_list": gettext_lazy("“%(field)s” must be a list."),
    "bad_weight": gettext_lazy(
        "“%(field)s”: the weight of “%(kind)s” must lie between 0 and 1, with two decimals at most."
    ),
}
# The sentence of the same code without its parameters, where it is about the month instead of a visit.
BARE: dict[str, Any] = {"outside_term": gettext_lazy("The month lies outside the term served, so nothing is asked.")}
KINDS: dict[str, Any] = {
    "onsite": gettext_lazy("on site"),
    "half": gettext_lazy("half day"),
    "online": gettext_lazy("on-line"),
    "half_online": gettext_lazy("half day on-line"),
    "travel": gettext_lazy("travel"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_VISITS = re.compile(r"visits\(≥ (\d+) d\) = (\S+) [≥<] (\S+)")
_DAYS = re.compile(r"days = (\S+) [≥<] (\S+)")


class _Facts(dict[str, Any]):
    """Parameters as they read in a sentence; one that is missing shows a dash instead of failing the page."""

    def __missing__(self, name: str) -> str:
        return "—"


def sentence(reason: Reason | Mapping[str, Any]) -> str:
    """The sentence of a reason, or of its stored form; a code without a sentence is returned as it is."""
    code = reason.code if isinstance(reason, Reason) else reason["code"]
    params = reason.params if isinstance(reason, Reason) else reason.get("params", {})
    text = SENTENCES.get(code) if params or code not in BARE else BARE[code]
    if text is None:
        return _of_the_language(code, params)
    facts = _Facts({name: _shown(name, value) for name, value in params.items()})
    return str(text) % facts


def _of_the_language(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code that only the language of rules has."""
    lexicon = lexicon_of(None, language())
    if code not in lexicon.words["reasons"]:
        return _("Reason: %(code)s") % {"code": code}
    return say(Reason(code, params), lexicon)


def wrong_rules(data: Any) -> list[str]:
    """What is wrong with service rules as data, each field in a sentence; none where they can be read."""
    try:
        read_rule_set(data if is_of_the_language(data) else rules_from_v1(data))
    except WrongWords as error:
        return what_is_wrong(error, language())
    return []


def _shown(name: str, value: Any) -> str:
    """A parameter in words: ISO days and months as dates, kinds of days by name."""
    text = str(value)
    if name == "kind":
        return str(KINDS.get(text, text))
    if _DAY.fullmatch(text):
        return date_format(date.fromisoformat(text), "DATE_FORMAT")
    if _MONTH.fullmatch(text):
        return date_format(date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")
    return text


def month_word(month: Month) -> str:
    """A month inside a sentence."""
    return date_format(month.first, "YEAR_MONTH_FORMAT")


def window_word(window: str) -> str:
    """A window inside a sentence: a month by its name, any other by its key."""
    return month_word(Month.parse(window)) if _MONTH.fullmatch(window) else window


def formula_in_words(formula: str) -> list[str]:
    """The comparisons of a month's formula as sentences; what is no such comparison is returned as it is."""
    found = []
    for part in filter(None, formula.split("; ")):
        if match := _VISITS.fullmatch(part):
            words = dict(zip(("least", "has", "asks"), match.groups(), strict=True))
            found.append(_("Confirmed visits of at least %(least)s days: %(has)s; asked for: %(asks)s.") % words)
        elif match := _DAYS.fullmatch(part):
            found.append(
                _("Confirmed days: %(has)s; asked for: %(asks)s.")
                % dict(zip(("has", "asks"), match.groups(), strict=True))
            )
        else:
            found.append(part)
    return found
