"""Writing: one action for a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused
from core.permissions import may
from ui.edits import meanwhile, seen_version
from ui.office_table.acts import Act
from ui.office_table.scoped import M, person


@dataclass(frozen=True)
class Typed:
    """What a person typed on the page of a row."""

    by: User
    at: datetime
    facts: dict[str, Any]

    @property
    def act(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


class SaysRefusal:
    """A form that shows why an action refused what was typed."""

    refusal: Refused

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        for sentence in (self.refusal.message, *self.refusal.reasons):
            self.add_error(None, sentence)  # type: ignore[attr-defined]
        return data


def facts_of(form: Any) -> dict[str, Any]:
    """What was typed into the fields of the form's model."""
    names = {field.name for field in (*form._meta.model._meta.fields, *form._meta.model._meta.many_to_many)}
    return {name: value for name, value in form.cleaned_data.items() if name in names}


class WrittenRows(ModelAdmin[M]):
    """A row is written by one action; rows under it are typed on a page of their own (`ui.office_table.portal_form`).

    `add` calls the one that adds; `writes` gives those that change ("change") and delete ("delete") a row.
    """

    writes: ClassVar[dict[str, Act]] = {}

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """The row as it would be written is asked about too: a form's choices are not the only guard."""
        obj = super().save_form(request, form, change)
        if not self.may_write(request, obj, form, change):
            raise PermissionDenied
        return obj

    def may_write(self, request: HttpRequest, obj: M, form: Any, change: bool) -> bool:
        """Whether the person may add this very row, or make this of it."""
        return may(person(request), "change" if change else "add", obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A refusal of the action is said on the form, with what was typed kept. The form carries the version of the
        row it was made from."""
        context = {**(extra_context or {}), "version": self._version(request, object_id)}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except IntegrityError:
            # Two people wrote at once; the form, validated again, finds what the other one wrote.
            refusal = Refused(_("Somebody else wrote at the same moment. Look at what is there, and save again."))
        except Refused as refused:
            refusal = refused
        context |= meanwhile(refusal)
        request.refusal = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, context)

    def _version(self, request: HttpRequest, object_id: str | None) -> str:
        """The version that was posted, or the present one, read before the row."""
        if object_id is None or not self.writes.get("change"):
            return ""
        try:
            return seen_version(request, self.model, self.opts.pk.to_python(unquote(object_id)))
        except (ValidationError, ValueError):
            return ""  # no key of this table

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (SaysRefusal, form), {"refusal": refusal}) if refusal is not None else form

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """The row is written by `save_related`, the last step of Django's page."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Call the action that adds or changes the row."""
        typed = Typed(person(request), timezone.now(), facts_of(form))
        if change:
            self.change(form, typed, version=request.POST.get("version", ""))
            return
        made = self.add(request, form, typed)
        form.instance.__dict__.update(made.__dict__)

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> M:
        raise TypeError(f"{type(self).__name__} does not say how a row is added")

    def change(self, form: Any, typed: Typed, **more: Any) -> None:
        self.writes["change"](form.instance, **typed.act, facts=typed.facts, **more)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self.writes["delete"](obj, by=person(request), at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return []
