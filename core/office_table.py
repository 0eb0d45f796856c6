"""What all tables of the office's admin share."""

from typing import Any, TypeVar, cast

from django.contrib.admin import ModelAdmin, TabularInline
from django.db import models
from django.http import HttpRequest

from accounts.models import User
from core.permissions import may

M = TypeVar("M", bound=models.Model)


class OfficeTable(ModelAdmin[M]):
    """A table of the office: rows by `visible_to`, verbs by `rules.py`, nothing deleted, statuses changed by acts only.

    `keeps` names the fields nobody types: they follow from acts.
    """

    list_per_page = 50
    show_full_result_count = False
    keeps: tuple[str, ...] = ()
    empty_value_display = "—"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *self.keeps)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(_user(request), "view", obj or self.model)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(_user(request), "add", self.model)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(_user(request), "change", obj or self.model)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(_user(request), "delete", obj or self.model)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class RecordTable(OfficeTable[M]):
    """A table that is only read: its rows are written by acts."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class RecordInline(TabularInline[Any, Any]):
    """Rows shown under their owner, only read."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)  # the admin is entered by signed-in staff only
