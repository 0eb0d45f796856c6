"""Rows shown under their owner."""

from typing import Any

from django import forms
from django.contrib.admin import TabularInline
from django.db import models
from django.http import HttpRequest

from core.permissions import may
from ui.office_table.fields import WIDGETS
from ui.office_table.scoped import ScopedRows, person


class RecordInline(ScopedRows, TabularInline[Any, Any]):
    """Rows shown under their owner, only read, with a link to each."""

    template = "admin/record_rows.html"
    # The field that names the owner, where a row can be added on a page of its own.
    added_by = ""

    # None of these is typed; Django's own widgets would bring their scripts.
    formfield_overrides = WIDGETS | {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": forms.DateTimeInput}
    }
    extra = 0
    can_delete = False
    show_change_link = True

    @property
    def media(self) -> forms.Media:
        """Rows that are only read need no scripts."""
        return forms.Media()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(person(request), "view", self.model)
