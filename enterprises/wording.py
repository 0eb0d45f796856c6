"""The verdict on an enterprise's eligibility as sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import Qualification

# What the judge's codes mean (enterprises.eligibility).
WHY_NOT = {
    "not_asked": gettext_lazy("not one of the qualifications asked for"),
    "too_low": gettext_lazy("its level is too low"),
    "not_yet": gettext_lazy("not valid yet"),
    "expired": gettext_lazy("no longer valid"),
}


def verdict_lines(verdict: Mapping[str, Any]) -> list[str]:
    """The stored verdict on a host, a line for each of its qualifications."""
    kinds, levels = dict(Qualification.Kind.choices), dict(Qualification.Level.choices)

    def name(kind: str, level: str) -> str:
        return _("%(kind)s (%(level)s)") % {"kind": kinds.get(kind, kind), "level": levels.get(level, level)}

    lines = [_("%(name)s: fulfils the rule") % {"name": name(*one)} for one in verdict.get("fulfilled_by", [])]
    lines += [
        _("%(name)s: %(why)s") % {"name": name(kind, level), "why": WHY_NOT.get(why, why)}
        for kind, level, why in verdict.get("refused", [])
    ]
    return lines or [_("no qualification recorded")]
