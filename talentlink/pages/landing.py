"""The public front page: figures of a round, the published needs, and the links to sign in."""

from datetime import date
from typing import TypedDict

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignments.models import Assignment
from enterprises.cards import card_of
from enterprises.filters import PublicNeedFilter
from enterprises.models import Host, Need, VisitSheet
from programmes.models import Batch
from service.models import Outcome, Visit

PAGE = 8
# Anybody may load this page at any time, so the figures are kept for some minutes and not computed each time.
FIGURES_KEY, FIGURES_SECONDS = "landing-figures", 300


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The front page, for everyone, signed in or not."""
    needs = Need.objects.public().select_related("enterprise__district").order_by("-published_at", "-pk")
    filters = PublicNeedFilter(request.GET, queryset=needs)
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    figures = cache.get_or_set(FIGURES_KEY, round_figures, FIGURES_SECONDS)
    context = {"filter": filters, "page": page, "cards": [card_of(need) for need in page.object_list]}
    return render(request, "talentlink/landing.html", {**context, "figures": figures, "searching": bool(request.GET)})


def shown_round() -> Batch | None:
    """The batch whose figures the page shows: the latest with an assignment, else the latest that was opened."""
    served = Exists(Assignment.objects.filter(batch=OuterRef("pk")))
    rounds = Batch.objects.exclude(status=Batch.Status.DRAFT).annotate(served=served).select_related("programme")
    return rounds.order_by("-served", "-starts_on", "-pk").first()


class Figures(TypedDict):
    """What talentlink/landing.html reads of the round; the names of outcomes are their kinds."""

    batch: str
    programme: str
    starts_on: date
    ends_on: date
    enterprises: int
    needs: int
    hosts: int
    doctors: int
    universities: int
    visits: int
    days: int
    outcomes: dict[str, int]


def round_figures() -> Figures | None:
    """The figures of the round; None before the first batch is opened."""
    batch = shown_round()
    if batch is None:
        return None
    assignments = Assignment.objects.filter(batch=batch).exclude(status=Assignment.Status.CANCELLED)
    sheets = (
        VisitSheet.objects.filter(survey__batch=batch)
        .visited()
        .aggregate(enterprises=Count("pk", distinct=True), needs=Count("needs", distinct=True))
    )
    confirmed = Visit.objects.filter(assignment__batch=batch, status=Visit.Status.CONFIRMED)
    visits = confirmed.aggregate(count=Count("pk"), between=Sum(F("ends_on") - F("starts_on")))
    found = Outcome.objects.filter(assignments__batch=batch).order_by()
    outcomes = dict(found.values_list("kind").annotate(count=Count("pk", distinct=True)))
    return {
        "batch": batch.name,
        "programme": batch.programme.name,
        "starts_on": batch.starts_on,
        "ends_on": batch.ends_on,
        "enterprises": sheets["enterprises"],
        "needs": sheets["needs"],
        "hosts": Host.objects.filter(batch=batch).count(),
        "doctors": assignments.aggregate(count=Count("doctor", distinct=True))["count"],
        "universities": assignments.aggregate(count=Count("doctor__university", distinct=True))["count"],
        "visits": visits["count"],
        "days": visits["count"] + (visits["between"].days if visits["between"] else 0),  # both days count
        "outcomes": {kind: outcomes.get(kind, 0) for kind in Outcome.COUNTED},
    }
