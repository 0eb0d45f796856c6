"""Acts on the rows a person chooses in a list."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core import ledger
from core.errors import Refused
from core.models import Proposal
from core.parameters import row_key
from core.permissions import entitled, may
from ui.office_table.scoped import M, person
from ui.value_words import name_of

Act = Callable[..., Any]


SETTING_CHANGED = ledger.kind("setting_changed", gettext_lazy("technical record changed"))


def note_change(row: models.Model, verb: str, *, by: User) -> None:
    """Keep what was done to a technical row; the tables with a history keep it themselves."""
    if not hasattr(type(row), "events"):
        ledger.record(SETTING_CHANGED, by=by, about=row, verb=verb)


class ActsOnRows(ModelAdmin[M]):
    """Acts on chosen rows; `acts` gives, for each of them, the verb a person must be allowed."""

    acts: ClassVar[dict[str, str]] = {}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return {
            name: act
            for name, act in actions.items()
            if name not in self.acts or may(person(request), self.acts[name], self.model)
        }

    def response_action(  # type: ignore[override]  # the stubs are those of a later Django
        self, request: HttpRequest, queryset: models.QuerySet[M]
    ) -> HttpResponse | None:
        """Rows are chosen by their keys; with any other value among them nothing is done."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(row_key(self.model, each) is None for each in chosen):
            messages.error(request, _("One of the chosen rows does not exist; choose them again."))
            return None
        return super().response_action(request, queryset)

    def each(self, request: HttpRequest, rows: Iterable[M], verb: str, act: Act, **facts: Any) -> None:
        """Call the act for every row; refused rows are named with the reason, the others are done or proposed."""
        user, done, proposed = person(request), 0, 0
        for row in rows:
            try:
                if not entitled(user, verb, row):
                    raise Refused(_("You may not do this here."), code="forbidden")
                result = act(row, by=user, **facts)
                note_change(row, verb, by=user)
                waits = isinstance(result, Proposal) and result.status == Proposal.Status.PROPOSED
                done, proposed = done + (not waits), proposed + waits
            except Refused as refusal:
                why = " ".join([refusal.message, *refusal.reasons])
                self.message_user(request, f"{name_of(row)}: {why}", messages.ERROR)
        if proposed:
            words = ngettext(
                "Proposed for %(count)s row. A second person decides.",
                "Proposed for %(count)s rows. A second person decides.",
                proposed,
            )
            self.message_user(request, words % {"count": proposed}, messages.SUCCESS)
        if done:
            words = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", done) % {"count": done}
            self.message_user(request, words, messages.SUCCESS)

    def ask(
        self, request: HttpRequest, rows: models.QuerySet[M], form: type[forms.Form], verb: str, act: Act, **facts: Any
    ) -> HttpResponse | None:
        """Ask on a page of its own for what the act needs (a reason, a day), then call it for every row."""
        acts = self.get_actions(request)
        name = next(each for each in request.POST.getlist("action") if each in acts)
        asked = form(request.POST if "asked" in request.POST else None)
        if asked.is_valid():
            self.each(request, rows, verb, act, **facts, **asked.cleaned_data)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": str(acts[name][2]),
            "opts": self.opts,
            "form": asked,
            "rows": list(rows[:200]),
            "names": [(row.pk, name_of(row)) for row in rows[:200]],
            "action": name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/ask.html", context)
