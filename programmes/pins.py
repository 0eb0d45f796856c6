"""Which version of its rules a batch had at a moment."""

from datetime import datetime

from core.action import By
from programmes.models import Batch, RulePin, RuleSet


def pin(batch: Batch, *, by: By, at: datetime, reason: str = "") -> RulePin:
    """Write down that the batch has its present rules since this moment; called within an action."""
    return RulePin.objects.create(batch=batch, rule_set_id=batch.rule_set_id, since=at, by=by, reason=reason.strip())


def rules_at(batch: Batch, moment: datetime) -> RuleSet:
    """The version of the rules that the batch had at a moment; for one before the batch was planned, its first."""
    pins = RulePin.objects.filter(batch=batch).select_related("rule_set")
    past = pins.filter(since__lte=moment).order_by("-since", "-pk").first()
    known = past or pins.order_by("since", "pk").first()
    return known.rule_set if known else batch.rule_set


def rules_before(batch: Batch, moment: datetime) -> RuleSet:
    """The version that the batch had until a moment, at which it may have been moved to another one."""
    past = RulePin.objects.filter(batch=batch, since__lt=moment).select_related("rule_set")
    known = past.order_by("-since", "-pk").first()
    return known.rule_set if known else rules_at(batch, moment)
