"""Who is behind this month: one row for each assignment at risk, to be filtered, exported and reminded."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from accounts.models import District
from core.parameters import keys_of
from core.permissions import may
from enterprises.models import Enterprise, Host
from experts.models import Doctor, University
from officedata.months import Month
from officedata.text import fold
from programmes.models import Batch
from service import told
from service.actions import remind
from service.models import Standing
from service.progress import any_monthly, batches_with
from ui.chosen import Chosen, ask_for
from ui.exports import Column
from ui.filters import ListFilter, named
from ui.forms import offered
from ui.lists import Empty, ListPage
from ui.office_table import person

PARTIES = ["assignment__doctor__university", "assignment__doctor__user", "assignment__host__enterprise__district"]
# Sort words of the address → fields, ascending; the key comes last so that pages never overlap.
SORTS: dict[str, list[Any]] = {
    "doctor": ["assignment__doctor__pinyin"],
    "enterprise": ["assignment__host__enterprise__pinyin"],
    "university": ["assignment__doctor__university__pinyin"],
    "due": ["month_due"],
    "done": ["month_days"],
    "owed": ["owed"],
    "last": [F("last_visit_on").asc(nulls_first=True)],
    "reminded": [F("reminded_on").asc(nulls_first=True)],
}


class BehindFilter(ListFilter):
    q = CharFilter(
        method="search",
        label=gettext_lazy("Search"),
        help_text=gettext_lazy("Doctor, enterprise, pinyin initials, code"),
    )
    district = ModelChoiceFilter(
        field_name="assignment__host__enterprise__district",
        queryset=offered(District),
        label=gettext_lazy("District"),
        empty_label=gettext_lazy("all"),
    )
    university = ModelChoiceFilter(
        field_name="assignment__doctor__university",
        queryset=offered(University),
        label=gettext_lazy("University"),
        empty_label=gettext_lazy("all"),
    )
    pace = ChoiceFilter(choices=Standing.Pace.choices, label=gettext_lazy("Pace"), empty_label=gettext_lazy("all"))
    batch = ModelChoiceFilter(
        field_name="assignment__batch",
        queryset=offered(Batch),
        label=gettext_lazy("Batch"),
        empty_label=gettext_lazy("all"),
    )

    class Meta:
        model = Standing
        fields: list[str] = []

    def search(self, rows: QuerySet[Standing], name: str, value: str) -> QuerySet[Standing]:
        """By keys found beforehand: doctors and hosts are fewer, and joined to nothing."""
        doctors = Doctor.objects.filter(named("", value))
        firms = Enterprise.objects.filter(named("", value) | Q(credit_code__iexact=fold(value)))
        hosts = Host.objects.filter(enterprise__in=firms)
        return rows.filter(Q(assignment__doctor__in=doctors.values("pk")) | Q(assignment__host__in=hosts.values("pk")))


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("A line of your own (not required)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The reminder names the month and the days served so far by itself."),
    )


def _turned(column: Any) -> Any:
    if isinstance(column, str):
        return f"-{column}"
    column = column.copy()
    column.reverse_ordering()
    return column


class BehindList(ListPage):
    """One row for each assignment at risk, those who owe most first; page, export and REST share it."""

    model, verb, base = Standing, "view", "office/base.html"
    filterset_class, paginate_by, dense = BehindFilter, 50, True
    title, template_name = gettext_lazy("Who is behind"), "office/behind.html"
    none = Empty(gettext_lazy("Nobody is behind"), gettext_lazy("Every assignment keeps its pace this month."))
    none_found = gettext_lazy("Nobody fits these filters")

    def seen(self) -> QuerySet[Standing]:
        return Standing.objects.visible_to(self.user).behind()

    def get_queryset(self) -> QuerySet[Standing]:
        asked = self.request.GET.get("sort", "-owed")
        columns = SORTS.get(asked.removeprefix("-"), ["owed"])
        return self.seen().order_by(*(_turned(one) if asked.startswith("-") else one for one in columns), "pk")

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Keys first: sorting and skipping sixty thousand rows is cheap as long as nothing is joined to them."""
        return super().paginate_queryset(queryset.values_list("pk", flat=True), page_size)

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        keys = list(page.object_list)
        found = Standing.objects.select_related(*PARTIES).in_bulk(keys)
        return [found[key] for key in keys]

    def exported(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related(*PARTIES)

    def get_columns(self) -> Sequence[Column]:
        left = days_left(timezone.localdate())
        if not self._with_months():
            return [*PERSON, *OF_TERM, *LATELY]
        return [
            *PERSON,
            *OF_MONTH,
            *OF_TERM,
            Column(gettext_lazy("Days left in the month"), 12, lambda row: left),
            *LATELY,
        ]

    def facts(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {
            "today": today, "month": Month.of(today), "left": days_left(today), "form": NoteForm(),
            "with_months": self._with_months(),
        }  # fmt: skip

    def _with_months(self) -> bool:
        """Whether some of those behind are judged month by month."""
        return any_monthly(batches_with(self.seen(), "assignment__batch"))


@require_http_methods(["GET", "HEAD", "POST"])
def behind(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return BehindList.as_view()(request)
    if not may(person(request), "view", Standing):
        raise PermissionDenied
    return _remind(request)


def days_left(today: date) -> int:
    """Days of the month on which somebody can still serve, today among them."""
    return (Month.of(today).last - today).days + 1


def _remind(request: HttpRequest) -> HttpResponse:
    """Remind the chosen; without scripts the note is asked for on a page of its own first."""
    keys = keys_of(request.POST.getlist("chosen"))
    seen = Standing.objects.visible_to(person(request)).behind().filter(pk__in=keys)
    chosen = list(seen.select_related(*PARTIES).order_by("-owed", "pk"))
    if not chosen:
        messages.warning(request, _("Choose the doctors to be reminded first."))
        return _back(request)
    if not all(may(person(request), "remind", each) for each in chosen):
        raise PermissionDenied
    form = NoteForm(request.POST if "note" in request.POST else None)
    if not form.is_valid():
        rows = [Chosen(row.pk, row.assignment.doctor, row.assignment.host.enterprise) for row in chosen]
        return ask_for(
            request, form, rows, name="chosen", button=_("Send the reminder"), list_title=_("Who is behind"),
            heading=ngettext("Remind %(n)s doctor", "Remind %(n)s doctors", len(rows)) % {"n": len(rows)},
        )  # fmt: skip
    now, today = timezone.now(), timezone.localdate()
    done = remind(chosen, by=person(request), at=now, on=today, note=form.cleaned_data["note"])
    for level, words in told.reminded(done):
        messages.add_message(request, level, words)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    query = request.GET.urlencode()
    return redirect(reverse("admin:behind") + (f"?{query}" if query else ""))


@require_safe
def behind_export(request: HttpRequest) -> HttpResponseRedirect:
    """The former address of the export, which is now at `?export=xlsx`; it redirects old links."""
    asked = request.GET.copy()
    asked["export"] = "xlsx"
    return redirect(f"{reverse('admin:behind')}?{asked.urlencode()}")


PERSON = [
    Column(gettext_lazy("Doctor"), 12, "assignment.doctor.name"),
    Column(gettext_lazy("University"), 24, "assignment.doctor.university.name"),
    Column(gettext_lazy("Enterprise"), 36, "assignment.host.enterprise.name"),
    Column(gettext_lazy("Unified social credit code"), 24, "assignment.host.enterprise.credit_code"),
    Column(gettext_lazy("District"), 14, "assignment.host.enterprise.district.name"),
]
OF_MONTH = [
    Column(gettext_lazy("Month"), 10, lambda row: Month.of(row.month) if row.month else None),
    Column(gettext_lazy("Days due this month"), 12, "month_due"),
    Column(gettext_lazy("Days done this month"), 12, "month_days"),
    Column(gettext_lazy("Days awaiting confirmation"), 14, "month_awaiting"),
]
OF_TERM = [
    Column(gettext_lazy("Days owed this year"), 12, "owed"),
    Column(gettext_lazy("Days served"), 10, "days_counted"),
    Column(gettext_lazy("Days promised"), 10, "target"),
]
LATELY = [
    Column(gettext_lazy("Last visit"), 12, "last_visit_on"),
    Column(gettext_lazy("Pace"), 16, lambda row: row.get_pace_display()),
    Column(gettext_lazy("Last reminded"), 12, "reminded_on"),
]
