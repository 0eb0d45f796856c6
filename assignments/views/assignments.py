"""One assignment: its parties and projects, the panels of the apps above, and what its parties and the office do."""

from functools import partial
from typing import Any, NotRequired, TypedDict

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedIn
from assignments.acting import has_rules
from assignments.actions import (
    add_served_enterprise,
    begin_assignment,
    cancel_assignment,
    extend_term,
    note_late_start,
    stop_assignment,
)
from assignments.forms import BeginForm, ExtendForm, LateForm, ReasonForm, ServeForm, StopForm
from assignments.models import Assignment, Project
from core.permissions import get_permitted, may
from programmes.rulebook import months_or_usual
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.steps import Step, step, steps_of
from ui.templatetags.ui_format import cndate

WITH_PARTIES = ("doctor__university", "host__enterprise__district", "batch__rule_set", "order__need")
TERM_STAYS = gettext_lazy("The term of a service changes only while it runs and its batch is not closed.")
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
    steps = sorted([*_changes(assignment), *steps], key=lambda each: each["at"])[::-1]
    if assignment.order is not None:
        order = assignment.order
        settled = [step(order.status_at, None, _("the doctor accepted"), "", "good")] if order.status_at else []
        steps += [*settled, step(order.placed_at, None, _("the enterprise ordered"), "", "live")]
    return steps


def _changes(assignment: Assignment) -> list[Step]:
    """When the first or the last day of the term was changed, from the history."""
    if assignment.started_on is None and assignment.extended_to is None:
        return []
    says = {"started_on": gettext_lazy("began late, on %(day)s"), "extended_to": gettext_lazy("extended to %(day)s")}
    known = {"started_on": "started_known_at", "extended_to": "extended_known_at"}
    before: dict[str, Any] = dict.fromkeys(says)
    found: list[Step] = []
    for event in assignment.events.select_related("pgh_context").order_by("pgh_id"):  # type: ignore[attr-defined]
        context = event.pgh_context.metadata if event.pgh_context else {}
        for name in [name for name in says if getattr(event, name) not in (None, before[name])]:
            before[name] = getattr(event, name)
            what = says[name] % {"day": cndate(before[name])}
            who = User.objects.filter(pk=context.get("by") or 0).first()
            found.append(step(getattr(event, known[name]), who, what, context.get("reason", ""), "live"))
    return found


def _offers(assignment: Assignment) -> list[Offer]:
    return [
        Offer("begin", _("Begin the service"), tone="primary"),
        Offer("late", _("Note a late start")),
        Offer("extend", _("Extend the term")),
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
    months = months_or_usual(batch)
    serves = ngettext(
        "%(doctor)s serves %(host)s for %(months)s month from this day.",
        "%(doctor)s serves %(host)s for %(months)s months from this day.",
        months,
    )
    lede = serves % {**_names(assignment), "months": months}
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
    form = partial(
        StopForm,
        initial={"last_day": timezone.localdate()},
        hint=_("Within the term: %(first)s to %(last)s.") % _days(assignment),
        ruled=has_rules(assignment.batch, "stop"),
    )
    lede = _("The service ends with this day. Doctor, enterprise and university can read the reason.")
    title = _("Stop the service")
    ask = _ask(assignment, title=title, button=title, lede=lede, danger=True)
    return act_page(
        request, assignment, form, stop_assignment, verb="stop", ask=ask,
        done=lambda it: _("The service was stopped; its last day is %(day)s.") % {"day": cndate(it.stopped_on)},
    )  # fmt: skip


def _days(assignment: Assignment) -> dict[str, Any]:
    return {"first": cndate(assignment.first_day), "last": cndate(assignment.agreed_until)}


def assignment_late(request: SignedIn, pk: int) -> HttpResponse:
    """The office sets the first day really served, where the service began later than agreed."""
    assignment = _permitted(request, "late", pk)
    days = {"first": cndate(assignment.starts_on), "last": cndate(assignment.agreed_until)}
    form = partial(
        LateForm,
        initial={"started_on": assignment.started_on},
        hint=_("After %(first)s, the agreed first day, and not after %(last)s.") % days,
    )
    lede = _(
        "Nothing is asked for the days before, and visits on them do not count. Doctor, enterprise and university can "
        "read the reason."
    )
    title = _("Note a late start")
    return act_page(
        request, assignment, form, note_late_start, verb="late",
        ask=_ask(assignment, title=title, button=title, lede=lede, too_late=TERM_STAYS),
        done=lambda it: _("The service is on record as begun on %(day)s.") % {"day": cndate(it.started_on)},
    )  # fmt: skip


def assignment_extend(request: SignedIn, pk: int) -> HttpResponse:
    """The office lets a running service last longer than agreed."""
    assignment = _permitted(request, "extend", pk)
    form = partial(
        ExtendForm,
        hint=_("The term runs from %(first)s to %(last)s.") % _days(assignment),
        ruled=has_rules(assignment.batch, "renew"),
    )
    lede = _(
        "The service goes on until this day, and the rules are asked for the longer term. Doctor, enterprise and "
        "university can read the reason."
    )
    title = _("Extend the term")
    return act_page(
        request, assignment, form, extend_term, verb="extend",
        ask=_ask(assignment, title=title, button=title, lede=lede, too_late=TERM_STAYS),
        done=lambda it: _("The term was extended; its last day is %(day)s.") % {"day": cndate(it.extended_to)},
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
