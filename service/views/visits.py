"""One visit, and what hosts and doctors decide about visits."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypedDict

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedIn
from assignments.models import Assignment
from core.parameters import keys_of
from core.permissions import check_permitted, get_permitted
from service import actions, told
from service.counting import days_that_count
from service.forms import DisputeForm, ShareForm
from service.models import Check, SharedVisit, Visit
from service.rules import services_beside
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.steps import Step, step, steps_of
from ui.templatetags.ui_format import daterange, grammar

MOST = 100  # visits confirmed at once
WITH_PARTIES = ("doctor__university", "enterprise", "assignment__host__enterprise", "assignment__batch")


class VisitPage(TypedDict):
    """What service/visit_detail.html reads; `counted` says how many days count if these are not all of the visit,
    `services` are those in which it counts."""

    visit: Visit
    offers: list[ShownOffer]
    history: list[Step]
    services: list[Assignment]
    checks: QuerySet[Check]
    counted: str


@require_safe
def visit_detail(request: SignedIn, pk: int) -> HttpResponse:
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related(*WITH_PARTIES, "logged_by"), pk=pk)
    services = _services(visit, request)
    checks = Check.objects.visible_to(request.user).filter(
        assignment__in=[each.pk for each in services], first__lte=visit.ends_on, last__gte=visit.starts_on
    )
    counted = days_that_count(visit)
    page: VisitPage = {
        "visit": visit,
        "offers": offers_of(request.user, visit, _offers(visit)),
        "history": _history(visit, services),
        "services": services,
        "checks": checks.select_related("assignment__batch").order_by("last", "pk"),
        "counted": told.counted_of(counted) if counted is not None and counted != visit.length else "",
    }
    return render(request, "service/visit_detail.html", page)


def _services(visit: Visit, request: SignedIn) -> list[Assignment]:
    """The services in which a visit counts, as far as the reader sees them."""
    shared = visit.shared.filter(pk__in=SharedVisit.objects.visible_to(request.user).values("pk"))
    keys = list(shared.order_by("pk").values_list("assignment", flat=True))
    rows = Assignment.objects.select_related("doctor", "host__enterprise", "batch").in_bulk(keys) if keys else {}
    return [visit.assignment, *(rows[key] for key in keys)]


def _history(visit: Visit, services: Sequence[Assignment]) -> list[Step]:
    """What became of a visit, the latest first, and since when it counts in other services that the reader sees."""
    steps = [*steps_of(visit), step(visit.logged_at, visit.logged_by, _("the doctor logged it"), "", "wait")]
    later = visit.shared.filter(assignment__in=[each.pk for each in services], added_at__gt=visit.logged_at)
    for each in later.select_related("added_by", "assignment__batch"):
        words = _("counts in “%(service)s”, too") % {"service": each.assignment.batch}
        steps.append(step(each.added_at, each.added_by, words))
    return sorted(steps, key=lambda one: one["at"], reverse=True)


def _offers(visit: Visit) -> list[Offer]:
    days = visit.length
    confirm = ngettext("Confirm %(days)s day", "Confirm %(days)s days", grammar(days)) % {"days": days}
    return [
        Offer("confirm", confirm, icon="check", tone="primary", at_once=True),
        Offer("dispute", _("Dispute"), _ask_dispute(visit), DisputeForm),
        Offer("share", _("Count it in another service, too")),
        Offer("withdraw", _("Take it back"), _ask_withdraw(visit), tone="danger"),
    ]


def _ask(visit: Visit, **words: Any) -> Ask:
    crumbs = [(_("Visits"), reverse("visit_list")), (daterange(visit, "year"), visit.get_absolute_url())]
    return Ask(**words, leave=_("Not now"), crumbs=crumbs, about="service/visit_facts.html")


def _ask_confirm(visit: Visit) -> Ask:
    return _ask(visit, title=_("Confirm this visit?"), button=_("Confirm"))


def _ask_dispute(visit: Visit) -> Ask:
    return _ask(visit, title=_("Dispute this visit?"), button=_("Dispute"), danger=True)


def _ask_withdraw(visit: Visit) -> Ask:
    return _ask(visit, title=_("Take this visit back?"), button=_("Take it back"), danger=True)


def visit_confirm(request: SignedIn, pk: int) -> HttpResponse:
    visit = _permitted(request, "confirm", pk)
    listed = reverse("visit_list") if request.POST.get("next") == "list" else ""
    return act_page(
        request, visit, None, actions.confirm_visit, verb="confirm", ask=_ask_confirm(visit),
        done=lambda it: told.confirmed([it]), leads_to=listed, facts={"visit": visit},
    )  # fmt: skip


@require_POST
def visits_confirm(request: SignedIn) -> HttpResponse:
    """Confirm the visits chosen or, at one tap, all that were shown."""
    keys = request.POST.getlist("shown" if request.POST.get("all") else "visits")[:MOST]
    rows = (
        Visit.objects.visible_to(request.user)
        .filter(pk__in=keys_of(keys))
        .select_related(*WITH_PARTIES, "doctor__user")
    )
    visits = list(rows.order_by("pk"))
    for visit in visits:
        check_permitted(visit, "confirm", request.user)
    done, refused = actions.confirm_visits(visits, by=request.user, at=timezone.now(), on=timezone.localdate())
    if done:
        messages.success(request, told.confirmed(done))
    for text in refused:
        messages.warning(request, text)
    if not visits:
        messages.warning(request, _("Choose the visits to confirm."))
    return redirect("visit_list")


def visit_dispute(request: SignedIn, pk: int) -> HttpResponse:
    visit = _permitted(request, "dispute", pk)
    return act_page(
        request, visit, DisputeForm, actions.dispute_visit, verb="dispute", ask=_ask_dispute(visit),
        done=told.disputed, facts={"visit": visit},
    )  # fmt: skip


def visit_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    visit = _permitted(request, "withdraw", pk)
    return act_page(
        request, visit, None, actions.withdraw_visit, verb="withdraw", ask=_ask_withdraw(visit),
        done=partial(told.taken_back, on=timezone.localdate()), facts={"visit": visit},
    )  # fmt: skip


def visit_share(request: SignedIn, pk: int) -> HttpResponse:
    """The doctor lets a visit count in another of his services, later than it was logged."""
    visit = _permitted(request, "share", pk)
    ask = _ask(
        visit,
        title=_("Count this visit in another service, too?"),
        button=_("Count it there, too"),
        lede=_("It counts there as if it were logged now: in a month that still takes entries."),
        too_late=_("No other service of yours serves this enterprise and takes entries, or the visit does not stand."),
    )
    form = partial(ShareForm, services=services_beside(visit, timezone.localdate()))
    return act_page(
        request, visit, form, actions.share_visit, verb="share", ask=ask,
        done=_("The visit counts in that service, too."), facts={"visit": visit},
    )  # fmt: skip


def _permitted(request: SignedIn, verb: str, pk: int) -> Visit:
    return get_permitted(Visit.objects.select_related(*WITH_PARTIES, "doctor__user"), verb, request.user, pk=pk)
