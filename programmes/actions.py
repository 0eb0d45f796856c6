"""What changes a batch."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.dispatch import Signal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import By, action
from core.edits import lock_version, write_facts
from core.errors import AlreadyDone, Refused
from core.json_column import refuse_wrong
from core.status import lock, move
from programmes.models import Batch, Programme, RuleSet
from programmes.pins import pin
from programmes.readers import wrong_eligibility, wrong_rules
from programmes.rulebook import unreadable_rules

# Sent with `batch`, `by` and `at` within the transaction that moved a batch to another version of its rules.
rules_repinned = Signal()

PINNED = ("programme", "rule_set")


@action(gettext_lazy("programme set up"))
def set_up_programme(name: str, *, by: By, purpose: str = "") -> Programme:
    """Enter a talent action that runs every year."""
    return Programme.objects.create(name=name, purpose=purpose)


@action(gettext_lazy("programme edited"))
def edit_programme(
    programme: Programme, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> Programme:
    """Correct the name or the purpose of a programme."""
    lock_version(programme, version)
    write_facts(programme, facts)
    programme.save()
    return programme


@action(gettext_lazy("rule set written"))
def write_rule_set(code: str, *, by: By, name: str, data: dict[str, Any]) -> RuleSet:
    """Add the next version of a rule set; earlier versions, and the batches pinned to them, stay as they are.

    Refused with a sentence for each field that cannot be read.
    """
    refuse_wrong(wrong_rules(data), code="rules_wrong")
    versions = RuleSet.objects.filter(code=code)
    list(versions.select_for_update(no_key=True).order_by("pk"))  # of two authors the second waits for the first
    version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    return RuleSet.objects.create(
        code=code, version=version, name=name, data={**data, "code": code, "version": version}, created_by=by
    )


@action(gettext_lazy("batch planned"))
def plan_batch(
    programme: Programme, *, by: User, at: datetime, name: str, rule_set: RuleSet, starts_on: date, **facts: Any
) -> Batch:
    """Prepare a batch of a programme, pinned to one version of its rules."""
    batch = Batch(programme=programme, name=name, rule_set=rule_set, starts_on=starts_on, **facts)
    check_rules(batch)
    check_eligibility(batch)
    batch.save(force_insert=True)
    pin(batch, by=by, at=at)
    return batch


@action(gettext_lazy("batch edited"))
def edit_batch(batch: Batch, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> Batch:
    """Correct the dates, quotas or conditions of a batch; once opened it keeps its programme and the rules it was
    pinned to."""
    lock_version(batch, version)
    changed = write_facts(batch, facts)
    if batch.status != Batch.Status.DRAFT and set(changed) & set(PINNED):
        raise Refused(_("A batch that was opened keeps its programme and the rules it was pinned to."), code="pinned")
    if "rule_set" in changed:
        check_rules(batch)
    if "eligibility" in changed:
        check_eligibility(batch)
    batch.save()
    if "rule_set" in changed:
        pin(batch, by=by, at=at)
    return batch


@action(gettext_lazy("batch opened for orders"))
def open_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """Open the batch: hosts can be chosen and orders placed within its window.

    Refused where its rules or its eligibility cannot be read: they may be older than the checks.
    """
    lock(batch)
    check_rules(batch)
    check_eligibility(batch)
    return move(batch, Batch.Status.OPEN, by=by, at=at)


@action(gettext_lazy("services started"))
def start_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """Orders are over; the year of service runs."""
    return move(batch, Batch.Status.RUNNING, by=by, at=at)


@action(gettext_lazy("batch closed"))
def close_batch(batch: Batch, *, by: User, at: datetime) -> Batch:
    """End the year; its records stay readable for ever."""
    return move(batch, Batch.Status.CLOSED, by=by, at=at)


@action(gettext_lazy("batch moved to other rules"))
def repin_rules(batch: Batch, rule_set: RuleSet, *, by: User, at: datetime, reason: str) -> Batch:
    """Move a batch to another version of its rules, with the reason; months that are not locked are judged anew."""
    if not reason.strip():
        raise Refused(_("Say why the batch is moved to other rules."), code="reason_missing")
    lock(batch)
    if batch.status == Batch.Status.CLOSED:
        raise Refused(_("The batch is closed; its rules stay as they are."), code="batch_closed")
    if batch.rule_set_id == rule_set.pk:
        raise AlreadyDone(_("%(batch)s has these rules already.") % {"batch": batch}, code="already_done")
    if batch.rule_set.code != rule_set.code:
        raise Refused(
            _("Choose another version of “%(code)s”, the rules of this batch.") % {"code": batch.rule_set.code},
            code="other_rules",
        )
    refuse_wrong(wrong_rules(rule_set.data), code="rules_wrong")
    batch.rule_set = rule_set
    batch.save(update_fields=["rule_set"])
    pin(batch, by=by, at=at, reason=reason)
    rules_repinned.send(Batch, batch=batch, by=by, at=at)
    return batch


def check_rules(batch: Batch) -> None:
    """Raise Refused, naming the batch and what to do, where its rules cannot be read."""
    if wrong := wrong_rules(batch.rule_set.data):
        raise unreadable_rules(batch, wrong)


def check_eligibility(batch: Batch) -> None:
    """Raise Refused, naming the batch and what to do, where what it asks of its hosts cannot be read."""
    if wrong := wrong_eligibility(batch.eligibility):
        raise Refused(
            _("What “%(batch)s” asks of its hosts cannot be read; the city's talent office corrects it first: %(why)s")
            % {"batch": batch, "why": " ".join(wrong)},
            code="eligibility_wrong",
        )
