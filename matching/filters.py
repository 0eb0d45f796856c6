"""How lists of dispatches are searched and filtered."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from experts.filters import Sorting, named
from matching.models import Dispatch


class DispatchFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"), help_text=_("Doctor, enterprise or need"))
    status = django_filters.ChoiceFilter(choices=Dispatch.Status.choices, label=_("Status"), empty_label="—")
    sort = Sorting(
        fields={"answer_by": "answer_by", "offered_at": "offered_at", "doctor__pinyin": "doctor"},
    )

    class Meta:
        model = Dispatch
        fields = ["q", "status"]

    def search(self, rows: QuerySet[Dispatch], name: str, value: str) -> QuerySet[Dispatch]:
        found = named("doctor", value) | named("order__host__enterprise", value)
        return rows.filter(found | Q(order__need__title__icontains=value))
