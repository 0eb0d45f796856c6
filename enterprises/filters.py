"""How lists of needs are searched and filtered."""

import re

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from enterprises.models import Need
from officedata.codes import first_level_choices
from officedata.text import halfwidth
from ui.filters import ListFilter, Sorting, holding, named

NUMBER = re.compile(r"XQ\d{4}(\d{5,9})", re.IGNORECASE)
CREDIT_CODE = re.compile(r"[0-9A-Z]{18}", re.IGNORECASE)
DISTRICT_CODE = re.compile(r"\d{6}")


def firm_found(path: str, text: str) -> Q:
    """Enterprises by name, pinyin, initials, credit code or code of the district; `path` leads to the enterprise."""
    code, start = halfwidth(text).strip(), f"{path}__" if path else ""
    if CREDIT_CODE.fullmatch(code):
        return Q(**{f"{start}credit_code": code.upper()})
    if DISTRICT_CODE.fullmatch(code):
        return Q(**{f"{start}district": code}) | named(path, text)
    return named(path, text)


def need_found(path: str, text: str) -> Q:
    """Needs by number or title; `path` leads to the need."""
    number = NUMBER.fullmatch(halfwidth(text).strip())
    return Q(**{path: int(number[1])}) if number else holding(f"{path}__folded_title", text)


def search_needs(rows: QuerySet[Need], text: str) -> QuerySet[Need]:
    """Needs whose number, words or enterprise (name, pinyin, initials, codes) hold the text, however it is spelled."""
    if found := NUMBER.fullmatch(halfwidth(text).strip()):
        return rows.filter(pk=int(found[1]))
    words = holding("folded_title", text) | holding("folded_words", text)
    return rows.filter(words | firm_found("enterprise", text))


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
