"""Reasons in the reader's language: the sentences of `servicerules`, also for what earlier releases stored."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes.readers import language
from servicerules import Reason, lexicon_of, say

AS_TODAY = {
    "visit_too_short": "too_short",
    "part_month": "short_window",
    "month_not_over": "not_over",
    "awaits_confirmation": "awaits_answer",
}
"""Codes that earlier releases stored → the reason of the language that says the same of the same facts."""
OF_BEFORE: dict[str, Any] = {
    "no_monthly_rule": gettext_lazy("The rule set asks for nothing month by month."),
    "too_few_visits": gettext_lazy(
        "%(visits)s visits of at least %(visit_days)s days are confirmed; the month asks for %(asks)s."
    ),
    "too_few_days": gettext_lazy("%(days)s days are confirmed; %(asks)s are asked for."),
}
"""Codes that earlier releases stored and that the language has not: it says the same with a unit and a bound."""
_VISITS = re.compile(r"visits\(≥ (\d+) d\) = (\S+) [≥<] (\S+)")
_DAYS = re.compile(r"days = (\S+) [≥<] (\S+)")


class _Facts(dict[str, Any]):
    """Parameters as they read in a sentence; one that is missing shows a dash instead of failing the page."""

    def __missing__(self, name: str) -> str:
        return "—"


def sentence(reason: Reason | Mapping[str, Any]) -> str:
    """The sentence of a reason, or of its stored form, whichever release wrote it; else its code."""
    code = reason.code if isinstance(reason, Reason) else reason["code"]
    params = reason.params if isinstance(reason, Reason) else reason.get("params", {})
    if code in OF_BEFORE:
        return str(OF_BEFORE[code]) % _Facts(params)
    lexicon = lexicon_of(None, language())
    today, facts = _as_today(code, params)
    if today not in lexicon.words["reasons"]:
        return _("Reason: %(code)s") % {"code": code}
    return say(Reason(today, facts), lexicon)


def _as_today(code: str, params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A reason as the language has it. A record is not named by its key; earlier releases counted visits only, and said
    of a month outside the term what they said of a visit, without its days."""
    if code == "outside_term" and not params:
        return "window_outside_term", {}
    facts = {"activity": "visit", **params} if code == "not_counted" else params
    return AS_TODAY.get(code, code), {name: value for name, value in facts.items() if name != "with"}


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
