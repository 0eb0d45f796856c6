"""The plan page of a batch: run it, compare it with the greedy plan, and change it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from matching.conflict_wording import all_followed_in_words, conflicts_in_words, unkept_in_words
from matching.models import MatchRun
from matching.office.plan_accept import accepting_facts
from matching.office.plan_rows import (
    LATEST,
    SHOWN,
    PlanFilter,
    compared,
    decided_since,
    decisions_of,
    in_order,
    lines_of,
    loads_of,
    rows_of,
)
from matching.office.plan_run import RunForm, batch_of, run_facts, start
from matching.wording import notes_in_words
from programmes.models import Batch

PAGE = 25
PARTIES = ["need__enterprise", "doctor__university", "greedy_doctor", "order"]


@require_safe
def batch_plan(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, batch_of(request, pk, "match"), RunForm(initial=_as_before(pk)))


@require_POST
def match_start(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk, "match")
    form = RunForm(request.POST)
    if start(request, batch, form):
        return redirect(reverse("admin:batch_plan", args=[pk]))
    return _page(request, batch, form)


def _as_before(pk: int) -> dict[str, Any]:
    """The next run is asked for as the last one was, unless the form says otherwise."""
    options = MatchRun.objects.filter(batch=pk).order_by("-pk").values_list("options", flat=True).first() or {}
    return {key: options[key] for key in ("goal", "served") if key in options}


def _page(request: HttpRequest, batch: Batch, form: RunForm) -> HttpResponse:
    facts: dict[str, Any] = {
        **run_facts(batch, request),
        "form": form,
        "may_accept": batch.takes_orders(timezone.localdate()),
    }
    facts |= accepting_facts(batch, request, facts["done"])
    decisions = decisions_of(batch)
    facts |= {"decisions": decisions[:LATEST], "decided": decisions.count(), "listed": LATEST}
    if facts["done"] is not None:
        facts |= _plan_facts(facts["done"], batch, request)
        facts["may_pick"] = bool(facts["open_here"]) and facts["may_accept"] and not facts["accepting"]
    return render(request, "office/plan.html", facts)


def _plan_facts(run: MatchRun, batch: Batch, request: HttpRequest) -> dict[str, Any]:
    filters = PlanFilter(request.GET, lines_of(run))
    lines = in_order(filters.qs, request.GET.get("sort", ""))
    page = Paginator(lines.select_related(*PARTIES), PAGE).get_page(request.GET.get("page"))
    return {
        "filter": filters,
        "page": page,
        "rows": rows_of(run, page.object_list),
        "compared": compared(run),
        "open_here": filters.qs.filter(SHOWN["open"][1]).count(),
        "conflicts": conflicts_in_words(run.facts.get("conflicts", ()), run.facts.get("lacking", 0)),
        "all_followed": all_followed_in_words(run.facts),
        "unkept": unkept_in_words(run.facts.get("unkept", ())),
        "stale": decided_since(batch, run),
        "notes": notes_in_words(run.facts.get("notes", {}), run.facts.get("needs")),
        **loads_of(run, batch),
    }
