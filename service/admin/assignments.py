"""Assignments with their service, and visits, in the admin."""

from typing import cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from assignments.actions import begin_assignment, cancel_assignment, stop_assignment
from assignments.forms import RuleAnswer
from assignments.models import Assignment, Project
from core.parameters import DayField
from service.admin.columns import rule_column, verdict_column, window_column
from service.models import Check, Visit
from ui.office_table import DayInput, MonthFilter, ReasonForm, RecordInline, RecordTable, status_column
from ui.templatetags.ui_format import daterange


class BeginForm(forms.Form):
    starts_on = DayField(label=gettext_lazy("First day of service"), widget=DayInput, initial=timezone.localdate)


class StopForm(ReasonForm):
    last_day = DayField(label=gettext_lazy("Last day of service"), widget=DayInput, initial=timezone.localdate)
    why = RuleAnswer.base_fields["why"]
    field_order = ["last_day", "reason", "why"]


class ProjectRows(RecordInline):
    model = Project
    fields = ["kind", "enterprise", "title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        rows = super().get_queryset(request).select_related("enterprise", "assignment__doctor")
        return cast("QuerySet[Project]", rows)


class VisitRows(RecordInline):
    model = Visit
    fk_name = "assignment"
    fields = ["days", "enterprise", "shown_status", "content"]
    readonly_fields = ["days", "shown_status"]
    shown_status = status_column()

    @admin.display(description=gettext_lazy("Dates"))
    def days(self, visit: Visit) -> str:
        return str(daterange(visit, "year"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Visit]:
        return cast("QuerySet[Visit]", super().get_queryset(request).select_related("enterprise", "doctor"))


class CheckRows(RecordInline):
    model = Check
    fields = ["window_word", "rule_word", "shown_verdict", "days_counted", "days_awaiting", "locked_at"]
    readonly_fields = ["window_word", "rule_word", "shown_verdict"]
    window_word, rule_word, shown_verdict = window_column(), rule_column(), verdict_column()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Check]:
        rows = super().get_queryset(request)
        return cast("QuerySet[Check]", rows.select_related("assignment__doctor", "assignment__host__enterprise"))


class AssignmentTable(RecordTable[Assignment]):
    list_display = ["doctor", "host", "shown_status", "batch", "starts_on", "ends_on", "stopped_on"]
    list_filter = ["status", "batch", "doctor__university", "host__enterprise__district", ("starts_on", MonthFilter)]
    search_fields = ["doctor__pinyin", "host__enterprise__pinyin"]
    list_select_related = ["doctor", "host__enterprise", "batch"]
    fields = [
        "doctor", "host", "batch", "order", "status", "starts_on", "started_on", "ends_on", "extended_to", "stopped_on",
        "stop_reason", "status_by", "status_at",
    ]  # fmt: skip
    inlines = [ProjectRows, CheckRows, VisitRows]
    actions = ["begin", "stop", "call_off"]
    acts = {"begin": "begin", "stop": "stop", "call_off": "cancel"}
    shown_status = status_column()

    @admin.action(description=gettext_lazy("Begin the service: the agreement is signed"))
    def begin(self, request: HttpRequest, rows: QuerySet[Assignment]) -> HttpResponse | None:
        return self.ask(request, rows, BeginForm, "begin", begin_assignment, at=timezone.now())

    @admin.action(description=gettext_lazy("Stop the service early, with a reason"))
    def stop(self, request: HttpRequest, rows: QuerySet[Assignment]) -> HttpResponse | None:
        return self.ask(request, rows, StopForm, "stop", stop_assignment, at=timezone.now())

    @admin.action(description=gettext_lazy("Call off before it begins, with a reason"))
    def call_off(self, request: HttpRequest, rows: QuerySet[Assignment]) -> HttpResponse | None:
        return self.ask(request, rows, ReasonForm, "cancel", cancel_assignment, at=timezone.now())


class VisitTable(RecordTable[Visit]):
    list_display = ["doctor", "enterprise", "days", "mode", "shown_status", "logged_at"]
    list_filter = ["status", "mode", "enterprise__district", "doctor__university", ("starts_on", MonthFilter)]
    search_fields = ["doctor__pinyin", "enterprise__pinyin", "content"]
    list_select_related = ["doctor", "enterprise"]
    fields = [
        "doctor", "enterprise", "assignment", "status", "days", "mode", "content", "solved", "next_step", "logged_by",
        "logged_at", "confirmed_at", "disputed_at", "dispute_reason", "withdrawn_at", "status_by", "status_at",
    ]  # fmt: skip
    readonly_fields = ["days"]
    shown_status = status_column()

    @admin.display(description=gettext_lazy("Dates"), ordering="starts_on")
    def days(self, visit: Visit) -> str:
        return str(daterange(visit, "year"))
