"""The verdict on an enterprise's eligibility as sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import servicerules
from enterprises.host_rules import as_rows, read, sentences
from enterprises.models import Qualification
from officedata import codes
from programmes.readers import language
from ui.value_words import says

# A code of no table is shown as it was typed.
says("enterprises.enterprise.industry")(lambda code: codes.industry_name(code) or code)
says("enterprises.need.discipline")(lambda code: codes.discipline_name(code) or code)

# What the codes of `servicerules.parties.why_not_held` mean.
WHY_NOT = {
    "not_asked": gettext_lazy("not one of the qualifications asked for"),
    "too_low": gettext_lazy("its level is too low"),
    "not_yet": gettext_lazy("not valid yet"),
    "expired": gettext_lazy("no longer valid"),
}


@says("enterprises.host.verdict")
def verdict_lines(verdict: Mapping[str, Any]) -> list[str]:
    """The stored verdict on a host, a line for each of its qualifications."""
    lines = [_("%(name)s: fulfils the rule") % {"name": _named(*one)} for one in verdict.get("fulfilled_by", [])]
    lines += [
        _("%(name)s: %(why)s") % {"name": _named(kind, level), "why": WHY_NOT.get(why, why)}
        for kind, level, why in verdict.get("refused", [])
    ]
    lines += [_said(one["rule"]) for one in verdict.get("missed", []) if not _is_any_of(one["rule"])]
    return lines or [_("no qualification recorded")]


def _is_any_of(rule: Any) -> bool:
    """Whether a rule asks for one of several qualifications: the line of each says why it is none of them."""
    return isinstance(rule, dict) and list(rule.get("measure", {})) == ["held"]


def _said(rule: Any) -> str:
    """A rule that is not kept, as a sentence."""
    words = servicerules.sentence(servicerules.read_rule(rule), servicerules.lexicon_of(None, language()))
    return _("Not kept: %(rule)s") % {"rule": words}


@says("programmes.batch.eligibility")
def conditions(asked: Any) -> list[str]:
    """What a host must fulfil: one of several qualifications, or rules as sentences."""
    try:
        rows = as_rows(asked)
        return sentences(read(asked)) if rows is None else [_named(each["kind"], each["level"]) for each in rows]
    except servicerules.WrongWords as error:
        return servicerules.wrong_in_words(error, language())


def _named(kind: str, level: str) -> str:
    kinds, levels = dict(Qualification.Kind.choices), dict(Qualification.Level.choices)
    return _("%(kind)s (%(level)s)") % {"kind": kinds.get(kind, kind), "level": levels.get(level, level)}
