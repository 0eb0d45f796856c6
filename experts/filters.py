"""How lists of doctors are searched, filtered and sorted."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from experts.models import Doctor
from officedata.codes import discipline_of, first_level_choices
from officedata.tables.cells import clean_text
from ui.filters import ListFilter, Sorting, named


class DoctorFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Name, initials, discipline or keyword")
    )
    active = django_filters.BooleanFilter(
        label=_("Takes part"), widget=forms.Select(choices=[("", "—"), ("true", _("yes")), ("false", _("no"))])
    )
    discipline = django_filters.ChoiceFilter(
        choices=first_level_choices, lookup_expr="startswith", label=_("Discipline"), empty_label=_("all")
    )
    college = django_filters.CharFilter(lookup_expr="icontains", label=_("College"))
    sort = Sorting(fields=["pinyin", "college", "discipline", "days_a_month", "most_hosts"])

    class Meta:
        model = Doctor
        fields = ["q", "active", "discipline", "college"]

    def search(self, rows: QuerySet[Doctor], name: str, value: str) -> QuerySet[Doctor]:
        text = clean_text(value)
        found = (
            named("", text) | Q(directions__icontains=text) | Q(keywords__icontains=text) | Q(fields__icontains=text)
        )
        code = discipline_of(text)
        return rows.filter(found | Q(discipline__startswith=code) if code else found)
