"""Who may be a host of a batch: as sentences on its pages, and how many enterprises that is today, with reasons."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

import servicerules
from core.errors import Refused
from core.permissions import may
from enterprises.asked_of_hosts import host_rules
from enterprises.candidates import count_eligible
from enterprises.host_rules import HOST, read
from enterprises.wording import verdict_lines
from programmes.models import Batch
from programmes.readers import wrong_eligibility, wrong_rules
from programmes.rulebook import rules_in
from ui.office_table import person


def shown(request: HttpRequest, batch: Batch) -> str:
    """What the conditions come to among the enterprises that the reader sees, on this day."""
    return render_to_string("office/eligible.html", _counted(request, batch), request)


def _counted(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    try:
        rules = host_rules(batch)
    except Refused as refusal:
        return {"wrong": [refusal.message]}
    count = count_eligible(rules, person(request), on=timezone.localdate())
    lines = [
        {"enterprise": each["enterprise"], "eligible": each["verdict"].eligible,
         "lines": verdict_lines(each["verdict"].as_data()) if rules.rules else []}
        for each in count["first"]
    ]  # fmt: skip
    return {"count": count, "lines": lines}


def asked(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    """What is asked of the hosts of a batch, to be read, and whether the reader may change it."""
    wrong = wrong_eligibility(batch.eligibility)
    own = None if wrong else read(batch.eligibility)
    return {
        "batch": batch,
        "wrong": wrong,
        "own": own,
        "changes": may(person(request), "change", batch),
        **asked_beside(batch),
    }


def asked_beside(batch: Batch) -> dict[str, Any]:
    """What the rule set of the batch asks of its hosts; nothing where nobody can read it."""
    pinned = None if wrong_rules(batch.rule_set.data) else rules_in(batch, batch.rule_set_id)
    rules = [each for each in pinned.rules if each.of == HOST] if pinned else []
    return {"pinned_rules": servicerules.RuleSet(code=pinned.code, rules=tuple(rules), names=pinned.names)
            if pinned and rules else None}  # fmt: skip


def beside_form(request: HttpRequest, batch: Batch) -> str:
    """The same within the form of the batch."""
    return render_to_string("office/batch_asked.html", asked(batch, request), request)
