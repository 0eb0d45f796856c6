"""Accepting lines of a batch's plan: a few at once, many by a job whose progress and refusals have pages."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from core import jobs
from core.errors import Refused
from core.models import Job
from core.parameters import keys_of, words_of
from core.permissions import entitled
from matching.accepting import Tally, latest
from matching.actions import accept_plan_lines, ask_for_acceptance
from matching.models import MatchRun, PlanLine
from matching.office.plan_rows import SHOWN, PlanFilter, lines_of
from matching.office.plan_run import batch_of
from programmes.models import Batch
from ui.office_table import person

AT_ONCE = 25  # lines accepted while the page waits; more are a job
LISTED = 200  # lines named before they are accepted
REFUSED_ON_A_PAGE = 100
MOST_WORDS = 300  # of an answer to the rules
STATES: dict[str, Any] = {
    Job.State.QUEUED: gettext_lazy("waits for a worker"),
    Job.State.RUNNING: gettext_lazy("under way"),
    Job.State.DONE: gettext_lazy("finished"),
    Job.State.CANCELLED: gettext_lazy("stopped"),
    Job.State.FAILED: gettext_lazy("failed"),
}


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
        return _ask_first(request, batch, run, lines)
    if len(lines) > AT_ONCE:
        return _accept_later(request, batch, run, lines)
    return _accept_now(request, batch, run, lines)


class SurePage(TypedDict):
    """What office/plan_accept.html reads; `later` is True for a job, `beside` if an enterprise is served beside a lead
    project."""

    batch: Batch
    run: MatchRun
    lines: list[PlanLine]
    count: int
    listed: int
    later: bool
    beside: bool
    back: str


def _ask_first(request: HttpRequest, batch: Batch, run: MatchRun, lines: list[PlanLine]) -> HttpResponse:
    """The page that names the lines before all of them are accepted."""
    page: SurePage = {
        "batch": batch,
        "run": run,
        "lines": lines[:LISTED],
        "count": len(lines),
        "listed": LISTED,
        "later": len(lines) > AT_ONCE,
        "beside": any(not line.lead for line in lines),
        "back": _address(request, batch),
    }
    return render(request, "office/plan_accept.html", page)


class RefusedPage(TypedDict):
    """What office/plan_refused.html reads; `count` is how many were refused, `asking` are the keys of those of which a
    rule asks for a reason, `page` is there after a job."""

    batch: Batch
    refused: list[tuple[PlanLine, str]]
    asking: set[int]
    why: str
    count: int
    done: int
    back: str
    page: NotRequired[Page[Any]]


def _accept_now(request: HttpRequest, batch: Batch, run: MatchRun, lines: list[PlanLine]) -> HttpResponse:
    """Accept the lines while the page waits."""
    why = words_of(request.POST.get("why"), most=MOST_WORDS)
    found = accept_plan_lines(run, lines, by=person(request), at=timezone.now(), on=timezone.localdate(), why=why)
    if found.done:
        said = done_in_words(len(found.placed), len(found.dispatched), len(found.served))
        messages.success(request, " ".join(said))
    if found.already:
        messages.info(request, already_in_words(len(found.already)))
    if not found.refused:
        return _back(request, batch)
    page: RefusedPage = {
        "batch": batch,
        "refused": found.refused,
        "asking": {line.pk for line in found.asking},
        "why": why,
        "count": len(found.refused),
        "done": found.done,
        "back": _address(request, batch),
    }
    return render(request, "office/plan_refused.html", page)


def _accept_later(request: HttpRequest, batch: Batch, run: MatchRun, lines: Sequence[PlanLine]) -> HttpResponse:
    try:
        why = words_of(request.POST.get("why"), most=MOST_WORDS)
        ask_for_acceptance(run, lines, by=person(request), at=timezone.now(), why=why)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The lines are being accepted one by one; you may close this page."))
    return _back(request, batch)


def _asked_for(request: HttpRequest, run: MatchRun) -> list[PlanLine]:
    """The lines ticked, or every line left by the filters that was not accepted yet; lead projects first, because the
    enterprises served beside them join these."""
    lines = lines_of(run).select_related("run__batch", "need__enterprise", "doctor__university")
    if request.POST.get("act") == "all":
        lines = PlanFilter(request.GET, lines).qs.filter(SHOWN["open"][1])
    else:
        lines = lines.filter(pk__in=keys_of(request.POST.getlist("line")))
    return list(lines.order_by("-lead", "-score", "need_id", "pk"))


def done_in_words(placed: int, dispatched: int, served: int) -> list[str]:
    """What was done, a sentence for each kind of it."""
    said = [
        (placed, ngettext("%(count)s order was placed.", "%(count)s orders were placed.", placed)),
        (dispatched, ngettext("%(count)s doctor was dispatched.", "%(count)s doctors were dispatched.", dispatched)),
        (
            served,
            ngettext("%(count)s served enterprise was added.", "%(count)s served enterprises were added.", served),
        ),
    ]
    return [words % {"count": count} for count, words in said if count]


def already_in_words(count: int) -> str:
    return _("%(count)s had been accepted before.") % {"count": count}


def _address(request: HttpRequest, batch: Batch) -> str:
    """The plan page with the filters in force."""
    query = request.GET.urlencode()
    return reverse("admin:batch_plan", args=[batch.pk]) + (f"?{query}" if query else "")


def _back(request: HttpRequest, batch: Batch) -> HttpResponseRedirect:
    return redirect(_address(request, batch))


# -- By a job -------------------------------------------------------------------------------------------------


class AcceptingPart(TypedDict):
    """What office/plan_accepting.html reads; without an acceptance to show, only that none is under way."""

    accepting: bool
    acceptance: Job | None
    acceptance_state: NotRequired[Any]
    tried: NotRequired[int]
    asked_for: NotRequired[int]
    accepted_percent: NotRequired[int]
    said: NotRequired[list[str]]
    refusals: NotRequired[int]
    may_stop: NotRequired[bool]


def accepting_facts(batch: Batch, request: HttpRequest, run: MatchRun | None) -> AcceptingPart:
    """The acceptance under way, or what became of the latest one of this run's lines."""
    job = latest(batch)
    under_way = job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)
    if job is None or not (under_way or (run is not None and job.args["run"] == run.pk)):
        return {"accepting": under_way, "acceptance": None}
    tally, count = Tally.of(job), len(job.args["lines"])
    said = done_in_words(len(tally.placed), len(tally.dispatched), len(tally.served))
    if tally.already:
        said.append(already_in_words(len(tally.already)))
    return {
        "accepting": under_way,
        "acceptance": job,
        "acceptance_state": STATES[job.state],
        "tried": len(tally.tried),
        "asked_for": count,
        "accepted_percent": 100 * len(tally.tried) // count if count else 0,
        "said": said,
        "refusals": len(tally.refused),
        "may_stop": entitled(person(request), "match", batch),
    }


