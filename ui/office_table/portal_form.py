"""Tables whose rows are added and changed on a page with a form of the portal; list, search and history are Django's.

Unlike Django's own page, such a page calls its action once, for the row and the rows under it, and comes back with
everything typed when the action refuses.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused
from core.permissions import may
from core.scope import visible
from ui.edits import say_refusal
from ui.office_table.scoped import M, person
from ui.office_table.table import OfficeTable
from ui.row_forms import with_row


@dataclass(frozen=True)
class First:
    """A model of which one row has to exist before a form can be filled in, and how the page says so."""

    model: type[Model]
    title: Promise
    text: Promise
    label: Promise  # the button that leads to the form of that model


@dataclass(frozen=True)
class FormPage(Generic[M]):
    """A page that adds a row (`row` has no key then) or changes one; `version` is that of the row it was made from."""

    request: HttpRequest
    table: "PortalForms[M]"
    row: M
    version: str = ""

    @property
    def user(self) -> User:
        return person(self.request)

    @property
    def act(self) -> dict[str, Any]:
        """Who acts, and when."""
        return {"by": self.user, "at": timezone.now()}

    @property
    def adds(self) -> str:
        """The list to which a button adds a blank row; nothing is judged then."""
        return self.request.POST.get("add", "")

    @property
    def data(self) -> QueryDict | None:
        """What was posted, with the row that was asked for."""
        if self.request.method != "POST":
            return None
        return with_row(self.request.POST, self.adds) if self.adds else self.request.POST

    @property
    def judged(self) -> bool:
        return self.request.method == "POST" and not self.adds

    def lacking(self, needed: Iterable[First]) -> HttpResponse | None:
        """In the place of a new row's form: which row has to be there first, and the way to its form."""
        if self.row.pk is not None:
            return None
        for first in needed:
            if not visible(first.model._default_manager.all(), self.user).exists():
                address = f"admin:{first.model._meta.app_label}_{first.model._meta.model_name}_add"
                url = reverse(address) if may(self.user, "add", first.model) else ""
                facts = {"first": first, "url": url, "new_title": first.title}
                return render(self.request, "office/form_missing.html", {**self._context(), **facts})
        return None

    def answer(
        self,
        template: str,
        forms: Mapping[str, Any],
        save: Callable[[], M],
        *,
        shown: Callable[[M], HttpResponse | None] = lambda saved: None,
        **facts: Any,
    ) -> HttpResponse:
        """Save when every form is right, and lead to the list; else show the forms, of which "form" says refusals.

        `shown` gives the page that is shown instead of the list, where something is shown only once.
        """
        if self.judged and all(form.is_valid() for form in forms.values()):
            self._check_may_write(getattr(forms["form"], "instance", self.row))
            try:
                saved = save()
            except Refused as refused:
                facts |= say_refusal(forms["form"], refused)
            except IntegrityError:
                forms["form"].full_clean()  # finds what the other one wrote
                sentence = _("Somebody else wrote at the same moment. Look at what is there, and save again.")
                facts |= say_refusal(forms["form"], Refused(sentence))
            else:
                messages.success(self.request, _("%(row)s was saved.") % {"row": saved})
                return shown(saved) or redirect(self.table.address("changelist"))
        return render(self.request, template, {**self._context(), **forms, **facts})

    def _check_may_write(self, row: M) -> None:
        """The row as it would be written is asked about too: a form's choices are not the only guard."""
        if not may(self.user, "add" if self.row.pk is None else "change", row):
            raise PermissionDenied

    def _context(self) -> dict[str, Any]:
        table, row = self.table, self.row
        return {
            **table.admin_site.each_context(self.request),
            "frame": "admin/base_site.html",
            "opts": table.opts,
            "row": row if row.pk is not None else None,
            "version": self.version,
            "judged": self.judged,
            "list_url": table.address("changelist"),
            "history_url": table.address("history", row) if row.pk is not None else "",
            "phone_url": self._phone_url(),
            "row_tools": table.row_tools(self.request, row) if row.pk is not None else [],
        }

    def _phone_url(self) -> str:
        """The address of the page that shows the whole number, for those who may see it."""
        shown = self.table.masks and self.row.pk is not None and may(self.user, "reveal", self.row)
        return self.table.address("phone", self.row) if shown else ""


class PortalForms(OfficeTable[M]):
    """A table with a page of its own for adding and changing; who may only look sees Django's page."""

    form_page: ClassVar[Callable[[FormPage[Any]], HttpResponseBase]]

    def address(self, page: str, row: M | None = None) -> str:
        """The address of a page of the table, or of a row of it."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[] if row is None else [quote(row.pk)])

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return type(self).form_page(FormPage(request, self, self.model()))
        version = self._version(request, object_id)
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_change_permission(request, row):
            return super().changeform_view(request, object_id, form_url, extra_context)
        return type(self).form_page(FormPage(request, self, row, version))
