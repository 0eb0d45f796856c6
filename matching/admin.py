"""Needs with their shortlists, match runs, plans and feedback in the admin."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assignments.actions import withdraw_need
from assignments.models import Order
from assignments.round_needs import needs_of_round
from core.permissions import may
from enterprises.actions import return_need
from enterprises.models import Need
from matching import actions
from matching.models import FactorWeights, Feedback, MatchRun, Override, PlanLine, PlanQuota, Suggestion
from matching.weights import WHY
from matching.wording import WHY_UNSERVED
from programmes.filters import BatchFilter
from programmes.models import Batch
from ui.office_table import MonthFilter, ReasonForm, RecordInline, RecordTable, masked_column, person, status_column
from ui.templatetags.ui_format import wan, ymd
from ui.value_words import name_of


class SuggestionRows(RecordInline):
    model = Suggestion
    fields = ["rank", "doctor", "score", "strength"]
    verbose_name_plural = gettext_lazy("shortlist in force")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        rows = super().get_queryset(request).filter(current=True)
        return cast("QuerySet[Suggestion]", rows.select_related("doctor", "need").order_by("rank"))


class OrderRows(RecordInline):
    model = Order
    fk_name = "need"
    fields = ["host", "shown_status", "placed_by", "placed_at"]
    readonly_fields = ["shown_status"]
    shown_status = status_column()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        rows = super().get_queryset(request)
        return cast("QuerySet[Order]", rows.select_related("host__enterprise", "need", "placed_by"))


class RoundFilter(BatchFilter):
    """Needs of the round of a batch, as its page counts them."""

    parameter_name = "round"

    def of_batch(self, rows: Any, batch: Batch) -> QuerySet[Any]:
        return needs_of_round(rows, batch)


class HeldBackFilter(admin.SimpleListFilter):
    """Needs meant for everyone that are not public, because their text has a personal number."""

    title, parameter_name = gettext_lazy("Public page"), "public"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("held", gettext_lazy("held back: personal numbers"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return cast("Any", queryset).held_back() if self.value() == "held" else queryset


# What an enterprise writes and no other part of the page of the table names.
OTHERS = [name for name in Need.WRITTEN if name not in {
    "title", "kind", "visibility", "problem", "target", "basis", "keywords", "field", "way", "budget_low",
    "budget_high", "due_on", "expires_on", "discipline", "discipline_required", "days_a_month", "most_km",
    "contact_name", "contact_phone",
}]  # fmt: skip


class NeedTable(RecordTable[Need]):
    list_display = ["number", "title", "shown_status", "enterprise", "district", "kind", "submitted_on"]
    list_display_links = ["number", "title"]
    list_filter = [
        "status", "kind", "source", "visibility", HeldBackFilter, "enterprise__district", RoundFilter,
        ("submitted_at", MonthFilter),
    ]  # fmt: skip
    links = ("enterprise",)
    masks = ("contact_phone",)
    search_fields = ["folded_title", "folded_words", "enterprise__pinyin", "enterprise__credit_code"]
    list_select_related = ["enterprise__district"]
    fieldsets = [
        (None, {"fields": [
            "number", "status", "title", "enterprise", "kind", "visibility", "return_reason",
        ]}),
        (gettext_lazy("What is needed"), {"fields": [
            "problem", "target", "basis", "keywords", "field", "way", "budget", "due_on", "expires_on", *OTHERS,
        ]}),
        (gettext_lazy("What is asked of the doctor"), {"fields": [
            "discipline", "discipline_required", "days_a_month", "most_km",
        ]}),
        (gettext_lazy("Contact and course"), {"fields": [
            "contact_name", "masked_contact_phone", "source", "created_at", "submitted_at", "published_at", "status_by",
            "status_at",
        ]}),
    ]  # fmt: skip
    masked_contact_phone = masked_column("contact_phone", gettext_lazy("contact phone"))
    readonly_fields = ["number", "budget", "masked_contact_phone"]
    inlines = [SuggestionRows, OrderRows]
    actions = ["publish", "send_back", "match_again", "withdraw"]
    acts = {"publish": "publish", "send_back": "return", "match_again": "review", "withdraw": "withdraw"}
    shown_status = status_column()

    def row_tools(self, request: HttpRequest, obj: Need) -> list[dict[str, str]]:
        """The need's page with its orders, and the enterprise's form while the need can be rewritten."""
        tools = [{"url": obj.get_absolute_url(), "label": _("Open the need")}]
        if obj.status in (Need.Status.DRAFT, Need.Status.RETURNED) and may(person(request), "edit", obj):
            tools.append({"url": reverse("need_edit", args=[obj.pk]), "label": _("Edit the need")})
        return tools

    @admin.display(description=gettext_lazy("number of the need"), ordering="pk")
    def number(self, need: Need) -> str:
        return need.number

    @admin.display(description=gettext_lazy("budget"))
    def budget(self, need: Need) -> str:
        ends = [each for each in (need.budget_low, need.budget_high) if each is not None]
        return "～".join(map(wan, dict.fromkeys(ends)))

    @admin.display(description=gettext_lazy("district"), ordering="enterprise__district")
    def district(self, need: Need) -> str:
        return str(need.enterprise.district)

    @admin.display(description=gettext_lazy("submitted"), ordering="submitted_at")
    def submitted_on(self, need: Need) -> str:
        return ymd(need.submitted_at)

    @admin.action(description=gettext_lazy("Publish the chosen needs"))
    def publish(self, request: HttpRequest, needs: QuerySet[Need]) -> None:
        self.each(request, needs, "publish", actions.publish_need, at=timezone.now())

    @admin.action(description=gettext_lazy("Return the chosen needs, with a reason"))
    def send_back(self, request: HttpRequest, needs: QuerySet[Need]) -> HttpResponse | None:
        return self.ask(request, needs, ReasonForm, "return", return_need, at=timezone.now())

    @admin.action(description=gettext_lazy("Make the shortlists anew"))
    def match_again(self, request: HttpRequest, needs: QuerySet[Need]) -> None:
        self.each(request, needs.matchable(), "review", actions.ask_for_match, at=timezone.now())  # type: ignore[attr-defined]

    @admin.action(description=gettext_lazy("Withdraw the chosen needs, with a reason"))
    def withdraw(self, request: HttpRequest, needs: QuerySet[Need]) -> HttpResponse | None:
        return self.ask(request, needs, ReasonForm, "withdraw", withdraw_need, at=timezone.now())


class MatchRunTable(RecordTable[MatchRun]):
    list_display = ["subject", "started_at", "finished_at"]
    list_filter = [("batch", admin.EmptyFieldListFilter), ("started_at", MonthFilter)]
    fields = ["subject", "started_at", "finished_at", "job"]
    readonly_fields = ["subject"]
    search_fields = ["need__folded_title", "batch__name"]
    list_select_related = ["batch", "need"]

    @admin.display(description=gettext_lazy("for"))
    def subject(self, run: MatchRun) -> str:
        return str(run.batch) if run.need is None else name_of(run.need)


class SuggestionTable(RecordTable[Suggestion]):
    list_display = ["need", "rank", "doctor", "score", "strength", "current"]
    list_filter = ["current", "strength"]
    search_fields = ["need__folded_title", "doctor__pinyin"]
    list_select_related = ["need", "doctor"]
    fields = ["need", "doctor", "rank", "score", "strength", "current", "points", "quotes", "unknown", "against"]


class WhyNobody(admin.SimpleListFilter):
    """Needs the plan gives nobody, by the reason."""

    title = gettext_lazy("why nobody")
    parameter_name = "why"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(WHY_UNSERVED.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[PlanLine]) -> QuerySet[PlanLine]:
        return queryset.filter(why_none=self.value()) if self.value() else queryset


class PlanLineTable(RecordTable[PlanLine]):
    list_display = ["need", "doctor", "score", "why_nobody", "run"]
    list_filter = [WhyNobody]
    search_fields = ["need__folded_title", "doctor__pinyin"]
    list_select_related = ["need", "doctor", "run__batch", "run__need"]
    fields = ["need", "doctor", "score", "strength", "why_nobody", "lead", "pinned", "order", "run"]
    readonly_fields = ["why_nobody"]

    @admin.display(description=gettext_lazy("why nobody"), ordering="why_none")
    def why_nobody(self, line: PlanLine) -> str:
        return str(WHY_UNSERVED.get(line.why_none, ""))


class OverrideTable(RecordTable[Override]):
    list_display = ["kind", "need", "doctor", "reason", "made_by", "made_on", "lifted_by", "batch"]
    list_filter = ["kind", ("lifted_at", admin.EmptyFieldListFilter), "batch", ("made_at", MonthFilter)]
    search_fields = ["need__folded_title", "doctor__pinyin", "reason"]
    list_select_related = ["batch", "need", "doctor", "made_by", "lifted_by"]

    @admin.display(description=pgettext_lazy("moment", "decided"), ordering="made_at")
    def made_on(self, override: Override) -> str:
        return ymd(override.made_at)


class PlanQuotaTable(RecordTable[PlanQuota]):
    list_display = ["batch", "university", "enterprise_class", "most"]
    list_filter = ["batch", "enterprise_class"]
    search_fields = ["university__pinyin", "batch__name"]
    list_select_related = ["batch", "university"]


class FeedbackTable(RecordTable[Feedback]):
    list_display = ["need", "doctor", "kind", "reason", "rank", "score", "happened_on"]
    list_filter = ["kind", ("at", MonthFilter)]
    fields = ["need", "doctor", "kind", "reason", "rank", "score", "points", "by", "at"]
    search_fields = ["need__folded_title", "doctor__pinyin", "reason"]
    list_select_related = ["need", "doctor"]

    @admin.display(description=pgettext_lazy("moment", "at"), ordering="at")
    def happened_on(self, row: Feedback) -> str:
        return ymd(row.at)


class FactorWeightsTable(RecordTable[FactorWeights]):
    list_display = ["version", "current", "adopted", "reason", "made_by", "made_on"]
    list_filter = ["adopted", "current"]
    search_fields = ["why"]
    list_select_related = ["made_by"]
    fields = ["version", "current", "adopted", "reason", "weights", "made_by", "made_at"]
    readonly_fields = ["reason"]

    @admin.display(description=pgettext_lazy("moment", "decided"), ordering="made_at")
    def made_on(self, weights: FactorWeights) -> str:
        return ymd(weights.made_at)

    @admin.display(description=gettext_lazy("why"), ordering="why")
    def reason(self, weights: FactorWeights) -> str:
        return str(WHY.get(weights.why, weights.why))
