"""The tables of the office's admin: one that is written by actions, and one that is only read."""

from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.parameters import row_key
from core.permissions import may
from core.persons import history_viewed, is_person, viewed
from core.refusals import note_hidden
from ui.forms import MaskedField, MaskingForm
from ui.office_history import history_of
from ui.office_table.acts import ActsOnRows
from ui.office_table.export import ExportedRows
from ui.office_table.fields import WIDGETS
from ui.office_table.lists import ListedRows
from ui.office_table.phones import MaskedPhones
from ui.office_table.scoped import FoundByTyping, M, ScopedRows, person
from ui.office_table.writing import WrittenRows


class OfficeTable(
    ScopedRows, FoundByTyping, ExportedRows[M], ListedRows[M], ActsOnRows[M], MaskedPhones[M], WrittenRows[M]
):
    """A table of the office: rows by `visible_to`, verbs by `rules.py`, every row written by an action.

    `keeps` names the fields nobody types: they follow from acts, as statuses do; `fixed` those typed only when the row
    is added. The other names are said where they are used: `links`, `acts`, `masks`, `writes`. A row is deleted only
    where `writes["delete"]` gives the action, and added only where the table has the method `add`.
    """

    form: type[forms.ModelForm[Any]] = MaskingForm
    formfield_overrides = WIDGETS
    keeps: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    empty_value_display = "—"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        """The row of a page; that a person's page was opened is kept, and that a row of somebody else was asked for."""
        row: M | None = super().get_object(request, object_id, from_field)
        if row is not None and is_person(row):
            viewed(row, by=person(request))
        elif row is None and (key := row_key(self.model, object_id)) is not None:
            note_hidden(self.model._base_manager.all(), pk=key)
        return row

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        rows: models.QuerySet[M] = super().get_queryset(request)
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *self.keeps, *(self.fixed if obj is not None else ()))

    @property
    def media(self) -> forms.Media:
        """The fields bring the scripts they need; the lists of these tables need none of Django's."""
        return forms.Media()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.masks:
            return db_field.formfield(form_class=MaskedField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Django's links beside a choice (change, add, delete, view) leave the form and lose what was typed.
        for verb in ("add", "change", "delete", "view"):
            if isinstance(field, forms.Field) and hasattr(field.widget, f"can_{verb}_related"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        """A form that adds a row asks for what is typed, and leaves out what follows from acts."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        return [(name, {**facts, "fields": self._typed(facts["fields"])}) for name, facts in fieldsets]

    def _typed(self, names: Any) -> list[Any]:
        return [name for name in names if isinstance(name, tuple) or name not in self.keeps]

    def row_tools(self, request: HttpRequest, obj: M) -> list[dict[str, str]]:
        """What else leads on from the page of a row: address and words of each."""
        return []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        context["row_tools"] = self.row_tools(request, obj) if obj is not None else []
        return super().render_change_form(request, context, *args, **kwargs)

    # -- who may do what: asked of rules.py ----------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(person(request), "view", obj or self.model)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(person(request), "add", self.model)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(person(request), "change", obj or self.model)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return may(person(request), "delete", obj or self.model)

    # -- what an address fills in beforehand -----------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in beforehand; what cannot stand in its field is left out."""
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if self._can_stand(name, value)}

    def _can_stand(self, name: str, value: Any) -> bool:
        values = value if isinstance(value, list) else [value]
        related = getattr(_field_of(self.model, name), "related_model", None)
        if related is not None:
            return all(row_key(related, each) is not None for each in values)
        return not any("\0" in str(each) for each in values)

    # -- history: read from the database's history tables ---------------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what of this object, when and why, as the database wrote it down."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        history_viewed(obj, by=person(request))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": obj},
            "opts": self.opts,
            "object": obj,
            "entries": history_of(obj),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def _field_of(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


class RecordTable(OfficeTable[M]):
    """A table that is only read: its rows are written by acts."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
