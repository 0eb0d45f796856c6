"""What the filters of all lists share: a stable order, and names found as people type them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from officedata.tables.cells import clean_text


class Sorting(django_filters.OrderingFilter):
    """The order a column head asks for (?sort=), made stable by the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.HiddenInput, **kwargs)

    def filter(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(rows, value)
        return found.order_by(*found.query.order_by, "-pk") if value else found


def named(path: str, text: str) -> Q:
    """A person or body whose name (Chinese), pinyin or initials hold the text."""
    prefix = f"{path}__" if path else ""
    plain = clean_text(text)
    return Q(**{f"{prefix}name__icontains": plain}) | Q(**{f"{prefix}pinyin__contains": plain.lower().replace(" ", "")})
