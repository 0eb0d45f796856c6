"""Checks, waivers, re-openings, standings and reminders in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.parameters import DayField
from service import actions, proposals, wording
from service.admin.columns import PARTIES, month_column, rule_column, verdict_column, window_column
from service.models import Check, Reminder, Reopening, Standing, Waiver
from ui.office_table import DayInput, MonthFilter, ReasonForm, RecordTable, status_column
from ui.templatetags.ui import status
from ui.value_words import says


class ReopenForm(ReasonForm):
    until = DayField(label=gettext_lazy("Open until the end of"), widget=DayInput)
    field_order = ["until", "reason"]


@says("service.check.facts")
def reasons(facts: dict[str, Any]) -> list[str]:
    """The reasons of a month's verdict."""
    return [wording.sentence(reason) for reason in facts.get("reasons", [])]


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
    list_display = ["assignment", "window_word", "rule_word", "shown_verdict", "value", "asks", "reason", "locked_at"]
    list_filter = [
        "verdict", ("reason", admin.EmptyFieldListFilter), ProposalFilter, ("locked_at", admin.EmptyFieldListFilter),
        "assignment__batch", ("last", MonthFilter),
    ]  # fmt: skip
    search_fields = ["assignment__doctor__pinyin", "assignment__host__enterprise__pinyin", "reason"]
    list_select_related = PARTIES
    fields = [
        "assignment", "rule_word", "window_word", "first", "last", "verdict", "facts", "value", "asks", "days_counted",
        "days_awaiting", "rule_set", "judged_at", "locks_on", "locked_at", "reason", "reason_by", "reason_at",
    ]  # fmt: skip
    actions = ["reopen"]
    acts = {"reopen": "reopen"}
    readonly_fields = ["window_word", "rule_word"]
    window_word, rule_word, shown_verdict = window_column(), rule_column(), verdict_column()

    @admin.action(description=gettext_lazy("Open the chosen windows again, with a reason"))
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
