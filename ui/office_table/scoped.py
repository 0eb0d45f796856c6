"""Which rows a person sees, and which ones a form or a filter offers."""

from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db import models
from django.http import HttpRequest

from accounts.models import User
from core.parameters import row_key
from core.scope import visible

M = TypeVar("M", bound=models.Model)


def person(request: HttpRequest) -> User:
    return cast(User, request.user)  # the admin is entered by signed-in staff only


class _FoundRows:
    """A choice found by typing shows the chosen row; a value that is no key shows none."""

    choices: Any

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        model = self.choices.queryset.model
        known = [key for key in value if row_key(model, str(key)) is not None]
        return super().optgroups(name, known, attr)  # type: ignore[misc]


class FoundRow(_FoundRows, AutocompleteSelect):
    pass


class FoundRows(_FoundRows, AutocompleteSelectMultiple):
    pass


class FoundByTyping:
    """Gives the fields named in `autocomplete_fields` their widgets, in tables and in rows under an owner."""

    admin_site: AdminSite

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", FoundRow(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", FoundRows(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ScopedRows:
    """The rows of a table or of an inline, and those its forms may name, are the ones the person sees."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return visible(super().get_queryset(request), person(request))  # type: ignore[misc]

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        rows = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        if rows is None:
            rows = db_field.remote_field.model._default_manager.using(db)
        return visible(rows, person(request))


class ScopedListFilter(RelatedFieldListFilter):
    """A filter by another table offers the rows of it that the person sees.

    Django leaves a filter with a single choice out, and with it what the address asks; a link here still filters.
    """

    def has_output(self) -> bool:
        return super().has_output() or self.lookup_val is not None or bool(self.lookup_val_isnull)

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = visible(field.related_model._default_manager.all(), person(request))
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to={"pk__in": rows.order_by().values("pk")}
        )


FieldListFilter.register(lambda field: bool(field.remote_field), ScopedListFilter, take_priority=True)
