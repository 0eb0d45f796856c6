"""A model field's value in words, the same in lists, on pages and in histories of the office's admin.

An app registers with `says` how the codes and the JSON of its fields are put in words. JSON without such a function is
counted, never shown.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.encoding import force_str
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ui.templatetags.ui_format import cndate, cnmoment, masked

Say = Callable[[Any], str | list[str]]

SAID: dict[str, Say] = {}
NOTHING = "—"


def says(*fields: str) -> Callable[[Say], Say]:
    """Register how the values of these fields, each written "app.model.field", are put in words."""

    def register(say: Say) -> Say:
        SAID.update(dict.fromkeys(fields, say))
        return say

    return register


def key_of_field(field: Any) -> str:
    """The field as "app.model.field"; a field of a history table as the field it follows."""
    model = getattr(field.model, "pgh_tracked_model", field.model)
    return f"{model._meta.label_lower}.{field.name}"


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def name_of(row: models.Model) -> str:
    """A row as people call it: a need with its number."""
    number = getattr(row, "number", "")
    return f"{number} {row}" if isinstance(number, str) and number else str(row)


def lines_of(field: Any, value: Any) -> list[str]:
    """The value of a field that names no other row, a line for each of its parts."""
    if is_empty(value):
        return [NOTHING]
    if (say := SAID.get(key_of_field(field))) is not None:
        said = say(value)
        return (said if isinstance(said, list) else [said]) or [NOTHING]
    if field.choices:
        return [force_str(dict(field.flatchoices).get(value, value))]
    if isinstance(value, dict | list):
        return [_listed(value)]
    return [_plain(field, value)]


def words_of(field: Any, value: Any) -> str:
    """The value of a field that names no other row, in one line."""
    return "；".join(lines_of(field, value))


def _listed(value: dict[str, Any] | list[Any]) -> str:
    if all(isinstance(each, str) for each in value) and isinstance(value, list):
        return "、".join(value)
    return ngettext("%(count)s entry", "%(count)s entries", len(value)) % {"count": len(value)}


def _plain(field: Any, value: Any) -> str:
    if "phone" in field.name or (field.name in ("email", "address") and "@" in str(value)):
        return str(masked(value))
    if field.name == "month" and isinstance(value, date):
        return month_words(value)
    return plain_words(value)


def plain_words(value: Any) -> str:
    """A value by its type alone, as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return str(cnmoment(value))
    if isinstance(value, date):
        return str(cndate(value))
    if isinstance(value, float | Decimal):
        text = f"{value:,.6f}"
        return text.rstrip("0").rstrip(".")
    return NOTHING if is_empty(value) else str(value)


def year_words(day: date) -> str:
    """2026年, in English 2026."""
    return date_format(day, pgettext("format of a year", "Y"))


def month_words(day: date) -> str:
    """2026年10月, in English October 2026."""
    return date_format(day, "YEAR_MONTH_FORMAT")
