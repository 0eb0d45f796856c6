"""The plan page of a batch: run it, compare it with the greedy plan, and change it."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from matching.conflict_wording import Conflict, all_followed_in_words, conflicts_in_words, unkept_in_words
from matching.models import MatchRun, Override, PlanLine
from matching.office.plan_accept import AcceptingPart, accepting_facts
from matching.office.plan_compared import Compared, compared
from matching.office.plan_loads import Loads, loads_of
from matching.office.plan_rows import (
    LATEST,
    SHOWN,
    PlanFilter,
    PlanRow,
    decided_since,
    decisions_of,
    in_order,
    lines_of,
    rows_of,
)
from matching.office.plan_run import RunForm, RunPart, batch_of, run_facts, start
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


class MadePart(Loads):
    """What office/plan_made.html reads of the plan in force; `open_here` counts the open lines that the filters leave,
    `stale` is True when the office has decided something since."""

    filter: PlanFilter
    page: Page[PlanLine]
    rows: list[PlanRow]
    compared: Compared
    open_here: int
    may_pick: bool
    conflicts: list[Conflict]
    all_followed: str
    unkept: list[str]
    stale: bool
    notes: list[str]


class PlanPage(RunPart, AcceptingPart):
    """What office/plan.html reads; a plan that was made adds MadePart."""

    form: RunForm
    may_accept: bool
    decisions: QuerySet[Override]
    decided: int
    listed: int


def _page(request: HttpRequest, batch: Batch, form: RunForm) -> HttpResponse:
    run = run_facts(batch, request)
    decisions = decisions_of(batch)
    page: PlanPage = {
        **run,
        **accepting_facts(batch, request, run["done"]),
        "form": form,
        "may_accept": batch.takes_orders(timezone.localdate()),
        "decisions": decisions[:LATEST],
        "decided": decisions.count(),
        "listed": LATEST,
    }
    if run["done"] is None:
        return render(request, "office/plan.html", page)
    can_accept = page["may_accept"] and not page["accepting"]
    return render(request, "office/plan.html", {**page, **_made(request, batch, run["done"], can_accept=can_accept)})


def _made(request: HttpRequest, batch: Batch, run: MatchRun, *, can_accept: bool) -> MadePart:
    filters = PlanFilter(request.GET, lines_of(run))
    lines = in_order(filters.qs, request.GET.get("sort", ""))
    page = Paginator(lines.select_related(*PARTIES), PAGE).get_page(request.GET.get("page"))
    open_here = filters.qs.filter(SHOWN["open"][1]).count()
    return {
        **loads_of(run, batch),
        "filter": filters,
        "page": page,
        "rows": rows_of(run, page.object_list),
        "compared": compared(run),
        "open_here": open_here,
        "may_pick": can_accept and open_here > 0,
        "conflicts": conflicts_in_words(run.facts.get("conflicts", ()), run.facts.get("lacking", 0)),
        "all_followed": all_followed_in_words(run.facts),
        "unkept": unkept_in_words(run.facts.get("unkept", ())),
        "stale": decided_since(batch, run),
        "notes": notes_in_words(run.facts.get("notes", {}), run.facts.get("needs")),
    }
