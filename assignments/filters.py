"""How lists of orders and dispatches are searched and filtered."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assignments.models import Dispatch, Order
from enterprises.filters import firm_found, need_found
from ui.filters import ListFilter, Sorting, named


class DispatchFilter(ListFilter):
    q = django_filters.CharFilter(method="search", label=_("Search"), help_text=_("Doctor, enterprise or need"))
    status = django_filters.ChoiceFilter(choices=Dispatch.Status.choices, label=_("Status"), empty_label=_("all"))
    sort = Sorting(
        fields={"answer_by": "answer_by", "offered_at": "offered_at", "doctor__pinyin": "doctor"},
    )

    class Meta:
        model = Dispatch
        fields = ["q", "status"]

    def search(self, rows: QuerySet[Dispatch], name: str, value: str) -> QuerySet[Dispatch]:
        found = named("doctor", value) | firm_found("order__host__enterprise", value)
        return rows.filter(found | need_found("order__need", value))


class OrderFilter(ListFilter):
    q = django_filters.CharFilter(method="search", label=_("Search"), help_text=_("Need, enterprise or doctor"))
    status = django_filters.ChoiceFilter(choices=Order.Status.choices, label=_("Status"), empty_label=_("all"))
    sort = Sorting(fields=["placed_at", "status", "host__enterprise__pinyin"])

    class Meta:
        model = Order
        fields = ["q", "status"]

    def search(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        found = firm_found("host__enterprise", value) | need_found("need", value)
        asked = Order.objects.filter(named("doctors", value)).values("pk")
        return rows.filter(found | Q(pk__in=asked))
