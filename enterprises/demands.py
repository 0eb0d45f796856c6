"""What a batch asks of its hosts, as data: what is wrong with it, in sentences. Judged by `enterprises.eligibility`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.shapes import nearest

FIELDS = ("kind", "level")
Words = Mapping[str, Any]
"""Code → its label."""


def wrong_demands(demands: Any, *, kinds: Words, levels: Words) -> list[str]:
    """What is wrong with demands such as [{"kind": "high_tech", "level": "provincial"}]; the level may be left out.

    Each is one of `kinds` and `levels`. No demand at all admits everyone.
    """
    if not isinstance(demands, list):
        return [_('Eligibility is a list, such as [{"kind": "high_tech", "level": "provincial"}].')]
    said = []
    for number, demand in enumerate(demands, 1):
        said += [
            _("Line %(number)s: %(wrong)s") % {"number": number, "wrong": wrong}
            for wrong in _wrong_demand(demand, kinds, levels)
        ]
    return said


def _wrong_demand(demand: Any, kinds: Words, levels: Words) -> list[str]:
    if not isinstance(demand, dict):
        return [_("write an object with “kind” and, where the level matters, “level”.")]
    said = [_unknown(str(name)) for name in demand if name not in FIELDS]
    if "kind" not in demand:
        said.append(_("“kind” is missing; write one of: %(known)s.") % {"known": _listed(kinds)})
    for field, known in (("kind", kinds), ("level", levels)):
        if field in demand and not (isinstance(demand[field], str) and demand[field] in known):
            said.append(_unknown_code(field, demand[field], known))
    return said


def _unknown(name: str) -> str:
    near = nearest(name, FIELDS)
    if near:
        return _("“%(name)s” is not known here; is “%(nearest)s” meant?") % {"name": name, "nearest": near}
    return _("“%(name)s” is not known here; only “kind” and “level” are.") % {"name": name}


def _unknown_code(field: str, code: Any, known: Words) -> str:
    words = {"field": field, "code": str(code)[:40], "known": _listed(known)}
    near = nearest(str(code)[:40], known)
    if near:
        return _("“%(code)s” is no “%(field)s”; is “%(nearest)s” meant?") % {**words, "nearest": near}
    return _("“%(code)s” is no “%(field)s”; write one of: %(known)s.") % words


def _listed(known: Words) -> str:
    return ", ".join(f"{code} ({label})" for code, label in known.items())
