"""Measures what stands beside the editor of rules, and what a batch's move to another version changes."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bench.fill import CITY_STAFF
from bench.measure import repeated, say
from bench.pages import reader
from programmes.actions import write_rule_set
from programmes.drafts import begin_draft, data_of
from programmes.models import Batch, RuleDraft


def rules() -> None:
    """Three real terms before and after, of a draft that asks for more; and the page that moves the running batch."""
    city = User.objects.get(pk=CITY_STAFF)
    draft, batch = _draft(city), Batch.objects.select_related("rule_set").get(status=Batch.Status.RUNNING)
    opened = reader(CITY_STAFF)
    side = opened(reverse("admin:rule_draft_side", args=[draft.pk]))
    say(repeated("rules_preview", "Rules preview: three real years beside a draft", side))
    move = opened(reverse("admin:batch_rules", args=[batch.pk]))
    say(repeated("rules_move", "What a move to another version changes", move))


def _draft(city: User) -> RuleDraft:
    """A draft that asks for a visit of three days a month, and a version that does."""
    now = Batch.objects.get(status=Batch.Status.RUNNING).rule_set
    data = data_of(now)
    data["rules"][0]["measure"]["count"]["lasting"] = 3
    write_rule_set(now.code, by=city, name=now.name, data=data)
    return begin_draft(now.code, now.name, data, by=city, at=timezone.now(), follows=now)
