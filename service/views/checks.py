"""The verdict on one month, with all its records; recomputed as of any past day."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar, TypedDict

from django import forms
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
from service.actions import reopen_month
from service.closing import verdict_as_of
from service.models import Check, Reopening, Visit, Waiver
from service.outlook import ShownVerdict, verdict_in_words
from service.wording import sentence
from servicerules import as_data
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.templatetags.ui_format import cndate, cnmonth

WITH_PARTIES = ("assignment__doctor", "assignment__host__enterprise", "assignment__batch", "rule_set")
# Refusals whose record is a waiver, not a visit.
OF_WAIVERS = ("waivers_not_allowed", "asked_after_lock")


class AsOfForm(forms.Form):
    """A past day; the verdict is recomputed from what was known at its end."""

    as_of = DayField(label=gettext_lazy("As of the end of"), widget=forms.DateInput)

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or a day that has passed."))
        return day


class Record(TypedDict):
    """A line of the table of records: a visit, or a waiver, or none of them where the reader may not see it."""

    visit: Visit | None
    waiver: Waiver | None
    url: str
    tone: str
    why: str
    qualifies: bool


class CheckPage(TypedDict):
    """What service/check_detail.html reads; `same` says whether a recomputed verdict is the stored one."""

    reopened: Reopening | None
    offers: list[ShownOffer]
    check: Check
    assignment: Assignment
    month: Month | None
    form: AsOfForm
    as_of: date | None
    shown: ShownVerdict
    label: Any
    records: list[Record]
    same: bool


@require_safe
def check_detail(request: SignedIn, pk: int) -> HttpResponse:
    """The stored verdict, or with ?as_of=YYYY-MM-DD what it was at the end of that day."""
    rows = Check.objects.visible_to(request.user).select_related(*WITH_PARTIES)
    check = get_object_or_404(rows, pk=pk)
    form = AsOfForm(request.GET if "as_of" in request.GET else None)
    day: date | None = form.cleaned_data["as_of"] if form.is_bound and form.is_valid() else None
    try:
        facts = as_data(verdict_as_of(check, day)) if day else check.facts
    except Refused as refusal:
        form.add_error("as_of", refusal.message)
        day, facts = None, check.facts
    shown = verdict_in_words(facts)
    page: CheckPage = {
        "reopened": check.assignment.reopenings.filter(month=check.first.replace(day=1)).first(),
        "offers": offers_of(request.user, check, [Offer("reopen", _("Open the month again"))]),
        "check": check,
        "assignment": check.assignment,
        "month": check.month,
        "form": form,
        "as_of": day,
        "shown": shown,
        "label": Check.Verdict(shown["verdict"]).label,
        "records": _records(request, check, shown),
        "same": shown["verdict"] == check.verdict,
    }
    return render(request, "service/check_detail.html", page)


class ReopenForm(forms.Form):
    """Until when a month is open again, and why."""

    SAID_AT: ClassVar[dict[str, str]] = {"past": "until", "reason_missing": "reason"}

    until = DayField(label=gettext_lazy("Open until the end of"), widget=forms.DateInput)
    reason = forms.CharField(
        label=gettext_lazy("Why is the month opened again?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


def check_reopen(request: SignedIn, pk: int) -> HttpResponse:
    """The office opens a locked month again for a while."""
    rows = Check.objects.select_related(*WITH_PARTIES)
    check = get_permitted(rows, "reopen", request.user, pk=pk)
    home = reverse("check_detail", args=[check.pk])
    names = {"month": cnmonth(check.month), "doctor": check.assignment.doctor}
    ask = Ask(
        title=_("Open %(month)s of %(doctor)s again") % names,
        button=_("Open the month again"),
        lede=_("Visits of the month can be logged and answered until the end of that day; then it locks anew."),
        crumbs=[(f"{check.assignment.doctor} → {check.assignment.host}", check.assignment.get_absolute_url())],
        too_late=_("This month is not locked: entries are still taken."),
    )
    return act_page(
        request, check, ReopenForm, reopen_month, verb="reopen", ask=ask, done=_reopened, back=home,
    )  # fmt: skip


def _reopened(check: Check) -> str:
    words = {"month": cnmonth(check.month), "day": cndate(check.locks_on - timedelta(days=1)) if check.locks_on else ""}
    return _("%(month)s is open again until the end of %(day)s.") % words


def _records(request: SignedIn, check: Check, shown: ShownVerdict) -> list[Record]:
    """Every record of the verdict: those that count first, then those that wait, then those refused and why."""
    refused = shown["refused"]
    keys = {*shown["used"], *shown["awaiting"], *shown["lapsed"], *(each["record"] for each in refused)}
    visits = Visit.objects.filter(assignment=check.assignment_id, pk__in=keys).select_related("enterprise").in_bulk()
    waivers = Waiver.objects.filter(assignment=check.assignment_id, month=check.first.replace(day=1)).in_bulk()
    seen = set(Visit.objects.visible_to(request.user).filter(pk__in=keys).values_list("pk", flat=True))
    states = [
        (shown["used"], "good", _("counts")),
        (shown["awaiting"], "wait", _("awaits the answer of the enterprise")),
        (shown["lapsed"], "idle", _("was not answered in time")),
    ]
    found = [
        _record(visits.get(key), seen, tone, why, key in shown["qualifying"])
        for records, tone, why in states
        for key in records
    ]
    for each in refused:
        of_waiver = each["reason"]["code"] in OF_WAIVERS
        thing = waivers.get(each["record"]) if of_waiver else visits.get(each["record"])
        found.append(_record(thing, seen, "idle", sentence(each["reason"])))
    return found


def _record(thing: Any, seen: Iterable[int], tone: str, why: str, qualifies: bool = False) -> Record:
    """A line of the table; of a visit made to another enterprise only that it is there."""
    visit = thing if isinstance(thing, Visit) and thing.pk in seen else None
    return {
        "visit": visit,
        "waiver": thing if isinstance(thing, Waiver) else None,
        "url": visit.get_absolute_url() if visit is not None else "",
        "tone": tone,
        "why": why,
        "qualifies": qualifies,
    }
