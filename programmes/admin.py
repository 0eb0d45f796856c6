"""Programmes, rule sets and batches in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from programmes import actions
from programmes.models import Batch, Programme, RuleSet
from ui.office_table import OfficeTable


@admin.register(Programme)
class ProgrammeTable(OfficeTable[Programme]):
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(RuleSet)
class RuleSetTable(OfficeTable[RuleSet]):
    """A version is never changed: saving a new one adds the next version of its code."""

    list_display = ["name", "code", "version", "created_at"]
    list_filter = ["code"]
    search_fields = ["name", "code"]
    fields = ["code", "version", "name", "data"]
    keeps = ("version",)

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RuleSet, form: ModelForm[RuleSet], change: bool) -> None:
        made = actions.write_rule_set(obj.code, by=request.user, name=obj.name, data=obj.data)  # type: ignore[arg-type]
        obj.pk, obj.version = made.pk, made.version


@admin.register(Batch)
class BatchTable(OfficeTable[Batch]):
    list_display = ["name", "programme", "status", "starts_on", "ends_on", "rule_set", "round_link"]
    list_filter = ["status", "programme"]
    search_fields = ["name", "programme__name"]
    list_select_related = ["programme", "rule_set"]
    autocomplete_fields = ["programme", "rule_set"]
    keeps = ("status", "status_by", "status_at")
    actions = ["open_batches", "start_batches", "close_batches"]

    @admin.display(description=gettext_lazy("round"))
    def round_link(self, batch: Batch) -> str:
        return format_html('<a href="{}">{}</a>', batch.get_absolute_url(), _("Open the round"))

    def get_readonly_fields(self, request: HttpRequest, obj: Batch | None = None) -> tuple[str, ...]:
        """Once opened, a batch keeps the rules it was pinned to."""
        pinned = ("rule_set", "programme") if obj is not None and obj.status != Batch.Status.DRAFT else ()
        return (*super().get_readonly_fields(request, obj), *pinned)

    @admin.action(description=gettext_lazy("Open for orders"))
    def open_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self._each(request, batches, actions.open_batch)

    @admin.action(description=gettext_lazy("Start the service year"))
    def start_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self._each(request, batches, actions.start_batch)

    @admin.action(description=gettext_lazy("Close"))
    def close_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self._each(request, batches, actions.close_batch)

    def _each(self, request: HttpRequest, batches: QuerySet[Batch], act: Any) -> None:
        done = 0
        for batch in batches:
            try:
                act(batch, by=request.user, at=timezone.now())
                done += 1
            except Refused as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
        if done:
            self.message_user(request, _("Done for %(count)s batches.") % {"count": done})
