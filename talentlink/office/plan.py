"""The plan page of a batch: run it, look at it beside the greedy one, argue with it, and accept it."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from time import monotonic
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.office_table import person
from matching.actions import Acceptance, accept_plan_lines
from matching.conflict_wording import conflicts_in_words, unkept_in_words
from matching.models import MatchRun, PlanLine
from programmes.models import Batch
from talentlink.office.plan_rows import (
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
from talentlink.office.plan_run import RunForm, batch_of, run_facts, start

PAGE = 25
AT_ONCE = 200  # lines accepted in one step; each is an order of its own
SECONDS = 15  # after which a step takes no further line, so that the page answers
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
    """The next run is asked for as the last one was, unless said otherwise."""
    options = MatchRun.objects.filter(batch=pk).order_by("-pk").values_list("options", flat=True).first() or {}
    return {key: options[key] for key in ("goal", "served") if key in options}


def _page(request: HttpRequest, batch: Batch, form: RunForm) -> HttpResponse:
    facts = {**run_facts(batch, request), "form": form, "may_accept": batch.takes_orders(timezone.localdate())}
    decisions = decisions_of(batch)
    facts |= {"decisions": decisions[:LATEST], "decided": decisions.count(), "listed": LATEST}
    if facts["done"] is not None:
        facts |= _plan_facts(facts["done"], batch, request)
    return render(request, "office/plan.html", facts)


def _plan_facts(run: MatchRun, batch: Batch, request: HttpRequest) -> dict[str, Any]:
    filters = PlanFilter(request.GET, lines_of(run))
    lines = in_order(filters.qs, request.GET.get("sort", ""))
    page = Paginator(lines.select_related(*PARTIES), PAGE).get_page(request.GET.get("page"))
    open_here = filters.qs.filter(SHOWN["open"][1]).count()
    return {
        "filter": filters,
        "may_pick": bool(open_here) and batch.takes_orders(timezone.localdate()),
        "page": page,
        "rows": rows_of(run, page.object_list),
        "compared": compared(run),
        "open_here": open_here,
        "conflicts": conflicts_in_words(run.facts.get("conflicts", ())),
        "unkept": unkept_in_words(run.facts.get("unkept", ())),
        "stale": decided_since(batch, run),
        **loads_of(run, batch),
    }


# -- Accepting ------------------------------------------------------------------------------------------------


@require_POST
def plan_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the chosen lines, or, asked once more, all that the filters leave; who is refused is named."""
    batch = batch_of(request, pk, "match")
    run = MatchRun.objects.filter(batch=batch, finished_at__isnull=False).order_by("-pk").first()
    lines = _asked_for(request, run) if run else []
    if run is None or not lines:
        messages.warning(request, _("Choose the lines to be accepted first."))
        return _back(request, batch)
    if request.POST.get("act") == "all" and "sure" not in request.POST:
        back = _address(request, batch)
        facts = {"batch": batch, "run": run, "lines": lines[:AT_ONCE], "count": len(lines), "back": back}
        return render(request, "office/plan_accept.html", {**facts, "at_once": AT_ONCE})
    found = accept_plan_lines(run, _in_time(lines), by=person(request), at=timezone.now(), on=timezone.localdate())
    _tell(request, found, left=len(lines) - found.done - len(found.already) - len(found.refused))
    if found.refused:
        facts = {"batch": batch, "refused": found.refused, "found": found, "back": _address(request, batch)}
        return render(request, "office/plan_refused.html", facts)
    return _back(request, batch)


def _in_time(lines: Sequence[PlanLine]) -> Iterator[PlanLine]:
    until = monotonic() + SECONDS
    return takewhile(lambda _line: monotonic() < until, lines[:AT_ONCE])


def _asked_for(request: HttpRequest, run: MatchRun) -> list[PlanLine]:
    """The lines ticked, or every line left by the filters that was not accepted yet."""
    lines = lines_of(run).select_related("run__batch", "need__enterprise", "doctor__university")
    if request.POST.get("act") == "all":
        left = PlanFilter(request.GET, lines).qs.filter(SHOWN["open"][1])
        return list(left.order_by("-score", "need_id", "pk"))
    keys = [key for key in request.POST.getlist("line") if key.isdecimal()]
    return list(lines.filter(pk__in=keys).order_by("-score", "need_id", "pk"))


def _tell(request: HttpRequest, found: Acceptance, *, left: int) -> None:
    """What was done, in a message for each kind of it."""
    placed, dispatched, served = len(found.placed), len(found.dispatched), len(found.served)
    said = [
        (placed, ngettext("%(count)s order was placed.", "%(count)s orders were placed.", placed)),
        (dispatched, ngettext("%(count)s doctor was dispatched.", "%(count)s doctors were dispatched.", dispatched)),
        (
            served,
            ngettext("%(count)s served enterprise was added.", "%(count)s served enterprises were added.", served),
        ),
    ]
    done = " ".join(words % {"count": count} for count, words in said if count)
    if done:
        messages.success(request, done)
    if found.already:
        messages.info(request, _("%(count)s had been accepted before.") % {"count": len(found.already)})
    if left > 0:
        words = ngettext(
            "%(left)s further line waits; accept again to go on.",
            "%(left)s further lines wait; accept again to go on.",
            left,
        )
        messages.info(request, words % {"left": left})


def _address(request: HttpRequest, batch: Batch) -> str:
    """The plan page with the filters in force."""
    query = request.GET.urlencode()
    return reverse("admin:batch_plan", args=[batch.pk]) + (f"?{query}" if query else "")


def _back(request: HttpRequest, batch: Batch) -> HttpResponseRedirect:
    return redirect(_address(request, batch))
