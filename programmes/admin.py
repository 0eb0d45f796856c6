"""Programmes, rule sets and batches in the admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programmes import actions
from programmes.models import Batch, Programme, RuleSet
from programmes.readers import wrong_rules
from ui.forms import MaskingForm
from ui.office_table import OfficeTable, ReasonForm, Typed


class BatchForm(MaskingForm):
    """A batch is pinned only to rules that can be read."""

    def clean_rule_set(self) -> RuleSet:
        rules: RuleSet = self.cleaned_data["rule_set"]
        if wrong := wrong_rules(rules.data):
            raise ValidationError(
                [_("These rules cannot be read; choose another version, or write the next one."), *wrong]
            )
        return rules


class RepinForm(ReasonForm):
    """To which version of its rules a batch is moved, and why."""

    rule_set = forms.ModelChoiceField(RuleSet.objects.all(), label=gettext_lazy("Version of the rules"))
    field_order = ["rule_set", "reason"]


class ProgrammeTable(OfficeTable[Programme]):
    list_display = ["name"]
    search_fields = ["name"]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_programme}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Programme:
        return actions.set_up_programme(**typed.facts, by=typed.by)


class RuleSetTable(OfficeTable[RuleSet]):
    """A version is never changed: saving a new one adds the next version of its code."""

    list_display = ["name", "code", "version", "created_at"]
    list_filter = ["code"]
    search_fields = ["name", "code"]
    fields = ["code", "version", "name", "data"]
    keeps = ("version",)

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return False

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> RuleSet:
        return actions.write_rule_set(**typed.facts, by=typed.by)


class BatchTable(OfficeTable[Batch]):
    list_display = ["name", "programme", "status", "starts_on", "ends_on", "rule_set", "round_link"]
    list_filter = ["status", "programme"]
    search_fields = ["name", "programme__name"]
    list_select_related = ["programme", "rule_set"]
    autocomplete_fields = ["programme", "rule_set"]
    keeps = ("status", "status_by", "status_at")
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_batch}
    actions = ["open_batches", "start_batches", "close_batches", "repin_batches"]
    acts = {"open_batches": "open", "start_batches": "start", "close_batches": "close", "repin_batches": "repin"}
    form = BatchForm

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Batch:
        return actions.plan_batch(**typed.facts, by=typed.by)

    @admin.display(description=gettext_lazy("round"))
    def round_link(self, batch: Batch) -> str:
        return format_html('<a href="{}">{}</a>', batch.get_absolute_url(), _("Open the round"))

    def get_readonly_fields(self, request: HttpRequest, obj: Batch | None = None) -> tuple[str, ...]:
        """Once opened, a batch keeps the rules it was pinned to."""
        pinned = ("rule_set", "programme") if obj is not None and obj.status != Batch.Status.DRAFT else ()
        return (*super().get_readonly_fields(request, obj), *pinned)

    @admin.action(description=gettext_lazy("Open for orders"))
    def open_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, "open", actions.open_batch, at=timezone.now())

    @admin.action(description=gettext_lazy("Start the service year"))
    def start_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, "start", actions.start_batch, at=timezone.now())

    @admin.action(description=gettext_lazy("Close"))
    def close_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, "close", actions.close_batch, at=timezone.now())

    @admin.action(description=gettext_lazy("Move to another version of its rules, with a reason"))
    def repin_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> HttpResponse | None:
        return self.ask(request, batches, RepinForm, "repin", actions.repin_rules, at=timezone.now())
