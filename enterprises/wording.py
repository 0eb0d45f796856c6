"""The verdict on an enterprise's eligibility as sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import Qualification
from officedata import codes
from ui.value_words import says

# A code of no table is shown as it was typed.
says("enterprises.enterprise.industry")(lambda code: codes.industry_name(code) or code)
says("enterprises.need.discipline")(lambda code: codes.discipline_name(code) or code)

# What the codes of `enterprises.eligibility` mean.
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
    return lines or [_("no qualification recorded")]


@says("programmes.batch.eligibility")
def conditions(asked: list[dict[str, str]]) -> list[str]:
    """The qualifications of which a host must have one."""
    return [_named(each["kind"], each["level"]) for each in asked]


def _named(kind: str, level: str) -> str:
    kinds, levels = dict(Qualification.Kind.choices), dict(Qualification.Level.choices)
    return _("%(kind)s (%(level)s)") % {"kind": kinds.get(kind, kind), "level": levels.get(level, level)}
