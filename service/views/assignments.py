"""What is asked for or registered on an assignment."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from assignments.models import Assignment
from core.permissions import get_permitted
from service import actions
from service.forms import OutcomeForm, WaiverForm
from service.models import Outcome
from service.sources import trouble_with
from service.told import asked_off
from service.waivable import Waivable, waivable_windows
from ui.act_page import Ask, act_page

WITH_PARTIES = ("doctor__university", "host__enterprise", "batch")


def waiver_new(request: SignedIn, pk: int) -> HttpResponse:
    """The page that asks for a waiver; the office decides."""
    assignment = _permitted(request, "waive", pk)
    windows = _windows(assignment)
    if not windows and request.method != "POST":
        messages.warning(request, _nothing_to_waive(assignment))
        return redirect(assignment)
    ask = _ask(
        assignment,
        title=_("Ask for a waiver"),
        button=_("Ask"),
        lede=_(
            "A window in which service was not possible for good cause can be waived. The talent office decides; "
            "waived is not the same as met, and what other rules ask for stays owed."
        ),
    )
    today = timezone.localdate()
    asked = request.GET.get("window", "")
    initial = {"window": asked} if any(each.key == asked for each in windows) else {}
    form = partial(WaiverForm, windows=windows, today=today, initial=initial)
    return act_page(request, assignment, form, actions.ask_waiver, verb="waive", ask=ask, done=asked_off)


def _windows(assignment: Assignment) -> list[Waivable]:
    """The windows that can be waived; none where the rules cannot be read."""
    return [] if trouble_with(assignment) else waivable_windows(assignment, at=timezone.now())


def _nothing_to_waive(assignment: Assignment) -> str:
    """Why nothing can be waived, in a sentence."""
    return trouble_with(assignment) or _("The rules of this service let nothing be waived, so no waiver is asked for.")


def outcome_new(request: SignedIn, pk: int) -> HttpResponse:
    """The page that registers an outcome."""
    assignment = _permitted(request, "outcome", pk)
    ask = _ask(
        assignment,
        title=_("Register an outcome"),
        button=_("Register"),
        lede=_(
            "What came of the service: projects, problems solved, patents, products. The same outcome of two services "
            "counts once."
        ),
    )
    form = partial(OutcomeForm, initial={"happened_on": timezone.localdate()})
    return act_page(request, assignment, form, _register, verb="outcome", ask=ask, done=_registered)


def _register(assignment: Assignment, *, by: Any, at: Any, **facts: Any) -> tuple[Outcome, bool]:
    """Register an outcome of one assignment; whether it is a new one."""
    outcome = actions.register_outcome([assignment], by=by, at=at, **facts)
    return outcome, outcome.registered_at == at


def _registered(made: tuple[Outcome, bool]) -> str:
    outcome, new = made
    if new:
        return _("“%(title)s” was registered.") % {"title": outcome.title}
    return _("“%(title)s” is on record already; it was not counted again.") % {"title": outcome.title}


def _ask(assignment: Assignment, **words: Any) -> Ask:
    names = f"{assignment.doctor} → {assignment.host}"
    return Ask(**words, crumbs=[(_("Assignments"), reverse("assignment_list")), (names, assignment.get_absolute_url())])


def _permitted(request: SignedIn, verb: str, pk: int) -> Assignment:
    return get_permitted(Assignment.objects.select_related(*WITH_PARTIES), verb, request.user, pk=pk)