@require_safe
def accept_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that an acceptance under way replaces every two seconds; when it ended, the page is loaded anew."""
    batch = batch_of(request, pk)
    facts = {"batch": batch, **accepting_facts(batch, request, None)}
    response = render(request, "office/plan_accepting.html", facts)
    if not facts["accepting"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def accept_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk, "match")
    job = latest(batch)
    if job is not None and jobs.cancel(job, by=person(request), at=timezone.now()):
        messages.success(request, _("The acceptance stops; what was accepted stays."))
    else:
        messages.info(request, _("No acceptance was under way."))
    return redirect(reverse("admin:batch_plan", args=[batch.pk]))


@require_safe
def accept_refused(request: HttpRequest, pk: int) -> HttpResponse:
    """Every line that the latest acceptance by a job could not accept, with the reason."""
    batch = batch_of(request, pk, "match")
    job = latest(batch)
    tally = Tally.of(job) if job else Tally()
    shown = Paginator(tally.refused, REFUSED_ON_A_PAGE).get_page(request.GET.get("page"))
    keys = [key for key, _why in shown.object_list]
    lines = PlanLine.objects.select_related("need__enterprise", "doctor").in_bulk(keys)
    page: RefusedPage = {
        "batch": batch,
        "asking": _asking(batch, set(keys) & set(tally.asking)),
        "why": "",
        "refused": [(lines[key], why) for key, why in shown.object_list if key in lines],
        "count": len(tally.refused),
        "done": tally.done,
        "back": reverse("admin:batch_plan", args=[batch.pk]),
        "page": shown,
    }
    return render(request, "office/plan_refused.html", page)


def _asking(batch: Batch, keys: set[int]) -> set[int]:
    """Those of these lines that belong to the newest plan of the batch and are not accepted yet."""
    run = MatchRun.objects.filter(batch=batch, finished_at__isnull=False).order_by("-pk").first()
    if run is None or not keys:
        return set()
    return set(lines_of(run).filter(SHOWN["open"][1], pk__in=keys).values_list("pk", flat=True))
