"""Enterprise visits of a survey (入企问需): put on a department's list, then recorded with the needs found."""

from collections import Counter
from functools import partial
from typing import Any, ClassVar, TypedDict

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from accounts.models import District, Office
from core.parameters import DayField
from core.permissions import check_permitted, get_permitted, may
from enterprises.actions import fill_sheet, plan_sheets
from enterprises.forms import LABELS, MISSING
from enterprises.models import Enterprise, Need, Survey, VisitSheet
from enterprises.public_words import say_places
from officedata.text import fold
from ui.act_page import Ask, act_page
from ui.filters import ListFilter, named
from ui.forms import ScopedForm, check_phone, offered
from ui.office_table import DayInput, person
from ui.templatetags.ui_format import masked

MOST_NEEDS = 5
MOST_ROWS = 500  # enterprises offered at once for a department's list
SHEETS = VisitSheet.objects.select_related("survey", "enterprise__district", "department", "filled_by")


# -- Recording a visit -------------------------------------------------------------------------------------------


class FoundForm(forms.ModelForm[Need]):
    """A need heard on a visit. The enterprise's phone is offered masked; sent back unchanged it means that phone."""

    class Meta:
        model = Need
        fields = ["title", "kind", "problem", "target", "contact_name", "contact_phone"]
        labels = LABELS
        error_messages = {name: {"required": text} for name, text in MISSING.items()}
        widgets = {
            "problem": forms.Textarea(attrs={"rows": 4}),
            "target": forms.Textarea(attrs={"rows": 2}),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        self.phone = enterprise.contact_phone
        contact = {"contact_name": enterprise.contact_name, "contact_phone": masked(self.phone)}
        super().__init__(*args, **{**kwargs, "initial": contact})
        for name in ("contact_name", "contact_phone"):
            self.fields[name].required = True

    def has_changed(self) -> bool:
        """Kind and contact are filled in beforehand, so they are no change: a need is what somebody wrote."""
        return bool({"title", "problem", "target"} & set(self.changed_data))

    def clean_contact_phone(self) -> str:
        phone: str = self.cleaned_data["contact_phone"].strip()
        if self.phone and phone == masked(self.phone):
            return self.phone
        check_phone(phone)
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        say_places(self, data)
        return data


class FoundRows(forms.BaseFormSet[FoundForm]):
    def facts(self) -> list[dict[str, Any]]:
        """What the action writes: the needs somebody wrote, in their order."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]


Found = forms.formset_factory(
    FoundForm, formset=FoundRows, extra=MOST_NEEDS, max_num=MOST_NEEDS, absolute_max=MOST_NEEDS, validate_max=True
)


class SheetForm(forms.Form):
    """A visit, and in `found` the needs heard on it."""

    SAID_AT: ClassVar[dict[str, str]] = {"future": "visited_on", "people_missing": "people"}

    visited_on = DayField(label=gettext_lazy("Visited on"), widget=DayInput, initial=timezone.localdate)
    people = forms.CharField(
        label=gettext_lazy("Who went"),
        max_length=120,
        help_text=gettext_lazy("Names, parted by commas."),
        error_messages={"required": gettext_lazy("Name the people who made the visit.")},
    )
    remarks = forms.CharField(
        label=gettext_lazy("Remarks"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, files: Any = None, *, enterprise: Enterprise) -> None:
        super().__init__(data, files)
        self.found: Any = Found(data, prefix="needs", form_kwargs={"enterprise": enterprise})

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.found.is_valid()])

    def facts(self) -> dict[str, Any]:
        """What the action writes."""
        return {**self.cleaned_data, "needs": self.found.facts()}


def sheet_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a visit once; what is recorded is read here afterwards. Whoever comes second with his own record reads
    so beside what he typed."""
    user = person(request)
    sheet = get_permitted(SHEETS.all(), "view", user, pk=pk)
    if request.method != "POST" and sheet.visited_on is not None:
        return _recorded(request, sheet)
    check_permitted(sheet, "fill", user)
    coverage = f"{reverse('admin:survey_coverage', args=[sheet.survey_id])}?state=planned"
    title = _("Record a visit")
    crumbs = [(_("Talent office"), reverse("admin:index")), (str(sheet.survey), coverage), (title, "")]
    return act_page(
        request, sheet, partial(SheetForm, enterprise=sheet.enterprise), fill_sheet,
        ask=Ask(title, _("Record the visit"), crumbs=crumbs, base="office/base.html"), done=_said, back=coverage,
        leads_to=reverse("admin:sheet_fill", args=[pk]), template="office/sheet_fill.html", facts={"sheet": sheet},
    )  # fmt: skip


def _said(needs: list[Need]) -> str:
    if not needs:
        return _("The visit is recorded: no need was found.")
    words = ngettext(
        "The visit is recorded; %(count)s need goes to review.",
        "The visit is recorded; %(count)s needs go to review.",
        len(needs),
    )
    return words % {"count": len(needs)}


def _recorded(request: HttpRequest, sheet: VisitSheet) -> HttpResponse:
    """The needs found on the visit; a need outside the reader's area is named without a link."""
    seen = set(Need.objects.visible_to(person(request)).filter(sheets=sheet).values_list("pk", flat=True))
    needs = [{"need": need, "seen": need.pk in seen} for need in sheet.needs.order_by("pk")]
    return render(request, "office/sheet_recorded.html", {"sheet": sheet, "needs": needs})


# -- Planning visits ---------------------------------------------------------------------------------------------


class UnplannedFilter(ListFilter):
    q = CharFilter(method="search", label=gettext_lazy("Search"), help_text=gettext_lazy("Enterprise, pinyin, code"))
    district = ModelChoiceFilter(
        queryset=offered(District), label=gettext_lazy("District"), empty_label=gettext_lazy("all")
    )
    enterprise_class = ChoiceFilter(
        choices=Enterprise.Class.choices, label=gettext_lazy("Class"), empty_label=gettext_lazy("all")
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def search(self, rows: QuerySet[Enterprise], name: str, value: str) -> QuerySet[Enterprise]:
        return rows.filter(named("", value) | Q(credit_code__iexact=fold(value)))


class PlanForm(ScopedForm):
    department = forms.ModelChoiceField(
        Office.objects.filter(kind=Office.Kind.DEPARTMENT),
        label=gettext_lazy("Department that visits"),
        error_messages={"required": gettext_lazy("Choose the department that visits.")},
    )
    enterprise = forms.ModelMultipleChoiceField(
        Enterprise.objects.all(),
        label=gettext_lazy("Enterprises"),
        error_messages={"required": gettext_lazy("Choose at least one enterprise.")},
    )

    def facts(self) -> dict[str, Any]:
        """What the action writes."""
        return {"department": self.cleaned_data["department"], "enterprises": self.cleaned_data["enterprise"]}


def survey_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Put enterprises that have no sheet yet on a department's list; a chosen district is ticked whole."""
    user = person(request)
    if not may(user, "add", VisitSheet):
        raise PermissionDenied
    survey = get_object_or_404(Survey.objects.visible_to(user), pk=pk)
    back, title = reverse("admin:survey_coverage", args=[pk]), _("Plan visits")
    crumbs = [(_("Talent office"), reverse("admin:index")), (str(survey), back), (title, "")]
    lede = _("Enterprises that have no visit sheet in this survey. Choose a district: all of it stands ticked.")
    return act_page(
        request, survey, partial(PlanForm, user=user), plan_sheets, back=back, done=_planned,
        ask=Ask(title, _("Put on the department's list"), lede, crumbs=crumbs, base="office/base.html"),
        template="office/survey_plan.html", facts=_unplanned(request, survey),
    )  # fmt: skip


class UnplannedPart(TypedDict):
    """What office/survey_plan.html reads beside the form; `count` is how many the filters leave, `most` how many are
    listed at most."""

    survey: Survey
    filter: UnplannedFilter
    count: int
    rows: list[dict[str, Any]]
    most: int


def _unplanned(request: HttpRequest, survey: Survey) -> UnplannedPart:
    """The enterprises that can be put on a list, as far as the filters leave them."""
    seen = Enterprise.objects.visible_to(person(request))
    filters = UnplannedFilter(request.GET, seen.exclude(sheets__survey=survey), request=request)
    rows = filters.qs.select_related("district", "department").order_by("pinyin", "pk")
    ticked = _ticked(request)
    return {
        "survey": survey,
        "filter": filters,
        "count": rows.count(),
        "rows": [{"enterprise": one, "ticked": ticked is None or str(one.pk) in ticked} for one in rows[:MOST_ROWS]],
        "most": MOST_ROWS,
    }


def _ticked(request: HttpRequest) -> set[str] | None:
    """The enterprises that are ticked; None means all of them."""
    if request.method == "POST":
        return set(request.POST.getlist("enterprise"))
    return None if request.GET.get("district") else set()


def _planned(sheets: list[VisitSheet]) -> str:
    """On whose list the chosen enterprises are now: one that another department had planned stays with it."""
    return " ".join(
        ngettext(
            "%(count)s enterprise is on the list of %(department)s.",
            "%(count)s enterprises are on the list of %(department)s.",
            count,
        )
        % {"count": count, "department": department}
        for department, count in sorted(Counter(str(sheet.department) for sheet in sheets).items())
    )
