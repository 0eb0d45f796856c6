"""One assignment: its parties and projects, the panels of the apps above, and what its parties and the office do."""

from functools import partial
from typing import Any, NotRequired, TypedDict

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from assignments.actions import add_served_enterprise, begin_assignment, cancel_assignment, stop_assignment
from assignments.forms import BeginForm, ReasonForm, ServeForm, StopForm
from assignments.models import Assignment, Project
from core.permissions import get_permitted, may
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.steps import Step, step, steps_of
from ui.templatetags.ui_format import cndate

WITH_PARTIES = ("doctor__university", "host__enterprise__district", "batch__rule_set", "order__need")
CallOffForm = partial(ReasonForm, label=gettext_lazy("Why is the service called off?"))


class AssignmentPage(TypedDict):
    """What assignments/assignment_detail.html reads; `history` is there for those who follow the whole service."""

    assignment: Assignment
    projects: QuerySet[Project]
    offers: list[ShownOffer]
    follows: bool
    history: NotRequired[list[Step]]


@require_safe
def assignment_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Parties, term, projects, history, and what the apps above contribute: months, visits, outcomes, waivers."""
    rows = Assignment.objects.visible_to(request.user).select_related(*WITH_PARTIES)
    assignment = get_object_or_404(rows, pk=pk)
    projects = Project.objects.visible_to(request.user).filter(assignment=assignment).select_related("enterprise")
    page: AssignmentPage = {
        "assignment": assignment,
        "projects": projects.order_by("kind", "pk"),
        "offers": offers_of(request.user, assignment, _offers(assignment)),
        "follows": may(request.user, "follow", assignment),
    }
    if page["follows"]:
        page["history"] = _history(assignment)
    return render(request, "assignments/assignment_detail.html", page)


def _history(assignment: Assignment) -> list[Step]:
    steps = steps_of(assignment)
    for row in steps:
        if row["tone"] == "idle" and assignment.stop_reason and not row["reason"]:
            row["reason"] = assignment.stop_reason
    if assignment.order is not None:
        order = assignment.order
        settled = [step(order.status_at, None, _("the doctor accepted"), "", "good")] if order.status_at else []
        steps += [*settled, step(order.placed_at, None, _("the enterprise ordered"), "", "live")]
    return steps


def _offers(assignment: Assignment) -> list[Offer]:
    return [
        Offer("begin", _("Begin the service"), tone="primary"),
        Offer("stop", _("Stop the service"), tone="danger"),
        Offer("cancel", _("Call the service off"), _ask_cancel(assignment), CallOffForm, tone="danger"),
    ]


def _ask(assignment: Assignment, **words: Any) -> Ask:
    names = f"{assignment.doctor} → {assignment.host}"
    crumbs = [(_("Assignments"), reverse("assignment_list")), (names, assignment.get_absolute_url())]
    return Ask(**words, crumbs=crumbs)


def _names(assignment: Assignment) -> dict[str, Any]:
    return {"doctor": assignment.doctor, "host": assignment.host}


def assignment_begin(request: SignedIn, pk: int) -> HttpResponse:
    """The agreement is signed: the first day of service is set."""
    assignment = _permitted(request, "begin", pk)
    batch = assignment.batch
    days = {"batch": batch, "first": cndate(batch.starts_on), "last": cndate(batch.ends_on)}
    form = partial(
        BeginForm,
        initial={"starts_on": max(timezone.localdate(), batch.starts_on)},
        hint=_("Within %(batch)s: %(first)s to %(last)s.") % days,
    )
    lede = _("%(doctor)s serves %(host)s for one year from this day.") % _names(assignment)
    title = _("Begin the service")
    ask = _ask(assignment, title=title, button=title, lede=lede, leave=_("Not yet"))
    return act_page(request, assignment, form, begin_assignment, verb="begin", ask=ask, done=_begun)


def _begun(assignment: Assignment) -> str:
    day = {"day": cndate(assignment.starts_on)}
    if assignment.starts_on > timezone.localdate():
        return _("The first day of service is set: %(day)s. The doctor can log visits from then on.") % day
    return _("The service began on %(day)s; the doctor can log visits from that day on.") % day


def assignment_serve(request: SignedIn, pk: int) -> HttpResponse:
    """One of the N enterprises served beside the lead project."""
    assignment = _permitted(request, "serve", pk)
    ask = _ask(
        assignment,
        title=_("Add a served enterprise"),
        button=_("Add"),
        lede=_("Beside the lead project at %(host)s, %(doctor)s can serve further enterprises; visits there count too.")
        % _names(assignment),
    )
    return act_page(
        request, assignment, ServeForm, add_served_enterprise, verb="serve", ask=ask,
        done=lambda project: _("%(name)s was added.") % {"name": project.enterprise},
    )  # fmt: skip


def assignment_stop(request: SignedIn, pk: int) -> HttpResponse:
    """The office ends a running service early, with its last day and the reason."""
    assignment = _permitted(request, "stop", pk)
    days = {"first": cndate(assignment.starts_on), "last": cndate(assignment.ends_on)}
    form = partial(
        StopForm,
        initial={"last_day": timezone.localdate()},
        hint=_("Within the term: %(first)s to %(last)s.") % days,
    )
    lede = _("The service ends with this day. Doctor, enterprise and university can read the reason.")
    title = _("Stop the service")
    ask = _ask(assignment, title=title, button=title, lede=lede, danger=True)
    return act_page(
        request, assignment, form, stop_assignment, verb="stop", ask=ask,
        done=lambda it: _("The service was stopped; its last day is %(day)s.") % {"day": cndate(it.stopped_on)},
    )  # fmt: skip


def _ask_cancel(assignment: Assignment) -> Ask:
    lede = _("The order ends with it, and the need can be ordered for again. The parties can read the reason.")
    title = _("Call the service off?")
    return _ask(assignment, title=title, button=_("Call the service off"), lede=lede, danger=True)


def assignment_cancel(request: SignedIn, pk: int) -> HttpResponse:
    """The office calls a service off before it has begun."""
    assignment = _permitted(request, "cancel", pk)
    done = _("The service was called off.")
    ask = _ask_cancel(assignment)
    return act_page(request, assignment, CallOffForm, cancel_assignment, verb="cancel", ask=ask, done=done)


def _permitted(request: SignedIn, verb: str, pk: int) -> Assignment:
    return get_permitted(Assignment.objects.select_related(*WITH_PARTIES), verb, request.user, pk=pk)
