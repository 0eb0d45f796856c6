"""The office's page that puts one enterprise on a department's list of visits."""

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from enterprises.actions import plan_sheets
from enterprises.models import Enterprise, Survey, VisitSheet
from ui.choosers import NamedRowField
from ui.forms import ScopedForm
from ui.office_table import First, FormPage

BEFORE_A_VISIT = [
    First(Survey, _("No survey yet"), _("A visit belongs to a survey. Plan the survey first."), _("Plan a survey")),
    First(
        Enterprise,
        _("No enterprise yet"),
        _("A visit leads to an enterprise. Enter the enterprise first."),
        _("Enter an enterprise"),
    ),
]


class SheetPlanForm(ScopedForm):
    survey = forms.ModelChoiceField(Survey.objects.all(), label=_("Survey"))
    enterprise = NamedRowField(
        Enterprise.objects.all(),
        label=_("Enterprise"),
        help_text=_("Type a part of the name or its pinyin initials, and choose from the list."),
    )
    department = forms.ModelChoiceField(
        Office.objects.filter(kind=Office.Kind.DEPARTMENT), label=_("Department that visits")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enterprise: Any = self.fields["enterprise"]
        enterprise.offer(enterprise.queryset)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        survey, enterprise = data.get("survey"), data.get("enterprise")
        if survey and enterprise and enterprise.sheets.filter(survey=survey).exists():
            self.add_error("enterprise", _("It is already on a list of this survey."))
        return data


def sheet_page(page: FormPage[VisitSheet]) -> HttpResponseBase:
    """Plan one visit; it is recorded, and read afterwards, on the page of its sheet."""
    if lacking := page.lacking(BEFORE_A_VISIT):
        return lacking
    asked = {name: page.request.GET.get(name) for name in ("survey", "department")}
    form = SheetPlanForm(page.data, initial=asked, user=page.user)

    def save() -> VisitSheet:
        survey, department = form.cleaned_data["survey"], form.cleaned_data["department"]
        planned = [form.cleaned_data["enterprise"]]
        (sheet,) = plan_sheets(survey, by=page.user, department=department, enterprises=planned)
        return sheet

    return page.answer("office/portal_form.html", {"form": form}, save, new_title=_("Plan a visit"))
