"""Assignments with their service: visits, checks, waivers, standings, outcomes, in the admin."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy

from assignments.actions import begin_assignment, cancel_assignment, stop_assignment
from assignments.forms import RuleAnswer
from assignments.models import Assignment, Project
from core.parameters import DayField
from core.permissions import may
from programmes.filters import BatchFilter
from programmes.models import Batch
from service import actions, proposals, wording
from service.models import Check, Outcome, Reminder, Reopening, Standing, Visit, Waiver
from ui.office_table import (
    DayInput,
    MonthFilter,
    OfficeTable,
    ReasonForm,
    RecordInline,
    RecordTable,
    Typed,
    person,
    status_column,
)
from ui.templatetags.ui import status
from ui.templatetags.ui_format import daterange
from ui.value_words import month_words, says


class BeginForm(forms.Form):
    starts_on = DayField(label=gettext_lazy("First day of service"), widget=DayInput, initial=timezone.localdate)


class StopForm(ReasonForm):
    last_day = DayField(label=gettext_lazy("Last day of service"), widget=DayInput, initial=timezone.localdate)
    why = RuleAnswer.base_fields["why"]
    field_order = ["last_day", "reason", "why"]


class ReopenForm(ReasonForm):
    until = DayField(label=gettext_lazy("Open until the end of"), widget=DayInput)
    field_order = ["until", "reason"]


def month_column() -> Any:
    @admin.display(description=gettext_lazy("month"), ordering="month")
    def column(self: Any, obj: Any) -> str:
        return month_words(obj.month)

    return column


def window_column(ordering: str = "last") -> Any:
    @admin.display(description=gettext_lazy("window"), ordering=ordering)
    def column(self: Any, check: Any) -> str:
        return str(check.window_word)

    return column


def verdict_column() -> Any:
    @admin.display(description=gettext_lazy("verdict"), ordering="verdict")
    def column(self: Any, check: Check) -> str:
        return render_to_string("components/status.html", status(check.verdict, check.get_verdict_display()))

    return column


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
    fields = ["window_word", "rule", "shown_verdict", "days_counted", "days_awaiting", "locked_at"]
    readonly_fields = ["window_word", "shown_verdict"]
    window_word, shown_verdict = window_column(), verdict_column()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Check]:
        rows = super().get_queryset(request)
        return cast("QuerySet[Check]", rows.select_related("assignment__doctor", "assignment__host__enterprise"))


@says("service.check.facts")
def reasons(facts: dict[str, Any]) -> list[str]:
    """The reasons of a month's verdict."""
    return [wording.sentence(reason) for reason in facts.get("reasons", [])]


PARTIES = ["assignment__doctor", "assignment__host__enterprise"]


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


class WaiverTable(RecordTable[Waiver]):
    """Waivers are decided here or on the page of the waivers."""

    list_display = ["assignment", "window_word", "shown_status", "reason", "asked_by", "asked_at", "decision_reason"]
    list_filter = ["status", ("month", MonthFilter)]
    search_fields = ["assignment__doctor__pinyin", "assignment__host__enterprise__pinyin"]
    list_select_related = [*PARTIES, "asked_by"]
    fields = [
        "assignment", "window_word", "status", "reason", "document", "asked_by", "asked_at", "decision_reason",
        "status_by", "status_at",
    ]  # fmt: skip
    actions = ["grant", "refuse"]
    acts = {"grant": "decide", "refuse": "decide"}
    readonly_fields = ["window_word"]
    window_word = window_column("month")
    shown_status = status_column()

    @admin.action(description=gettext_lazy("Grant the chosen waivers"))
    def grant(self, request: HttpRequest, waivers: QuerySet[Waiver]) -> None:
        at, on = timezone.now(), timezone.localdate()
        self.each(request, waivers, "decide", actions.decide_waiver, at=at, on=on, granted=True)

    @admin.action(description=gettext_lazy("Refuse the chosen waivers, with a reason"))
    def refuse(self, request: HttpRequest, waivers: QuerySet[Waiver]) -> HttpResponse | None:
        at, on = timezone.now(), timezone.localdate()
        return self.ask(request, waivers, ReasonForm, "decide", actions.decide_waiver, at=at, on=on, granted=False)


class ProposalFilter(admin.SimpleListFilter):
    """Checks of running services by which the rules propose something."""

    title, parameter_name = gettext_lazy("proposed by the rules"), "proposed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(proposal, proposals.word(proposal)) for proposal in proposals.ACTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Check]) -> QuerySet[Check]:
        asked = self.value()
        return proposals.proposed(queryset, asked) if asked else queryset


