"""The export of an office table's list: its rows, columns and order, with the filters in force (?export=xlsx)."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from html import unescape
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import NotRelationField, get_fields_from_path, label_for_field, lookup_field
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.parameters import row_key
from core.persons import person_models
from core.scope import visible
from ui.exports import Column, Title, asks_first, download, is_asked, unit_of
from ui.office_table.lists import LOOKUPS
from ui.office_table.scoped import M, person
from ui.templatetags.ui_format import masked
from ui.value_words import NOTHING, SAID, key_of_field, name_of, words_of

WIDTHS: dict[type[models.Field[Any, Any]], int] = {
    models.DateTimeField: 17,
    models.DateField: 12,
    models.BooleanField: 8,
    models.IntegerField: 10,
    models.DecimalField: 10,
    models.FloatField: 10,
    models.TextField: 40,
    models.ForeignKey: 28,
}
OTHER = 24
# Lookups whose value is a bound or a yes, not what the field holds.
SPANS = tuple(each for each in LOOKUPS if each not in ("exact", "in"))
LINE_ENDS = re.compile(r"<br\s*/?>|</(?:div|p|li|tr)>")


class ExportedRows(ModelAdmin[M]):
    """A list that exports all its rows; who may not see the list may not export it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        asked = request.GET.copy()
        if not is_asked(request):
            asked["export"] = "xlsx"
            asked.pop("p", None)
            return super().changelist_view(request, {"export_url": f"?{asked.urlencode()}", **(extra_context or {})})
        if not self.has_view_permission(request):
            raise PermissionDenied
        for name in ("export", PAGE_VAR):  # a sheet holds the rows of all pages
            asked.pop(name, None)
        request.GET = asked  # type: ignore[assignment]
        return self.sheet(request)

    def sheet(self, request: HttpRequest) -> HttpResponseBase:
        """A filter without meaning gives no sheet of something else: it leads to the list, which says so."""
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        name = str(capfirst(self.opts.verbose_name_plural))
        filters = list(filters_of(listed, request))
        typed = typed_of(listed, filters)
        title = Title(name, unit_of(person(request)), filters, typed=typed, words=[SEARCH_VAR])
        if asking := asks_first(request, person(request), title, listed.queryset):
            return asking
        ready = partial(self.made_ready, request)
        return download(title, columns_of(listed), listed.queryset, ready, by=person(request))

    def made_ready(self, request: HttpRequest, rows: list[M]) -> None:
        """Give rows what columns read of them besides their fields, where a table has such columns."""


def columns_of(listed: ChangeList) -> list[Column]:
    """The columns of the list, without the checkbox and without the database's own key."""
    table = listed.model_admin
    names = [name for name in listed.list_display if name != "action_checkbox" and not _is_own_key(listed, name)]
    return [
        Column(
            capfirst(str(label_for_field(name, listed.model, table))),
            _width(listed, name),
            partial(_value, table, name),
        )
        for name in names
    ]


def _field(listed: ChangeList, name: Any) -> Any:
    try:
        return listed.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _is_own_key(listed: ChangeList, name: Any) -> bool:
    field = _field(listed, name)
    return name == "pk" or (isinstance(field, models.AutoField | models.UUIDField) and field.primary_key)


def _width(listed: ChangeList, name: Any) -> int:
    field = _field(listed, name)
    return next((width for kind, width in WIDTHS.items() if isinstance(field, kind)), OTHER)


def _value(table: Any, name: Any, row: models.Model) -> Any:
    """The value as the list shows it, in words; numbers, days and moments stay such, phones are masked."""
    try:
        field, _attr, value = lookup_field(name, row, table)
    except ObjectDoesNotExist:
        return None
    if field is None:
        return plain(value)
    if field.remote_field is not None and not field.many_to_many:
        value = getattr(row, field.name)
    elif field.name in table.masks:
        value = masked(value)
    elif _is_said(field, value):
        value = words_of(field, value)
    return plain(value)


def _is_said(field: Any, value: Any) -> bool:
    """Whether the value stands in the sheet in words: all but numbers, days and moments that no app puts in words."""
    if field.choices or field.name == "month" or key_of_field(field) in SAID:
        return True
    return isinstance(value, bool) or not isinstance(value, int | float | Decimal | date)


def plain(value: Any) -> Any:
    """A value without mark-up; a row by its name, a need by its number, too."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    text = name_of(value) if isinstance(value, models.Model) else str(value)
    if hasattr(value, "__html__"):
        lines = unescape(strip_tags(LINE_ENDS.sub("\n", text))).split("\n")
        text = "\n".join(" ".join(line.split()) for line in lines if line.strip())
    return None if text in ("", NOTHING) else text


def filters_of(listed: ChangeList, request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What was searched and chosen, in words; the first choice of each filter stands for all rows."""
    if listed.query:
        yield _("Search"), listed.query
    known: set[str] = set()
    for spec in listed.filter_specs:
        known.update(name for name in spec.expected_parameters() if name)
        chosen = [str(each["display"]) for each in list(spec.choices(listed))[1:] if each["selected"]]
        if chosen:
            yield str(capfirst(spec.title)), "、".join(chosen)
    for name, values in listed.get_filters_params().items():
        if name not in known:
            yield _link_in_words(listed.model, name, values[-1], request)


def typed_of(listed: ChangeList, filters: Sequence[tuple[str, str]]) -> list[str]:
    """The labels of all filters but those by a choice of the list, which names no person."""
    chosen = {
        str(capfirst(spec.title))
        for spec in listed.filter_specs
        if getattr(getattr(spec, "field", None), "related_model", None) not in person_models()
    }
    return [label for label, _value in filters if label not in chosen]


def _link_in_words(model: type[models.Model], name: str, value: str, request: HttpRequest) -> tuple[str, str]:
    """What a link of our pages asks of the list besides its filters: the rows it names, or the value in words."""
    parts = name.split("__")
    while len(parts) > 1 and parts[-1] in ("pk", "id", *LOOKUPS):
        parts.pop()
    try:
        field: Any = get_fields_from_path(model, "__".join(parts))[-1]
    except (FieldDoesNotExist, NotRelationField):
        return name, value
    label = str(capfirst(getattr(field, "verbose_name", name)))
    if name.rpartition("__")[2] in SPANS:
        return name, value
    if not field.is_relation:
        words = {str(key): str(word) for key, word in field.flatchoices}
        return label, "、".join(words.get(each, each) for each in value.split(","))
    keys = [row_key(field.related_model, each) for each in value.split(",")]
    rows = visible(field.related_model._default_manager.filter(pk__in=[key for key in keys if key]), person(request))
    return label, "、".join(str(row) for row in rows) or "—"
