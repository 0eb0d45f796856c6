"""Measures pages on which rules are written, what a move changes, and pages that show verdicts."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assignments.models import Assignment
from bench.fill import CITY_STAFF
from bench.measure import repeated, say
from bench.pages import reader
from enterprises.models import Enterprise
from programmes.actions import edit_batch, write_rule_set
from programmes.drafts import begin_draft, data_of
from programmes.models import Batch, RuleDraft
from service.models import Check

# One of two qualifications, at the province or higher.
HOSTS = {
    "rules": [
        {
            "id": "one-of-them",
            "of": {"action": "host"},
            "must": {"least": 1},
            "measure": {"held": [{"kind": "high_tech", "level": "provincial"}, {"kind": "above_scale"}]},
        }
    ]
}


def rules() -> None:
    """Three real terms before and after, of a draft that asks for more; the page that moves the running batch; how many
    enterprises may be hosts; a verdict and its service."""
    city = User.objects.get(pk=CITY_STAFF)
    batch = Batch.objects.select_related("rule_set").get(status=Batch.Status.RUNNING)
    served = f"{Assignment.objects.filter(batch=batch).count():,} services"
    draft = _draft(city, batch)
    _say("rules_preview", f"Rules preview: three real terms of {served}", "rule_draft_side", draft.pk)
    _say("rules_page", "Rules written: the page of a draft", "rule_draft", draft.pk)
    edit_batch(batch, by=city, at=timezone.now(), facts={"eligibility": HOSTS})
    among = f"{Enterprise.objects.count():,} enterprises"
    _say("eligible", f"How many of {among} may be hosts", "batch_eligibility_count", batch.pk)
    _say("rules_move", f"What a move changes, batch of {served}", "batch_rules", batch.pk)
    check = Check.objects.latest("pk")
    opened = reader(CITY_STAFF)
    say(repeated("check", "A verdict and its records", opened(reverse("check_detail", args=[check.pk]))))
    say(repeated("service", "The page of a service", opened(check.assignment.get_absolute_url())))


def _say(key: str, what: str, page: str, row: Any) -> None:
    say(repeated(key, what, reader(CITY_STAFF)(reverse(f"admin:{page}", args=[row]))))


def _draft(city: User, batch: Batch) -> RuleDraft:
    """A draft that asks for a visit of three days a month, and a version that does."""
    now = batch.rule_set
    data = data_of(now)
    data["rules"][0]["measure"]["count"]["lasting"] = 3
    write_rule_set(now.code, by=city, name=now.name, data=data)
    return begin_draft(now.code, now.name, data, by=city, at=timezone.now(), follows=now)
