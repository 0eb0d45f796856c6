"""Beside the form of a batch: how many enterprises fulfil what is typed, and the first of them with the reasons."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.errors import Refused
from core.parameters import key_of
from core.permissions import may
from enterprises.asked_of_hosts import with_pinned
from enterprises.candidates import count_eligible
from enterprises.host_rules import read, sentences
from enterprises.wording import verdict_lines
from programmes.models import Batch, RuleSet
from programmes.readers import form_of, wrong_eligibility
from ui.office_table import person


def shown(request: HttpRequest, batch: Batch, data: Any) -> str:
    """What the conditions come to among the enterprises that the reader sees, on this day."""
    return render_to_string("office/eligible.html", {"batch": batch, **_facts(request, batch, data)}, request)


def _facts(request: HttpRequest, batch: Batch, data: Any) -> dict[str, Any]:
    if wrong := wrong_eligibility(data):
        return {"wrong": wrong}
    try:
        rules = with_pinned(batch, read(data)) if batch.rule_set_id else read(data)
    except Refused as refusal:
        return {"wrong": [refusal.message]}
    count = count_eligible(rules, person(request), on=timezone.localdate())
    lines = [
        {"enterprise": each["enterprise"], "eligible": each["verdict"].eligible,
         "lines": verdict_lines(each["verdict"].as_data())}
        for each in count["first"]
    ]  # fmt: skip
    return {"count": count, "lines": lines, "sentences": sentences(rules)}


@require_http_methods(["GET", "HEAD", "POST"])
def eligible_count(request: HttpRequest) -> HttpResponse:
    """The same for what is typed at this moment; nothing is stored."""
    if not may(person(request), "add", Batch):
        raise PermissionDenied
    typed = form_of("eligibility")(request.POST or None, prefix="conditions")
    return HttpResponse(shown(request, _batch(request), typed.seen()))


def _batch(request: HttpRequest) -> Batch:
    """The batch whose form is filled in, with the rule set chosen there; of a new one only the rule set is known."""
    user = person(request)
    batch = Batch.objects.visible_to(user).filter(pk=key_of(request.GET.get("batch")) or 0).first() or Batch()
    chosen = key_of(request.POST.get("rule_set"))
    rules = RuleSet.objects.visible_to(user).filter(pk=chosen or 0).first()
    if rules is not None:
        batch.rule_set = rules
    return batch
