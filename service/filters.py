"""How lists of visits, assignments and waivers are searched, filtered and sorted."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment
from enterprises.filters import firm_found
from experts.models import University
from officedata.months import Month
from service.models import Standing, Visit, Waiver
from ui.filters import ListFilter, MonthFilter, Sorting, named, saying
from ui.forms import offered


class VisitFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Doctor or enterprise, also initials")
    )
    status = django_filters.ChoiceFilter(choices=Visit.Status.choices, label=_("Status"), empty_label=_("all"))
    month = MonthFilter(method="in_month", label=_("Month"), widget=forms.TextInput(attrs={"type": "month"}))
    sort = Sorting(
        fields={
            "starts_on": "starts_on",
            "logged_at": "logged_at",
            "doctor__pinyin": "doctor",
            "enterprise__pinyin": "enterprise",
        }
    )

    class Meta:
        model = Visit
        fields = ["q", "status", "month"]

    def search(self, rows: QuerySet[Visit], name: str, value: str) -> QuerySet[Visit]:
        return rows.filter(named("doctor", value) | firm_found("enterprise", value) | saying("content", value))

    def in_month(self, rows: QuerySet[Visit], name: str, value: Month) -> QuerySet[Visit]:
        """Visits with a day in the month."""
        return rows.filter(starts_on__lte=value.last, ends_on__gte=value.first)


class AssignmentFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Doctor or enterprise, also initials")
    )
    status = django_filters.ChoiceFilter(choices=Assignment.Status.choices, label=_("Status"), empty_label=_("all"))
    pace = django_filters.ChoiceFilter(
        field_name="standing_pace", choices=Standing.Pace.choices, label=_("Pace"), empty_label=_("all")
    )
    behind = django_filters.ChoiceFilter(
        method="at_risk", choices=[("yes", _("at risk"))], label=_("Behind"), empty_label=_("all")
    )
    sort = Sorting(
        fields={
            "starts_on": "starts_on",
            "doctor__pinyin": "doctor",
            "host__enterprise__pinyin": "host",
            "standing_owed": "owed",
            "standing_days_counted": "days",
            "standing_last_visit_on": "last_visit",
        }
    )

    class Meta:
        model = Assignment
        fields = ["q", "status", "pace", "behind"]

    def at_risk(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(standing_behind=True)

    def search(self, rows: QuerySet[Assignment], name: str, value: str) -> QuerySet[Assignment]:
        return rows.filter(named("doctor", value) | firm_found("host__enterprise", value))


class WaiverFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=_("Search"), help_text=_("Doctor, enterprise, pinyin initials, code")
    )
    month = MonthFilter(method="of_month", label=_("Month"), widget=forms.TextInput(attrs={"type": "month"}))
    university = django_filters.ModelChoiceFilter(
        field_name="assignment__doctor__university",
        queryset=offered(University),
        label=_("University"),
        empty_label=_("all"),
    )

    class Meta:
        model = Waiver
        fields: ClassVar[list[str]] = []

    def search(self, rows: QuerySet[Waiver], name: str, value: str) -> QuerySet[Waiver]:
        return rows.filter(named("assignment__doctor", value) | firm_found("assignment__host__enterprise", value))

    def of_month(self, rows: QuerySet[Waiver], name: str, value: Month) -> QuerySet[Waiver]:
        return rows.filter(month=value.first)
