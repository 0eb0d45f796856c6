"""The office's table of tokens."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApiToken
from identity import actions, asking
from identity.power_pages import to_proposal
from identity.staff_forms import AsksWhy
from ui.forms import MaskingForm
from ui.office_table import OfficeTable, Typed, person


class TokenForm(AsksWhy, MaskingForm):
    """The form of a token, with the reason for it."""


class TokenTable(OfficeTable[ApiToken]):
    list_display = ["label", "prefix", "user", "scope", "created_at", "expires_on", "last_used_on", "revoked_at"]
    list_filter = ["scope", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["label", "prefix", "user__pinyin"]
    list_select_related = ["user"]
    autocomplete_fields = ["user"]
    form = TokenForm
    fields = ["user", "label", "scope", "expires_on", "reason", "prefix", "created_at", "last_used_on", "revoked_at"]
    keeps = ("prefix", "created_at", "last_used_on", "revoked_at")
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """The reason stands in the proposal; a token has none."""
        return [name for name in super().get_fields(request, obj) if obj is None or name != "reason"]

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> ApiToken:
        facts = {name: typed.facts[name] for name in ("label", "scope", "expires_on")}
        reason = form.cleaned_data["reason"]
        form.instance.proposal = asking.ask_for_token(typed.facts["user"], **typed.act, reason=reason, **facts)
        return cast(ApiToken, form.instance)

    def response_add(self, request: HttpRequest, obj: ApiToken, *args: Any, **kwargs: Any) -> HttpResponse:
        """To the page of the proposal, which shows the key once when it is approved."""
        return to_proposal(request, obj) or super().response_add(request, obj, *args, **kwargs)

    @admin.action(description=gettext_lazy("Revoke the chosen tokens"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            actions.revoke_token(token, by=person(request), at=timezone.now())
        self.message_user(request, _("%(count)s tokens were revoked.") % {"count": len(tokens)})
