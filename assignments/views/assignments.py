"""What the host and the office do with an assignment: set its first day, add an enterprise it serves."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedIn
from assignments.actions import add_served_enterprise, begin_assignment
from assignments.forms import BeginForm, ServeForm
from assignments.models import Assignment
from core.errors import AlreadyDone, Refused
from core.permissions import get_permitted

WITH_PARTIES = ("doctor__university", "host__enterprise", "batch", "order__need")


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_begin(request: SignedIn, pk: int) -> HttpResponse:
    """The agreement is signed: the first day of service is set."""
    assignment = _permitted(request, "begin", pk)
    form = BeginForm(request.POST or None, initial={"starts_on": max(timezone.localdate(), assignment.batch.starts_on)})
    if request.method == "POST" and form.is_valid():
        try:
            begin_assignment(assignment, by=request.user, at=timezone.now(), starts_on=form.cleaned_data["starts_on"])
        except AlreadyDone:
            raise
        except Refused as refusal:
            form.add_error("starts_on", refusal.message)
        else:
            messages.success(request, _("The service has begun; the doctor can log visits from its first day on."))
            return redirect(assignment)
    return _page(request, "begin", assignment, form)


@require_http_methods(["GET", "HEAD", "POST"])
def assignment_serve(request: SignedIn, pk: int) -> HttpResponse:
    """One of the N enterprises served beside the lead project."""
    assignment = _permitted(request, "serve", pk)
    form = ServeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            add_served_enterprise(
                assignment, facts["enterprise"], by=request.user, at=timezone.now(), title=facts["title"]
            )
        except Refused as refusal:
            form.add_error("enterprise", refusal.message)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": facts["enterprise"]})
            return redirect(assignment)
    return _page(request, "serve", assignment, form)


def _permitted(request: SignedIn, verb: str, pk: int) -> Assignment:
    return get_permitted(Assignment.objects.select_related(*WITH_PARTIES), verb, request.user, pk=pk)


def _page(request: SignedIn, verb: str, assignment: Assignment, form: Any) -> HttpResponse:
    return render(request, f"assignments/assignment_{verb}.html", {"assignment": assignment, "form": form})
