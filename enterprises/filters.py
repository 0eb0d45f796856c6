"""How lists of needs are searched and filtered."""

import re

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from enterprises.models import Need
from officedata.codes import first_level_choices
from officedata.text import halfwidth
from ui.filters import ListFilter, Sorting, holding, named

NUMBER = re.compile(r"XQ\d{4}(\d{5,9})", re.IGNORECASE)


def search_needs(rows: QuerySet[Need], text: str) -> QuerySet[Need]:
    """Needs whose number, words or enterprise (Chinese, pinyin or initials) hold the text, however it is spelled."""
    if found := NUMBER.fullmatch(halfwidth(text).strip()):
        return rows.filter(pk=int(found[1]))
    words = holding("folded_title", text) | holding("folded_words", text)
    return rows.filter(words | named("enterprise", text))


class PublicNeedFilter(ListFilter):
    """What anybody may ask of the published needs."""

    q = django_filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Material, process, enterprise or number")
    )
    kind = django_filters.ChoiceFilter(choices=Need.Kind.choices, label=_("Kind"), empty_label=_("all"))
    district = django_filters.ModelChoiceFilter(
        field_name="enterprise__district", queryset=District.objects.all(), label=_("District"), empty_label=_("all")
    )
    discipline = django_filters.ChoiceFilter(
        choices=first_level_choices, lookup_expr="startswith", label=_("Discipline"), empty_label=_("all")
    )

    class Meta:
        model = Need
        fields = ["q", "kind", "district", "discipline"]

    def search(self, rows: QuerySet[Need], name: str, value: str) -> QuerySet[Need]:
        return search_needs(rows, value)


class NeedFilter(ListFilter):
    """What someone asks of the needs he sees."""

    q = django_filters.CharFilter(method="search", label=_("Search"), help_text=_("Title, words or number"))
    status = django_filters.ChoiceFilter(choices=Need.Status.choices, label=_("Status"), empty_label=_("all"))
    kind = django_filters.ChoiceFilter(choices=Need.Kind.choices, label=_("Kind"), empty_label=_("all"))
    sort = Sorting(fields=["title", "created_at", "status", "enterprise__pinyin"])

    class Meta:
        model = Need
        fields = ["q", "status", "kind"]

    def search(self, rows: QuerySet[Need], name: str, value: str) -> QuerySet[Need]:
        return search_needs(rows, value)
