"""Programmes, rule sets and batches in the admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes import actions
from programmes.form_pages import batch_page, programme_page, rule_set_page
from programmes.models import Batch, Programme, RuleSet
from programmes.powers import ask_for_repin
from ui.office_table import PortalForms, ReasonForm


class RepinForm(ReasonForm):
    """To which version of its rules a batch is moved, and why."""

    rule_set = forms.ModelChoiceField(RuleSet.objects.all(), label=gettext_lazy("Version of the rules"))
    field_order = ["rule_set", "reason"]


class ProgrammeTable(PortalForms[Programme]):
    list_display = ["name"]
    search_fields = ["name"]
    form_page = programme_page
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_programme}


class RuleSetTable(PortalForms[RuleSet]):
    """A version is never changed: saving a new one adds the next version of its code."""

    list_display = ["name", "version", "created_at", "created_by"]
    list_filter = ["code"]
    search_fields = ["name", "code"]
    list_select_related = ["created_by"]
    form_page = rule_set_page
    fields = ["name", "version", "data", "created_at", "created_by"]
    keeps = ("created_at", "created_by")

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return False

    def row_tools(self, request: HttpRequest, obj: RuleSet) -> list[dict[str, str]]:
        if not self.has_add_permission(request):
            return []
        return [{"url": f"{self.address('add')}?from={obj.pk}", "label": _("Write the next version")}]


class BatchTable(PortalForms[Batch]):
    list_display = ["name", "programme", "status", "starts_on", "ends_on", "rule_set", "round_link"]
    list_filter = ["status", "programme"]
    search_fields = ["name", "programme__name"]
    list_select_related = ["programme", "rule_set"]
    autocomplete_fields = ["programme", "rule_set"]
    keeps = ("status", "status_by", "status_at")
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_batch}
    actions = ["open_batches", "start_batches", "close_batches", "repin_batches"]
    acts = {"open_batches": "open", "start_batches": "start", "close_batches": "close", "repin_batches": "repin"}
    form_page = batch_page

    @admin.display(description=gettext_lazy("round"))
    def round_link(self, batch: Batch) -> str:
        return format_html('<a href="{}">{}</a>', batch.get_absolute_url(), _("Open the round"))

    @admin.action(description=gettext_lazy("Open for orders"))
    def open_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, "open", actions.open_batch, at=timezone.now())

    @admin.action(description=gettext_lazy("Start the services"))
    def start_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, "start", actions.start_batch, at=timezone.now())

    @admin.action(description=gettext_lazy("Close the batch"))
    def close_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, "close", actions.close_batch, at=timezone.now())

    @admin.action(description=gettext_lazy("Move to another version of its rules, with a reason"))
    def repin_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> HttpResponse | None:
        return self.ask(request, batches, RepinForm, "repin", ask_for_repin, at=timezone.now())
