"""How lists of doctors are searched, filtered and sorted."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from experts.models import Doctor
from officedata.codes import discipline_of, first_level_choices
from ui.filters import ListFilter, Sorting, holding, named, saying


class DoctorFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name, initials, discipline or keyword")
    )
    active = django_filters.BooleanFilter(
        label=_("Takes part"), widget=forms.Select(choices=[("", _("all")), ("true", _("yes")), ("false", _("no"))])
    )
    discipline = django_filters.ChoiceFilter(
        choices=first_level_choices, lookup_expr="startswith", label=_("Discipline"), empty_label=_("all")
    )
    college = django_filters.CharFilter(method="in_college", label=_("College"))
    sort = Sorting(fields=["pinyin", "college", "discipline", "days_a_month", "most_hosts"])

    class Meta:
        model = Doctor
        fields = ["q", "active", "discipline", "college"]

    def in_college(self, rows: QuerySet[Doctor], name: str, value: str) -> QuerySet[Doctor]:
        return rows.filter(saying("college", value))

    def search(self, rows: QuerySet[Doctor], name: str, value: str) -> QuerySet[Doctor]:
        found = named("", value) | holding("folded_words", value)
        code = discipline_of(value)
        return rows.filter(found | Q(discipline__startswith=code) if code else found)
