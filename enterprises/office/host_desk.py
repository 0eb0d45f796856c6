"""The page on which the office writes who may be a host of a batch: sentences of chips, and beside them how many
enterprises that is today."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.edits import version_of
from core.json_column import refuse_wrong
from enterprises.host_rules import as_rules
from enterprises.office.eligible import asked_beside, shown
from programmes.actions import edit_batch
from programmes.models import Batch
from programmes.office import batch_of
from programmes.readers import wrong_eligibility
from programmes.rule_pages.desk import Data, Desk, desk_page
from programmes.rule_pages.undoing import STATES, before_last
from servicerules.chips import HOSTS
from ui.office_table import person


@require_http_methods(["GET", "HEAD", "POST"])
def batch_eligibility(request: HttpRequest, pk: int) -> HttpResponse:
    """Read and change who may be a host; every change is kept at once, as the form of the batch would keep it."""
    version = version_of(Batch, pk)
    return desk_page(request, desk_of(request, batch_of(request, pk, "change"), version))


@require_safe
def batch_eligibility_count(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands beside the sentences, anew after each change."""
    return HttpResponse(shown(request, batch_of(request, pk, "change")))


def desk_of(request: HttpRequest, batch: Batch, version: str) -> Desk:
    """The editor of what a batch asks of its hosts."""
    wrong = wrong_eligibility(batch.eligibility)

    def save(data: Data, seen: str) -> Desk:
        refuse_wrong(wrong_eligibility(data), code="eligibility_wrong")
        facts = {"eligibility": data}
        kept = edit_batch(batch, by=person(request), at=timezone.now(), facts=facts, version=seen)
        return desk_of(request, kept, version_of(Batch, kept.pk))

    return Desk(
        address=reverse("admin:batch_eligibility", args=[batch.pk]),
        data=readable(batch.eligibility),
        save=save,
        version=version,
        allowed=HOSTS,
        undone=lambda: _before(batch),
        name=_("Who may be a host"),
        title=_("Conditions of selection"),
        template="office/batch_eligibility.html",
        facts={"batch": batch, "unreadable": wrong, "side": lambda: shown(request, batch), **asked_beside(batch)},
    )


def readable(stored: Any) -> Data:
    """What is stored, as data of the language; of what nobody can read, the rules that can be read."""
    data = as_rules(stored)
    if not wrong_eligibility(data):
        return dict(data)
    rules = data.get("rules") if isinstance(data, dict) else None
    written = rules if isinstance(rules, list) else []
    return {"rules": [each for each in written if not wrong_eligibility({"rules": [each]})]}


def _before(batch: Batch) -> Data | None:
    """What the batch asked before the last change, from its history; what cannot be read is passed over."""
    events: Any = batch.events  # type: ignore[attr-defined]
    stored = events.order_by("-pgh_id").values_list("eligibility", flat=True)[:STATES]
    found: Data | None = before_last([as_rules(each) for each in stored if not wrong_eligibility(each)])
    return found