class CheckTable(RecordTable[Check]):
    list_display = ["assignment", "window_word", "rule", "shown_verdict", "value", "asks", "reason", "locked_at"]
    list_filter = [
        "verdict", ("reason", admin.EmptyFieldListFilter), ProposalFilter, ("locked_at", admin.EmptyFieldListFilter),
        "assignment__batch", ("last", MonthFilter),
    ]  # fmt: skip
    search_fields = ["assignment__doctor__pinyin", "assignment__host__enterprise__pinyin", "reason"]
    list_select_related = PARTIES
    fields = [
        "assignment", "rule", "window_word", "first", "last", "verdict", "facts", "value", "asks", "days_counted",
        "days_awaiting", "rule_set", "judged_at", "locks_on", "locked_at", "reason", "reason_by", "reason_at",
    ]  # fmt: skip
    actions = ["reopen"]
    acts = {"reopen": "reopen"}
    readonly_fields = ["window_word"]
    window_word, shown_verdict = window_column(), verdict_column()

    @admin.action(description=gettext_lazy("Open the chosen months again, with a reason"))
    def reopen(self, request: HttpRequest, checks: QuerySet[Check]) -> HttpResponse | None:
        return self.ask(request, checks, ReopenForm, "reopen", actions.reopen_month, at=timezone.now())


class ReopeningTable(RecordTable[Reopening]):
    list_display = ["assignment", "month_word", "at", "until", "reason", "by"]
    list_filter = ["assignment__batch", ("month", MonthFilter)]
    search_fields = ["assignment__doctor__pinyin", "assignment__host__enterprise__pinyin", "reason"]
    list_select_related = [*PARTIES, "by"]
    fields = ["assignment", "month", "at", "until", "reason", "by"]
    month_word = month_column()


class StandingTable(RecordTable[Standing]):
    list_display = ["assignment", "shown_pace", "month_days", "month_due", "days_counted", "target", "owed"]
    list_filter = ["pace", "behind", "assignment__batch", "assignment__doctor__university"]
    search_fields = ["assignment__doctor__pinyin", "assignment__host__enterprise__pinyin"]
    list_select_related = PARTIES
    fields = [
        "assignment", "pace", "month", "month_verdict", "month_days", "month_awaiting", "month_due", "days_counted",
        "days_awaiting", "target", "owed", "months_missed", "save_by", "last_visit_on", "reminded_on", "on",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("pace"), ordering="pace")
    def shown_pace(self, standing: Standing) -> str:
        return render_to_string("components/status.html", status(standing.pace, standing.get_pace_display()))


class ReminderTable(RecordTable[Reminder]):
    list_display = ["assignment", "month", "sent_on", "sent_by", "note"]
    list_filter = [("sent_on", MonthFilter)]
    search_fields = ["assignment__doctor__pinyin", "note"]
    list_select_related = [*PARTIES, "sent_by"]


class OutcomeForm(forms.ModelForm[Outcome]):
    """A form that takes a known outcome again: the action adds its assignments to the known row."""

    def _get_validation_exclusions(self) -> set[str]:
        # Constraints that name a field left out here are not asked; the field itself was checked by the form.
        return {*super()._get_validation_exclusions(), "title"}  # type: ignore[misc]


class OutcomeBatchFilter(BatchFilter):
    """Outcomes of assignments of a batch; one of two assignments is listed once."""

    def of_batch(self, rows: QuerySet[Any], batch: Batch) -> QuerySet[Any]:
        return rows.filter(pk__in=Outcome.objects.filter(assignments__batch=batch).values("pk"))


class OutcomeTable(OfficeTable[Outcome]):
    """The office registers outcomes too; a registered one is only read."""

    list_display = ["title", "kind", "stage", "happened_on", "effect", "registered_by"]
    list_filter = ["kind", "stage", OutcomeBatchFilter, ("happened_on", MonthFilter)]
    search_fields = ["title", "effect", "assignments__doctor__pinyin", "assignments__host__enterprise__pinyin"]
    list_select_related = ["registered_by"]
    form = OutcomeForm
    autocomplete_fields = ["assignments"]
    fields = ["kind", "title", "assignments", "happened_on", "stage", "effect"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(person(request), "outcome", Assignment)

    def has_change_permission(self, request: HttpRequest, obj: Outcome | None = None) -> bool:
        return False

    def may_write(self, request: HttpRequest, obj: Outcome, form: Any, change: bool) -> bool:
        return all(may(person(request), "outcome", each) for each in form.cleaned_data["assignments"])

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Outcome:
        """An outcome known before keeps the assignments it had, and gets these too."""
        return actions.register_outcome(typed.facts.pop("assignments"), **typed.facts, **typed.act)
