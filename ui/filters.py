"""What the filters of all lists share: a stable order, names found as people type them, and the filters in words."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms import BaseForm, BoundField

from core.parameters import DayField, KeyField, MonthField, check_day
from core.persons import person_models
from officedata.text import fold, normalise


class ListFilter(django_filters.FilterSet):
    """The filters of a list on a page: a value without meaning lists nothing, and the page says why."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.form.is_valid():
            return queryset.none()
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found


class Sorting(django_filters.OrderingFilter):
    """The order a column head asks for (?sort=), made stable by the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.HiddenInput, **kwargs)

    def filter(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(rows, value)
        return found.order_by(*found.query.order_by, "-pk") if value else found


class MomentField(django_filters.fields.IsoDateTimeField):
    default_validators = [check_day]


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class MonthFilter(django_filters.Filter):
    field_class = MonthField


class KeyFilter(django_filters.Filter):
    """Rows that belong to the row of this key."""

    field_class = KeyField


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


def named(path: str, text: str) -> Q:
    """A person or body whose name, pinyin or initials hold the text, however either is spelled."""
    return holding(f"{path}__pinyin" if path else "pinyin", text)


def holding(column: str, text: str) -> Q:
    """Rows whose folded field contains the folded text; a text of signs alone finds nothing."""
    plain = fold(text)
    return Q(**{f"{column}__contains": plain}) if plain else Q(pk__in=[])


def saying(column: str, text: str) -> Q:
    """Rows whose field, which is stored as typed, contains the text as typed or in its usual spelling."""
    return Q(**{f"{column}__icontains": text}) | Q(**{f"{column}__icontains": normalise(text)})


def in_words(form: BaseForm) -> list[tuple[BoundField, str]]:
    """The filters in force, each field with its value as the page shows it."""
    if not hasattr(form.data, "getlist"):
        return []
    asked = {bound: [word for word in form.data.getlist(bound.html_name) if word] for bound in form.visible_fields()}
    return [(bound, _value_in_words(form, bound, typed)) for bound, typed in asked.items() if typed]


def is_typed(bound: BoundField) -> bool:
    """Whether the value of a filter was typed by a person, or names one."""
    field = bound.field
    rows = getattr(field, "queryset", None)
    if rows is not None:
        return rows.model in person_models()
    return isinstance(field, forms.CharField | KeyField)


def _value_in_words(form: BaseForm, bound: BoundField, typed: list[str]) -> str:
    """The name of a chosen row, which its field has read already, or the label of a choice."""
    chosen = getattr(form, "cleaned_data", {}).get(bound.name)
    if isinstance(chosen, Model):
        return str(chosen)
    choices = {} if hasattr(bound.field, "queryset") else dict(getattr(bound.field, "choices", []))
    words = {str(key): str(word) for key, word in choices.items()}
    return "、".join(words.get(word, word) for word in typed)
