"""A need in words: what its fields say, for the page that asks to check it and for its own page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, ngettext

from enterprises.cards import budget_of
from enterprises.models import Need
from ui.templatetags.ui_format import cndate, kilometres, wan


@dataclass(frozen=True)
class Line:
    """What one field says, under its label."""

    label: str
    words: str


def _least_days(need: Need) -> str:
    days = need.days_a_month
    return ngettext("%d day", "%d days", days) % days if days else ""


def _discipline_required(need: Need) -> str:
    return gettext("yes") if need.discipline_required else ""


WORDS: dict[str, Callable[[Need], str]] = {
    "discipline": lambda need: need.discipline_name,
    "discipline_required": _discipline_required,
    "days_a_month": _least_days,
    "most_km": lambda need: kilometres(need.most_km),
    "budget_low": lambda need: wan(need.budget_low),
    "budget_high": lambda need: wan(need.budget_high),
}
# Labels where the unit stands beside the box or the number; those of the columns say it themselves.
WITHOUT_UNIT: dict[str, Any] = {
    "most_km": gettext_lazy("University no farther than"),
    "budget_low": gettext_lazy("Budget from"),
    "budget_high": gettext_lazy("Budget to"),
}
# Fields that the page of a need shows elsewhere: in its head, as one budget, to some only, or as the contact.
APART = {
    "title", "kind", "budget_low", "budget_high", "visibility", "contact_name", "contact_phone",
}  # fmt: skip


def in_words(need: Need, name: str) -> str:
    """What a field of a need says; nothing where it is empty."""
    if name in WORDS:
        return WORDS[name](need)
    field: Any = Need._meta.get_field(name)
    value = getattr(need, name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, ""))
    return cndate(value) if isinstance(value, date) else str(value or "")


def label_of(name: str) -> str:
    column: Any = Need._meta.get_field(name)
    return str(WITHOUT_UNIT.get(name) or capfirst(column.verbose_name))


def _written() -> list[tuple[str, bool]]:
    """The fields that the page shows by themselves, in the order of the model, and whether each is a text to read."""
    fields = [field for field in Need._meta.get_fields() if field.name in Need.WRITTEN and field.name not in APART]
    return [(field.name, isinstance(field, models.TextField)) for field in fields]


def texts_of(need: Need) -> list[Line]:
    """What is read as running text."""
    return _lines(need, [name for name, long in _written() if long])


def facts_of(need: Need, *, inside: bool) -> list[Line]:
    """What is seen at a glance; who sees the need is told those `inside` alone."""
    firm = need.enterprise
    head = [(gettext("Enterprise"), firm.name), (gettext("District"), firm.district.name)]
    about = [Line(label, str(words)) for label, words in [*head, (gettext("Industry"), firm.industry_name)] if words]
    budget = Line(gettext("Budget"), budget_of(need) or gettext("to be agreed"))
    published = [Line(gettext("Published"), cndate(need.published_at))] if need.published_at else []
    seen = _lines(need, ["visibility"]) if inside else []
    return [*about, *_lines(need, [name for name, long in _written() if not long]), budget, *published, *seen]


def _lines(need: Need, names: list[str]) -> list[Line]:
    return [Line(label_of(name), words) for name in names if (words := in_words(need, name))]
