"""The cells of an office table's list, and the read-only fields of a row's page: every value in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.models import User
from core.scope import visible
from ui.templatetags.ui import status
from ui.templatetags.ui_format import ym, ymd, ymdhm
from ui.value_words import NOTHING, SAID, is_empty, key_of_field, lines_of, name_of, plain_words

# Choice fields that hold a status; a colour is shown beside the word.
STATUSES = ("status", "state", "verdict", "month_verdict", "pace", "strength")
LONG = 24  # a text of more characters gets the whole width on a row's page
SHORT = 13  # one of fewer stands on one line in a list


@dataclass(frozen=True)
class Cell:
    name: str
    label: str
    html: SafeString | str
    css: str = ""
    url: str = ""


def cells_of(listed: ChangeList, row: models.Model) -> Iterator[Cell]:
    """What a list shows of a row, without its checkbox; the first cell links to the row's page."""
    table: Any = listed.model_admin
    heads, links = labels_of(listed), listed.list_display_links or ()
    for at, name in enumerate(name for name in listed.list_display if name != "action_checkbox"):
        field, value = _looked_up(str(name), row, table)
        html = _dated(field, value) or _html(field, value, table.get_empty_value_display())
        url = _address(listed, row) if name in links or (not at and not links) else ""
        yield Cell(str(name), heads[at], html, css_of(field, value, html), url)


def _address(listed: ChangeList, row: models.Model) -> str:
    """The page of a row, from which one comes back to the list as it was filtered."""
    filters: Any = {"preserved_filters": listed.preserved_filters, "opts": listed.opts}
    return add_preserved_filters(filters, listed.url_for_result(row))


def labels_of(listed: ChangeList) -> list[str]:
    names = [name for name in listed.list_display if name != "action_checkbox"]
    labels: list[Any] = [label_for_field(name, listed.model, listed.model_admin) for name in names]
    return [str(capfirst(label)) for label in labels]


def css_of(field: Any, value: Any, html: str) -> str:
    """The CSS class of a cell: numbers are aligned right; dates, moments and short words stay on one line."""
    is_figure = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if is_figure and not getattr(field, "choices", None) and not getattr(field, "remote_field", None):
        return "num"
    return "nowrap" if isinstance(field, models.DateField) or len(strip_tags(html)) < SHORT else ""


def _looked_up(name: str, row: models.Model, table: ModelAdmin[Any]) -> tuple[Any, Any]:
    """The field, if the column is one, and its value; for a field that names a row, that row."""
    try:
        field, _attr, value = lookup_field(name, row, table)
    except ObjectDoesNotExist:
        return None, None
    if field is not None and getattr(field, "remote_field", None) and not field.many_to_many:
        return field, getattr(row, field.name)
    return field, value


def _dated(field: Any, value: Any) -> str:
    """A month, a day or a moment as columns show it; nothing for other values."""
    if not isinstance(value, date):
        return ""
    if getattr(field, "name", "") == "month":
        return ym(value)
    return ymdhm(value) if isinstance(value, datetime) else ymd(value)


def _html(field: Any, value: Any, empty: Any) -> SafeString | str:
    if is_empty(value):
        return str(empty)
    if isinstance(value, models.Model):
        return name_of(value)
    if field is None:
        return conditional_escape(value) if hasattr(value, "__html__") else plain_words(value)
    if field.name in STATUSES and field.choices and key_of_field(field) not in SAID:
        return render_to_string("components/status.html", status(value, dict(field.flatchoices).get(value, value)))
    return _in_lines(lines_of(field, value))


def _in_lines(lines: list[str]) -> SafeString | str:
    return lines[0] if len(lines) == 1 else format_html_join("", "<div>{}</div>", ((line,) for line in lines))


@dataclass(frozen=True)
class Fact:
    name: str
    label: str
    html: SafeString | str
    wide: bool


def fact_of(shown: Any, user: User, *, linked: bool = True) -> Fact:
    """A read-only field of a row's page (Django's `AdminReadonlyField`) in words; rows it names are links for whoever
    sees them, which costs a query each."""
    name, row, table = shown.field["field"], shown.form.instance, shown.model_admin
    field, value = _looked_up(name if isinstance(name, str) else name.__name__, row, table)
    label = str(capfirst(shown.field["label"]))
    if getattr(field, "many_to_many", False):
        html = _rows_named(visible(value.all(), user), table)
    elif isinstance(value, models.Model):
        html = _row_named(value, user, table) if linked else name_of(value)
    else:
        html = _html(field, value, table.get_empty_value_display())
    return Fact(str(name), label, html, wide=len(strip_tags(html)) > LONG or "<div>" in html)


def _rows_named(rows: models.QuerySet[Any], table: Any) -> SafeString | str:
    linked = ((_linked(row, table),) for row in rows)
    return format_html_join("、", "{}", linked) or NOTHING


def _row_named(row: models.Model, user: User, table: Any) -> SafeString | str:
    seen: bool = visible(type(row)._default_manager.filter(pk=row.pk), user).exists()
    return _linked(row, table) if seen else name_of(row)


def _linked(row: models.Model, table: Any) -> SafeString | str:
    """The name of a row with the address of its page, where its table is one of the office's."""
    if type(row) not in table.admin_site._registry:
        return name_of(row)
    try:
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return name_of(row)
    return format_html('<a href="{}">{}</a>', url, name_of(row))
