"""What somebody gives for an indicator of the rules of a service."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import SignedIn
from assignments.models import Assignment
from core.parameters import DayField
from core.permissions import get_permitted
from service.actions import give_value
from service.givers import given_by
from service.indicators import DOCUMENT, GRADE, THERE, Indicator
from service.models import Given
from ui.act_page import Ask, act_page

WITH_PARTIES = ("doctor__university", "host__enterprise", "batch__rule_set")


class GivenForm(forms.Form):
    """A value of one indicator, for a day of the service. A grade is chosen, a document is named."""

    SAID_AT: ClassVar[dict[str, str]] = {
        "wrong_value": "value",
        "note_missing": "note",
        "outside_term": "on",
    }

    value = forms.CharField(max_length=60)
    on = DayField(label=gettext_lazy("Day it is for"), widget=forms.DateInput)
    note = forms.CharField(label=gettext_lazy("Document or remark"), max_length=300, required=False)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if indicator.kind == DOCUMENT:
            self.fields["value"] = forms.CharField(widget=forms.HiddenInput, initial=THERE)
            self.fields["note"].label = gettext_lazy("Document: title, number, day")
            self.fields["note"].required = True
        elif indicator.kind == GRADE:
            choices = [("", "—"), *indicator.grades.items()]
            self.fields["value"] = forms.ChoiceField(choices=choices)
        if indicator.kind != DOCUMENT:
            self.fields["value"].label = indicator.name


def given_new(request: SignedIn, pk: int) -> HttpResponse:
    """The page that gives a value; without ?indicator= the first that this person gives."""
    rows = Assignment.objects.select_related(*WITH_PARTIES)
    assignment = get_permitted(rows, "give", request.user, pk=pk)
    mine = given_by(request.user, assignment)
    asked = request.GET.get("indicator", "")
    indicator = next((each for each in mine if each.code == asked), mine[0])
    names = f"{assignment.doctor} → {assignment.host}"
    ask = Ask(
        title=_("Give: %(indicator)s") % {"indicator": indicator.name},
        button=_("Save"),
        lede=_("%(party)s gives it. A later value stands in place of an earlier one; both stay on record.")
        % {"party": indicator.giver},
        crumbs=[(_("Assignments"), reverse("assignment_list")), (names, assignment.get_absolute_url())],
    )

    def form(*args: Any, **kwargs: Any) -> GivenForm:
        return GivenForm(*args, indicator=indicator, initial={"on": _day_for(assignment)}, **kwargs)

    return act_page(
        request, assignment, form, give_value, verb="give", ask=ask, done=_said,
        given={"indicator": indicator.code},
        facts={"others": [each for each in mine if each != indicator], "indicator": indicator},
        template="service/given_new.html",
    )  # fmt: skip


def _day_for(assignment: Assignment) -> date:
    """Today, or the last day of a service that is over."""
    return min(timezone.localdate(), assignment.last_day)


def _said(given: Given) -> str:
    return _("Saved. The verdicts that are not locked take it into account when they are judged next.")
