"""What changes a batch."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import By, action
from core.status import move
from programmes.models import Batch, Programme, RuleSet


@action(gettext_lazy("programme set up"))
def set_up_programme(name: str, *, by: By, purpose: str = "") -> Programme:
    """Enter a talent action that runs every year."""
    return Programme.objects.create(name=name, purpose=purpose)


@action(gettext_lazy("rule set written"))
def write_rule_set(code: str, *, by: By, name: str, data: dict[str, Any]) -> RuleSet:
    """Add the next version of a rule set; earlier versions, and the batches pinned to them, stay as they are."""
    versions = RuleSet.objects.filter(code=code)
    list(versions.select_for_update(no_key=True).order_by("pk"))  # two authors write one after the other
    version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    return RuleSet.objects.create(
        code=code, version=version, name=name, data={**data, "code": code, "version": version}, created_by=by
    )


@action(gettext_lazy("batch planned"))
def plan_batch(programme: Programme, *, by: User, name: str, rule_set: RuleSet, starts_on: date, **facts: Any) -> Batch:
    """Prepare a batch of a programme, pinned to one version of its rules."""
    return Batch.objects.create(programme=programme, name=name, rule_set=rule_set, starts_on=starts_on, **facts)


@action(gettext_lazy("batch opened for orders"))
def open_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """Open the batch: hosts can be chosen and orders placed within its window."""
    return move(batch, Batch.Status.OPEN, by=by, at=at)


@action(gettext_lazy("service year started"))
def start_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """Orders are over; the year of service runs."""
    return move(batch, Batch.Status.RUNNING, by=by, at=at)


@action(gettext_lazy("batch closed"))
def close_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """End the year; its records stay readable for ever."""
    return move(batch, Batch.Status.CLOSED, by=by, at=at)
