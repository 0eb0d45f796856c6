"""The office changes a batch's plan: it pins and forbids pairs, and sets quotas."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments import capacity
from assignments.models import Order
from core.action import action
from core.errors import Refused
from core.status import lock
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor, University
from matching import feedback
from matching.models import Feedback, Override, PlanQuota
from matching.models.overrides import OverrideQuerySet
from programmes.models import Batch

SAID = {Override.Kind.PIN: Feedback.Kind.PINNED, Override.Kind.FORBID: Feedback.Kind.FORBIDDEN}


# -- Pairs ----------------------------------------------------------------------------------------------------


@action(gettext_lazy("pair pinned"))
def pin_pair(batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime, reason: str) -> Override:
    """Fix a doctor for a need in every plan of the batch, with the reason; refused where a hard limit excludes the
    pair."""
    _check_pair(batch, need, reason)
    (doctor,) = capacity.lock_doctors([doctor])
    _check_undecided(batch, need, doctor)
    pin = decided(batch, need).filter(kind=Override.Kind.PIN).select_related("doctor").first()
    if pin is not None:
        raise Refused(
            _("The need is pinned to %(doctor)s; lift that first.") % {"doctor": pin.doctor}, code="pinned_already"
        )
    capacity.check(doctor, need.enterprise, need)
    return _decide(Override.Kind.PIN, batch, need, doctor, by=by, at=at, reason=reason)


@action(gettext_lazy("pair forbidden"))
def forbid_pair(batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime, reason: str) -> Override:
    """Keep a doctor from a need in every plan of the batch, with the reason."""
    _check_pair(batch, need, reason)
    _check_undecided(batch, need, doctor)
    return _decide(Override.Kind.FORBID, batch, need, doctor, by=by, at=at, reason=reason)


@action(gettext_lazy("decision about a pair lifted"))
def lift_override(override: Override, *, by: User, at: datetime, reason: str) -> Override:
    """End a decision about a pair, with the reason; it is kept, with who ended it and why."""
    _check_reason(reason)
    _check_open(lock(override.batch))
    lock(override)
    if override.lifted_at is not None:
        raise Refused(_("This decision was lifted before."), code="lifted")
    override.lifted_by, override.lifted_at, override.lift_reason = by, at, reason.strip()[:300]
    override.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    return override


def _check_pair(batch: Batch, need: Need, reason: str) -> None:
    """Take the locks of an override and check what pinning and forbidding have in common."""
    _check_reason(reason)
    _check_open(lock(batch))
    lock(need)
    waits = need.orders.filter(status=Order.Status.PLACED).exists()
    if need.status != Need.Status.PUBLISHED and not waits:
        raise Refused(
            _("Only for a need that waits for a doctor; this one is “%(status)s”.")
            % {"status": need.get_status_display()},
            code="need_not_open",
        )
    hosts = Host.objects.filter(batch=batch)
    if hosts.exists() and not hosts.filter(enterprise=need.enterprise_id).exists():
        raise Refused(
            _("%(name)s is not a receiving enterprise of this batch; choose it first.") % {"name": need.enterprise},
            code="no_host",
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why; the reason is kept with the decision."), code="reason_missing")


def _check_open(batch: Batch) -> None:
    if batch.status == Batch.Status.CLOSED:
        raise Refused(_("The batch is closed; its plan stays as it is."), code="batch_closed")


def decided(batch: Batch, need: Need) -> OverrideQuerySet:
    """The decisions in force about a need in a batch."""
    return Override.objects.in_force().filter(batch=batch, need=need)


def _check_undecided(batch: Batch, need: Need, doctor: Doctor) -> None:
    found = decided(batch, need).filter(doctor=doctor).first()
    if found is not None:
        raise Refused(
            _("This pair is “%(kind)s” already; lift that first.") % {"kind": found.get_kind_display()},
            code="decided_already",
        )


def _decide(
    kind: Override.Kind, batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime, reason: str
) -> Override:
    why = reason.strip()[:300]
    override = Override.objects.create(
        batch=batch, need=need, doctor=doctor, kind=kind, reason=why, made_by=by, made_at=at
    )
    feedback.record(need, doctor, SAID[kind], by=by, at=at, reason=why)
    return override


# -- Quotas ---------------------------------------------------------------------------------------------------


@action(gettext_lazy("quota of a plan set"))
def set_quota(
    batch: Batch, *, university: University | None = None, enterprise_class: str = "", most: int | None, by: User
) -> PlanQuota | None:
    """Say how many pairs a plan of the batch may give to one university or to one class of enterprises; None ends the
    quota."""
    if (university is None) == (enterprise_class == ""):
        raise Refused(_("A quota is for one university or for one class of enterprises."), code="quota")
    if enterprise_class and enterprise_class not in Enterprise.Class:
        raise Refused(_("There is no such class of enterprises."), code="quota")
    _check_open(lock(batch))
    whose: dict[str, Any] = {"batch": batch, "university": university, "enterprise_class": enterprise_class}
    if most is None:
        PlanQuota.objects.filter(**whose).delete()
        return None
    quota, _made = PlanQuota.objects.update_or_create(**whose, defaults={"most": most})
    return quota


@action(gettext_lazy("quotas of a plan set"))
def set_quotas(batch: Batch, *, by: User, changes: Sequence[Mapping[str, Any]]) -> int:
    """Set several quotas of a plan at once, each as `set_quota` takes it; return how many."""
    _check_open(lock(batch))
    for change in changes:
        set_quota(batch, by=by, **change)
    return len(changes)
