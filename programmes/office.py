"""The office's page of a batch, which takes what other apps show of it, and the acts that open, start and close it."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.permissions import get_permitted, may
from programmes import actions
from programmes.models import Batch
from programmes.readers import wrong_rules
from programmes.rule_warnings import warnings_of
from programmes.rulebook import read
from ui.act_page import Ask, act_page
from ui.office_table import person

# Act on the batch, which is its verb in rules.py → action, word of the button, question before it.
ACTS: dict[str, tuple[Any, Any, Any]] = {
    "open": (
        actions.open_batch,
        gettext_lazy("Open for orders"),
        gettext_lazy("Open the batch? Enterprises can order from the first day of the order window."),
    ),
    "start": (
        actions.start_batch,
        gettext_lazy("Start the services"),
        gettext_lazy("Start the services? Orders are over then."),
    ),
    "close": (
        actions.close_batch,
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
    for verb, (_act, label, _question) in ACTS.items():
        if may(person(request), verb, batch):
            return {"act": verb, "label": label}
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
def batch_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Open, start or close the batch; asks first."""
    action, label, question = ACTS[act]
    batch = batch_of(request, pk, act)
    ask = Ask(
        title=label,
        lede=question,
        button=label,
        crumbs=[(_("Talent office"), reverse("admin:index")), (str(batch), batch.get_absolute_url()), (label, "")],
        base="office/base.html",
    )
    warnings = (
        [] if act != "open" or wrong_rules(batch.rule_set.data) else warnings_of(read(batch.rule_set.data), batch)
    )
    about = "programmes/rule_warnings.html" if warnings else ""
    facts = {"warnings": warnings}
    ask = replace(ask, about=about)
    return act_page(request, batch, None, action, verb=act, ask=ask, done=_became, facts=facts)


def _became(batch: Batch) -> str:
    return _("The batch is now “%(status)s”.") % {"status": batch.get_status_display()}
