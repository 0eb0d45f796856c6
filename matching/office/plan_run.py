"""The match run of a batch: how it is asked for, how far it is, and how it is stopped."""

from typing import Any, TypedDict

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.errors import AlreadyDone, Refused
from core.permissions import entitled, get_permitted, may
from matching import rounds
from matching.actions import ask_for_batch_match, cancel_batch_match
from matching.models import MatchRun
from matching.office.plan_compared import Compared, compared
from matching.wording import GOALS, RUN_STATES
from programmes.models import Batch
from ui.office_table import person

MOST_SERVED = 9  # enterprises served beside a lead project


class RunForm(forms.Form):
    """How the plan is to be made."""

    goal = forms.ChoiceField(
        label=gettext_lazy("Goal"),
        choices=list(GOALS.items()),
        initial="total",
    )
    served = forms.IntegerField(
        label=gettext_lazy("Served beside each lead project (1+N)"),
        min_value=0,
        max_value=MOST_SERVED,
        initial=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def batch_of(request: HttpRequest, pk: int, verb: str = "view") -> Batch:
    return get_permitted(Batch.objects.select_related("programme", "rule_set"), verb, person(request), pk=pk)


class RunPart(TypedDict):
    """What the pages of a round and of its plan read of its run; `done` is the run whose plan is in force."""

    batch: Batch
    run: MatchRun | None
    progress: rounds.RoundProgress | None
    running: bool
    state: Any
    goal: Any
    may_match: bool
    may_run: bool
    done: MatchRun | None


class RoundPart(RunPart):
    """What office/batch_plan.html reads; `compared` is None before a run has finished."""

    compared: Compared | None


def plan_of_round(batch: Batch, request: HttpRequest) -> RoundPart:
    """The run of a batch and what the plan in force gains; its lines have a page of their own."""
    run = run_facts(batch, request)
    return {**run, "compared": compared(run["done"]) if run["done"] else None}


def run_facts(batch: Batch, request: HttpRequest) -> RunPart:
    """The latest run of the batch and how far it is, and the latest that finished, whose plan is in force."""
    runs = MatchRun.objects.filter(batch=batch)
    run = runs.order_by("-pk").first()
    progress = rounds.progress_of(run) if run else None
    done = run if run and run.finished_at else runs.filter(finished_at__isnull=False).order_by("-pk").first()
    return {
        "batch": batch,
        "run": run,
        "progress": progress,
        "running": bool(progress and progress.under_way),
        "state": RUN_STATES[progress.state] if progress else "",
        "goal": GOALS.get(run.options.get("goal", ""), "") if run else "",
        "may_match": entitled(person(request), "match", batch),
        "may_run": may(person(request), "match", batch),
        "done": done,
    }


@require_safe
def match_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that a running match replaces every two seconds; when it ended, the page is loaded anew."""
    facts = run_facts(batch_of(request, pk), request)
    response = render(request, "office/match_progress.html", facts)
    if not facts["running"]:
        response["HX-Refresh"] = "true"
    return response


def start(request: HttpRequest, batch: Batch, form: RunForm) -> bool:
    """Ask for a run as the form says; a refusal is shown on the form."""
    if not form.is_valid():
        return False
    try:
        ask_for_batch_match(batch, by=person(request), at=timezone.now(), **form.cleaned_data)
    except AlreadyDone:
        raise
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("All open needs are being matched; you may close this page."))
    return True


@require_POST
def match_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk, "match")
    run = MatchRun.objects.filter(batch=batch).order_by("-pk").first()
    if run is not None and cancel_batch_match(run, by=person(request), at=timezone.now()):
        messages.success(request, _("The match run stops; the earlier shortlists stay in force."))
    else:
        messages.info(request, _("No match run was under way."))
    return redirect(reverse("admin:batch_plan", args=[batch.pk]))
