"""The verdict on one rule in one window, with all its records and what would change it; recomputed as of any past
day."""

from datetime import date, timedelta
from typing import Any, ClassVar, TypedDict

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from assignments.models import Assignment
from core.errors import Refused
from core.parameters import DayField
from core.permissions import get_permitted
from officedata.months import Month
from programmes.models import RuleSet
from service.actions import explain_warning, reopen_month
from service.check_records import ShownRecord, records_of, visits_of
from service.judged import Judged, judged_on, judged_on_record, ways_today
from service.models import Check, Reopening
from service.proposals import proposed_ways
from service.shown import ShownVerdict
from service.ways import Way
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.templatetags.ui_format import cndate

WITH_PARTIES = (
    "assignment__doctor", "assignment__host__enterprise", "assignment__batch__rule_set", "rule_set", "reason_by",
)  # fmt: skip


class AsOfForm(forms.Form):
    """A past day; the verdict is recomputed from what was known at its end."""

    as_of = DayField(label=gettext_lazy("As of the end of"), widget=forms.DateInput)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day that has passed."))
        return day


class CheckPage(TypedDict):
    """What service/check_detail.html reads.

    `rules` is the version the verdict shown was judged by; `same` says whether a recomputed verdict is the stored one.
    """

    offers: list[ShownOffer]
    check: Check
    assignment: Assignment
    rules: RuleSet
    reopenings: QuerySet[Reopening]
    form: AsOfForm
    as_of: date | None
    shown: ShownVerdict
    label: Any
    records: list[ShownRecord]
    proposed: list[Way]
    ways: list[Way]
    same: bool


@require_safe
def check_detail(request: SignedIn, pk: int) -> HttpResponse:
    """The stored verdict, or with ?as_of=YYYY-MM-DD what it was at the end of that day."""
    check = get_object_or_404(Check.objects.visible_to(request.user).select_related(*WITH_PARTIES), pk=pk)
    form = AsOfForm(request.GET if "as_of" in request.GET else None)
    day: date | None = form.cleaned_data["as_of"] if form.is_bound and form.is_valid() else None
    try:
        judged = judged_on(check, day) if day else judged_on_record(check)
    except Refused as refusal:
        form.add_error("as_of", refusal.message)
        day, judged = None, judged_on_record(check)
    return render(request, "service/check_detail.html", _page(request, check, judged, form, day))


def _page(request: SignedIn, check: Check, judged: Judged, form: AsOfForm, day: date | None) -> CheckPage:
    shown, visits = judged.shown, visits_of(check, judged.shown)
    months = [month.first for month in Month.between(check.first, check.last)]
    return {
        "offers": offers_of(request.user, check, [
            Offer("explain", _("Give the reason"), tone="primary"), Offer("reopen", _open_again(check)),
        ]),
        "check": check,
        "assignment": check.assignment,
        "rules": judged.rule_set,
        "reopenings": check.assignment.reopenings.filter(month__in=months).select_related("by").order_by("-at", "-pk"),
        "form": form,
        "as_of": day,
        "shown": shown,
        "label": Check.Verdict(shown.state).label,
        "records": records_of(check, shown, request.user, visits),
        "proposed": [] if day else list(proposed_ways(check, request.user)),
        "ways": [] if day else ways_today(check, visits, request.user),
        "same": shown.state == check.verdict,
    }  # fmt: skip


class ReopenForm(forms.Form):
    """Until when the months of a window are open again, and why."""

    SAID_AT: ClassVar[dict[str, str]] = {"past": "until", "reason_missing": "reason"}

    until = DayField(label=gettext_lazy("Open until the end of"), widget=forms.DateInput)
    reason = forms.CharField(
        label=gettext_lazy("Why is it opened again?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


def check_reopen(request: SignedIn, pk: int) -> HttpResponse:
    """The office opens the locked months of a window again for a while."""
    check = _permitted(request, "reopen", pk)
    names = {"month": check.window_word, "doctor": check.assignment.doctor}
    ask = _ask(
        check,
        title=_("Open %(month)s of %(doctor)s again") % names,
        button=_open_again(check),
        lede=_("Services of %(month)s can be logged and answered until the end of that day; then it locks.") % names,
        too_late=_("%(month)s is not locked: entries are still taken.") % names,
    )
    return act_page(
        request, check, ReopenForm, reopen_month, verb="reopen", ask=ask, done=_reopened, back=_home(check),
    )  # fmt: skip


def _open_again(check: Check) -> str:
    return _("Open %(window)s again") % {"window": check.window_word}


def _reopened(check: Check) -> str:
    until = cndate(check.locks_on - timedelta(days=1)) if check.locks_on else ""
    return _("%(month)s is open again until the end of %(day)s.") % {"month": check.window_word, "day": until}


class ReasonForm(forms.Form):
    """Why a soft rule was not kept."""

    SAID_AT: ClassVar[dict[str, str]] = {"reason_missing": "reason"}

    reason = forms.CharField(
        label=gettext_lazy("Why was the rule not kept?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The talent office reads it. The verdict stays a warning; it is no failure."),
    )  # fmt: skip


def check_explain(request: SignedIn, pk: int) -> HttpResponse:
    """The doctor, the host or the office gives the reason of a warning."""
    check = _permitted(request, "explain", pk)
    names = {"window": check.window_word, "doctor": check.assignment.doctor}
    ask = _ask(
        check,
        title=_("Reason of the warning: %(window)s, %(doctor)s") % names,
        button=_("Save the reason"),
        about="service/check_why.html",
        too_late=_("This is no warning any more; no reason is asked for."),
    )

    def form(*args: Any, **kwargs: Any) -> ReasonForm:
        return ReasonForm(*args, **{**kwargs, "initial": {"reason": check.reason}})

    return act_page(
        request, check, form, explain_warning, verb="explain", ask=ask, done=_("The reason was saved."),
        back=_home(check), facts={"shown": judged_on_record(check).shown},
    )  # fmt: skip


def _ask(check: Check, **words: Any) -> Ask:
    assignment = check.assignment
    crumbs = [(f"{assignment.doctor} → {assignment.host}", assignment.get_absolute_url())]
    return Ask(**words, crumbs=[*crumbs, (check.window_word, _home(check))])


def _home(check: Check) -> str:
    return reverse("check_detail", args=[check.pk])


def _permitted(request: SignedIn, verb: str, pk: int) -> Check:
    return get_permitted(Check.objects.select_related(*WITH_PARTIES), verb, request.user, pk=pk)
