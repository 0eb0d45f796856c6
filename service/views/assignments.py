"""Assignments: the list, and one with its months, visits, waivers and outcomes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedIn
from assignments.models import Assignment, Project
from core.errors import AlreadyDone, Refused
from core.permissions import get_permitted, may
from service import actions
from service.columns import ASSIGNMENT
from service.filters import AssignmentFilter
from service.followed import with_standing
from service.forms import OutcomeForm, WaiverForm
from service.models import Outcome, Visit, Waiver
from service.outlook import outlook_of
from service.sources import trouble_with
from ui import sheets
from ui.steps import step, steps_of

PAGE = 25
RECENT = 10  # visits shown on the page of an assignment
WITH_PARTIES = ("doctor__university", "host__enterprise__district", "batch__rule_set", "order__need", "standing")


@require_safe
def assignment_list(request: SignedIn) -> HttpResponseBase:
    seen = Assignment.objects.visible_to(request.user).select_related("doctor__university", "host__enterprise", "batch")
    rows = with_standing(seen, request.user)
    filters = AssignmentFilter(
        request.GET, rows.order_by(F("standing_behind").desc(nulls_last=True), "-starts_on", "-pk")
    )
    if sheets.is_asked(request) and filters.is_valid():
        return sheets.download(_("Assignments"), ASSIGNMENT, filters.qs)
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    return render(request, "service/assignment_list.html", {"filter": filters, "page": page})


@require_safe
def assignment_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Parties, term, projects, months with verdicts, what is ahead, visits, waivers, outcomes, history."""
    rows = Assignment.objects.visible_to(request.user).select_related(*WITH_PARTIES)
    assignment = get_object_or_404(rows, pk=pk)
    visits = Visit.objects.visible_to(request.user).filter(assignment=assignment).select_related("enterprise")
    projects = Project.objects.visible_to(request.user).filter(assignment=assignment).select_related("enterprise")
    facts: dict[str, Any] = {
        "assignment": assignment,
        "projects": projects.order_by("kind", "pk"),
        "visits": visits.order_by("-starts_on", "-pk")[:RECENT],
        "visit_count": visits.count(),
    }
    if may(request.user, "follow", assignment):
        facts |= _whole_service(assignment)
    return render(request, "service/assignment_detail.html", facts | _verbs(request, assignment))


def _whole_service(assignment: Assignment) -> dict[str, Any]:
    """What is not shown to a firm that is only served beside the lead project."""
    facts: dict[str, Any] = {
        "follows": True,
        "waivers": Waiver.objects.filter(assignment=assignment).order_by("-month", "-pk"),
        "outcomes": Outcome.objects.filter(assignments=assignment).order_by("-happened_on", "-pk"),
        "history": _history(assignment),
    }
    facts["trouble"] = trouble_with(assignment)
    begun = assignment.status not in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED)
    if begun and not facts["trouble"]:
        facts["outlook"] = outlook_of(assignment, on=timezone.localdate())
    return facts


def _verbs(request: SignedIn, assignment: Assignment) -> dict[str, bool]:
    """What the person at hand can do now."""
    status = assignment.status
    running = status in (Assignment.Status.PREPARING, Assignment.Status.ACTIVE)
    served = status not in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED)
    possible = {
        "begin": assignment.may_move(Assignment.Status.ACTIVE),
        "serve": running,
        "visit": served,
        "waive": served,
        "outcome": served,
    }
    return {f"may_{verb}": so and may(request.user, verb, assignment) for verb, so in possible.items()}


def _history(assignment: Assignment) -> list[dict[str, Any]]:
    steps = steps_of(assignment)
    for row in steps:
        if row["tone"] == "idle" and assignment.stop_reason and not row["reason"]:
            row["reason"] = assignment.stop_reason
    if assignment.order is not None:
        order = assignment.order
        settled = [step(order.status_at, None, _("the doctor accepted"), "", "good")] if order.status_at else []
        steps += [*settled, step(order.placed_at, None, _("the enterprise ordered"), "", "live")]
    return steps


@require_http_methods(["GET", "HEAD", "POST"])
def waiver_new(request: SignedIn, pk: int) -> HttpResponse:
    """A month is asked off for cause; the office decides."""
    assignment = _permitted(request, "waive", pk)
    today = timezone.localdate()
    form = WaiverForm(request.POST if request.method == "POST" else None, assignment=assignment, today=today)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            actions.ask_waiver(assignment, facts["month"], by=request.user, at=timezone.now(), reason=facts["reason"])
        except Refused as refusal:
            form.add_error("month" if isinstance(refusal, AlreadyDone) else "reason", refusal.message)
        else:
            messages.success(request, _("The waiver was asked for; the talent office decides."))
            return redirect(assignment)
    return render(request, "service/waiver_new.html", {"assignment": assignment, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def outcome_new(request: SignedIn, pk: int) -> HttpResponse:
    """What came of the service is registered."""
    assignment = _permitted(request, "outcome", pk)
    form = OutcomeForm(
        request.POST if request.method == "POST" else None, initial={"happened_on": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            outcome = actions.register_outcome([assignment], by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("happened_on", refusal.message)
        else:
            messages.success(request, _("“%(title)s” was registered.") % {"title": outcome.title})
            return redirect(assignment)
    return render(request, "service/outcome_new.html", {"assignment": assignment, "form": form})


def _permitted(request: SignedIn, verb: str, pk: int) -> Assignment:
    rows = Assignment.objects.select_related("doctor__university", "host__enterprise", "batch")
    return get_permitted(rows, verb, request.user, pk=pk)
