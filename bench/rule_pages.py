"""Measures pages on which rules are written, what a move changes, and pages that show verdicts."""

from dataclasses import replace

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
    served = f"a batch of {Assignment.objects.filter(batch=batch).count():,} services"
    draft = _draft(city, batch)
    edit_batch(batch, by=city, at=timezone.now(), facts={"eligibility": HOSTS})
    check = Check.objects.latest("pk")
    office = {name: reverse(f"admin:{name}", args=[row.pk]) for name, row in (
        ("rule_draft_side", draft), ("rule_draft", draft), ("batch_eligibility_count", batch), ("batch_rules", batch),
    )}  # fmt: skip
    _say("rules_preview", "Rules preview: three real terms beside a draft", office["rule_draft_side"], served)
    _say("rules_page", "Rules written: the page of a draft", office["rule_draft"])
    among = f"{Enterprise.objects.count():,} enterprises"
    _say("eligible", "How many enterprises may be hosts", office["batch_eligibility_count"], among)
    _say("rules_move", "What a move to another version changes", office["batch_rules"], served)
    _say("check", "A verdict and its records", reverse("check_detail", args=[check.pk]))
    _say("service", "The page of a service", check.assignment.get_absolute_url())


def _say(key: str, what: str, page: str, note: str = "") -> None:
    figure = repeated(key, what, reader(CITY_STAFF)(page))
    say(replace(figure, note=", ".join(filter(None, [note, figure.note]))))


def _draft(city: User, batch: Batch) -> RuleDraft:
    """A draft that asks for a visit of three days a month, and a version that does."""
    now = batch.rule_set
    data = data_of(now)
    data["rules"][0]["measure"]["count"]["lasting"] = 3
    write_rule_set(now.code, by=city, name=now.name, data=data)
    return begin_draft(now.code, now.name, data, by=city, at=timezone.now(), follows=now)
