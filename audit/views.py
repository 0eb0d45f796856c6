"""The auditor's other pages: who saw a person's data, what an account did, and the check of the whole ledger."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from audit.deeds import MOST as MOST_DEEDS
from audit.deeds import deeds_of
from audit.seen import MOST as MOST_SEEN
from audit.seen import who_saw
from audit.words import AFTER_FAULTS, fault_in_words
from core import ledger_checks
from core.models import LedgerDay, LedgerEntry
from core.parameters import DayField, words_of
from core.permissions import may
from ui.office_table import person

MOST_PERSONS = 20
DEEDS_DAYS = 7


class PersonForm(forms.Form):
    """The person whose data were seen, by the whole name or the name of the account."""

    name = forms.CharField(
        max_length=60,
        label=gettext_lazy("Whole name, or name of the account"),
        help_text=gettext_lazy("As the person writes it. The page names accounts that have this name."),
    )


class DaysForm(forms.Form):
    """The days of a time line."""

    from_day = DayField(label=gettext_lazy("From"))
    to_day = DayField(label=gettext_lazy("To"))


@require_http_methods(["GET", "HEAD", "POST"])
def persons(request: HttpRequest) -> HttpResponse:
    """Find the account of a person, for both questions; the name is posted, so that no address holds it."""
    _check_auditor(request)
    form = PersonForm(request.POST if request.method == "POST" else None)
    found: list[dict[str, Any]] = []
    if form.is_valid():
        name = words_of(form.cleaned_data["name"])
        accounts = User.objects.filter(name=name) | User.objects.filter(username=name)
        found = [{"account": user, "name": masked_name(user.name)} for user in accounts.order_by("pk")[:MOST_PERSONS]]
    return render(request, "audit/persons.html", {"form": form, "found": found, "asked": form.is_bound})


@require_safe
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Who saw the data of the person of an account."""
    _check_auditor(request)
    user = _account(pk)
    facts = {"account": user, "name": masked_name(user.name), "rows": who_saw(user), "most": MOST_SEEN}
    return render(request, "audit/seen.html", facts)


@require_safe
def deeds(request: HttpRequest, pk: int) -> HttpResponse:
    """What an account did in some days; the account may be gone."""
    _check_auditor(request)
    today = timezone.localdate()
    given = {"from_day": today - timedelta(days=DEEDS_DAYS), "to_day": today}
    form = DaysForm(request.GET if "from_day" in request.GET else given)
    days = form.cleaned_data if form.is_valid() else None
    rows = deeds_of(pk, days["from_day"], days["to_day"]) if days else []
    user = User.objects.filter(pk=pk).first()
    facts = {"key": pk, "account": user, "form": form, "rows": rows, "most": MOST_DEEDS}
    return render(request, "audit/deeds.html", facts)


@require_safe
def wrong(request: HttpRequest) -> HttpResponse:
    """The days in which the last check found a fault, what is wrong in each, and what to do."""
    _check_auditor(request)
    job = ledger_checks.latest_done()
    faults = job.result["faults"] if job else []
    rows = [
        {"day": day, "faults": [fault_in_words(each) for each in faults if each["day"] == day]}
        for day in ledger_checks.days_wrong(job)
    ]
    return render(request, "audit/wrong.html", {"check": job, "rows": rows, "steps": AFTER_FAULTS})


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask for a check of the whole ledger; its result stands on the page of the days."""
    if not may(person(request), "view", LedgerDay):
        raise PermissionDenied
    ledger_checks.ask(by=person(request), at=timezone.now())
    messages.success(request, _("The ledger is being checked. Load the page again for the result."))
    return redirect("admin:ledger_days")


def masked_name(name: str) -> str:
    """A name of which only the first character is shown."""
    return name[:1] + "＊" * (len(name) - 1)


def _check_auditor(request: HttpRequest) -> None:
    if not may(person(request), "view", LedgerEntry):
        raise PermissionDenied


def _account(pk: int) -> User:
    try:
        return User.objects.get(pk=pk)
    except User.DoesNotExist:
        raise Http404 from None
