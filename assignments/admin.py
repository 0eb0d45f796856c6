"""Orders, dispatches and projects in the admin. The table of assignments is in `service.admin`."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from assignments.actions import cancel_order, withdraw_dispatch
from assignments.models import Dispatch, Order, OrderChoice, Project
from ui.office_table import MonthFilter, ReasonForm, RecordInline, RecordTable, status_column
from ui.templatetags.ui_format import ymd
from ui.value_words import name_of


class ChoiceRows(RecordInline):
    model = OrderChoice
    fields = ["preference", "doctor"]
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderChoice]:
        return cast("QuerySet[OrderChoice]", super().get_queryset(request).select_related("doctor"))


class DispatchRows(RecordInline):
    model = Dispatch
    fields = ["doctor", "shown_status", "offered_at", "answer_by", "answered_on", "reason"]
    readonly_fields = ["shown_status"]
    shown_status = status_column()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispatch]:
        rows = super().get_queryset(request)
        return cast("QuerySet[Dispatch]", rows.select_related("doctor", "order__host__enterprise", "order__need"))


class OrderTable(RecordTable[Order]):
    list_display = ["need", "shown_status", "host", "batch", "university", "placed_on"]
    list_filter = ["status", "host__batch", "university", ("placed_at", MonthFilter)]
    search_fields = ["need__folded_title", "host__enterprise__pinyin"]
    list_select_related = ["need", "host__enterprise", "host__batch", "university", "placed_by"]
    inlines = [ChoiceRows, DispatchRows]
    fields = ["need", "host", "status", "university", "remark", "placed_by", "placed_at", "status_by", "status_at"]
    actions = ["cancel"]
    acts = {"cancel": "cancel"}
    shown_status = status_column()

    @admin.display(description=gettext_lazy("batch"), ordering="host__batch")
    def batch(self, order: Order) -> str:
        return str(order.host.batch)

    @admin.display(description=gettext_lazy("placed"), ordering="placed_at")
    def placed_on(self, order: Order) -> str:
        return ymd(order.placed_at)

    @admin.action(description=gettext_lazy("Cancel the chosen orders, with a reason"))
    def cancel(self, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        return self.ask(request, orders, ReasonForm, "cancel", cancel_order, at=timezone.now())


class DispatchTable(RecordTable[Dispatch]):
    list_display = ["doctor", "shown_status", "host", "need", "answer_by", "answered_on", "reason"]
    list_filter = ["status", "doctor__university", ("answer_by", MonthFilter)]
    search_fields = ["doctor__pinyin", "order__need__folded_title", "order__host__enterprise__pinyin"]
    list_select_related = ["doctor", "order__host__enterprise", "order__need"]
    fields = ["order", "doctor", "status", "offered_at", "answer_by", "answered_on", "reason"]
    actions = ["withdraw"]
    acts = {"withdraw": "withdraw"}
    shown_status = status_column()

    @admin.display(description=gettext_lazy("host"))
    def host(self, dispatch: Dispatch) -> str:
        return str(dispatch.order.host)

    @admin.display(description=gettext_lazy("need"))
    def need(self, dispatch: Dispatch) -> str:
        return name_of(dispatch.order.need)

    @admin.action(description=gettext_lazy("Withdraw the chosen offers, with a reason"))
    def withdraw(self, request: HttpRequest, dispatches: QuerySet[Dispatch]) -> HttpResponse | None:
        at, on = timezone.now(), timezone.localdate()
        return self.ask(request, dispatches, ReasonForm, "withdraw", withdraw_dispatch, at=at, on=on)


class ProjectTable(RecordTable[Project]):
    list_display = ["title", "kind", "enterprise", "assignment", "need_link"]
    list_filter = ["kind"]
    search_fields = ["title", "enterprise__pinyin", "assignment__doctor__pinyin"]
    list_select_related = ["enterprise", "assignment__doctor", "assignment__host__enterprise", "need"]

    @admin.display(description=gettext_lazy("need"))
    def need_link(self, project: Project) -> str | None:
        if project.need is None:
            return None
        return format_html('<a href="{}">{}</a>', project.need.get_absolute_url(), name_of(project.need))
