"""Turns the codes of `servicerules`, and of verdicts of earlier releases, into sentences in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.readers import language
from servicerules import Reason, lexicon_of, say

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
