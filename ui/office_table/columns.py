"""Columns that several tables show."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from ui.templatetags.ui import status
from ui.templatetags.ui_format import masked


def count_of(rows: Any, owner: str) -> Any:
    """How many of `rows` point to each row listed, counted for the page shown alone."""
    mine = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)


def masked_column(name: str, label: Any) -> Any:
    """A read-only column that shows the masked value of a field."""

    @admin.display(description=label)
    def column(self: Any, obj: Any) -> str:
        return str(masked(getattr(obj, name)))

    return column


def status_column() -> Any:
    """The status as everywhere else: a colour and a word."""

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def column(self: Any, obj: Any) -> str:
        return render_to_string("components/status.html", status(obj))

    return column
