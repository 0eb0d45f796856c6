"""The office's page of a batch, which takes what other apps show of it, and the acts that open, start and close it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.permissions import get_permitted, may
from programmes import actions
from programmes.models import Batch
from ui.office_table import person

# Act on the batch → action, verb of rules.py, status it starts from, word of the button, question before it.
ACTS: dict[str, tuple[Any, str, str, Any, Any]] = {
    "open": (
        actions.open_batch,
        "open",
        Batch.Status.DRAFT,
        gettext_lazy("Open for orders"),
        gettext_lazy("Open the batch? Enterprises can order from the first day of the order window."),
    ),
    "start": (
        actions.start_batch,
        "start",
        Batch.Status.OPEN,
        gettext_lazy("Start the service year"),
        gettext_lazy("Start the service year? Orders are over then."),
    ),
    "close": (
        actions.close_batch,
        "close",
        Batch.Status.RUNNING,
        gettext_lazy("Close the batch"),
        gettext_lazy("Close the batch? Its records stay, nothing can be added."),
    ),
}


def batch_of(request: HttpRequest, pk: int, verb: str = "view") -> Batch:
    """The batch with its programme and rules, for whoever may do this with it."""
    return get_permitted(Batch.objects.select_related("programme", "rule_set"), verb, person(request), pk=pk)


@require_safe
def batch_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The round of a batch: its days, and the panels of the apps."""
    return render(request, "office/batch_round.html", {"batch": batch_of(request, pk)})


def act_offered(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    """What can be done with the batch next, for whoever may."""
    for name, (_act, verb, status, label, _question) in ACTS.items():
        if batch.status == status and may(person(request), verb, batch):
            return {"act": name, "label": label}
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
def batch_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Open, start or close the batch; asks first."""
    action, verb, _status, label, question = ACTS[act]
    batch = batch_of(request, pk, verb)
    if request.method == "POST":
        action(batch, by=person(request), at=timezone.now())
        words = _("The batch is now “%(status)s”.") % {"status": batch.get_status_display()}
        messages.success(request, words)
        return redirect(batch)
    return render(request, "office/batch_act.html", {"batch": batch, "label": label, "question": question})
