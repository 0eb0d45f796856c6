"""The office argues with a batch's plan: pins and forbids pairs, sets quotas, and turns lines into orders."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused
from core.permissions import may
from core.status import lock
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor, University
from matching import capacity, feedback
from matching.actions.assignments import add_served_enterprise
from matching.actions.dispatches import dispatch_doctor
from matching.actions.orders import place_order
from matching.models import Assignment, Dispatch, Feedback, MatchRun, Order, Override, PlanLine, PlanQuota, Project
from matching.models.overrides import OverrideQuerySet
from programmes.models import Batch

MOST_CHOICES = 3  # doctors of one order
HELD = [Dispatch.Status.OFFERED, Dispatch.Status.ACCEPTED]
SAID = {Override.Kind.PIN: Feedback.Kind.PINNED, Override.Kind.FORBID: Feedback.Kind.FORBIDDEN}
Outcome = Literal["placed", "dispatched", "served", "already"]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of each line: an order placed, its doctor dispatched for an order that waited, an enterprise served
    beside a lead project, nothing because it was accepted before, or a refusal with its reason."""

    placed: list[PlanLine] = field(default_factory=list)
    dispatched: list[PlanLine] = field(default_factory=list)
    served: list[PlanLine] = field(default_factory=list)
    already: list[PlanLine] = field(default_factory=list)
    refused: list[tuple[PlanLine, str]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return len(self.placed) + len(self.dispatched) + len(self.served)


# -- Pairs ----------------------------------------------------------------------------------------------------


@transaction.atomic
def pin_pair(batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime, reason: str) -> Override:
    """Fix a doctor for a need in every plan of the batch, with the reason; refused where a hard limit stands between
    the two."""
    _check_pair(batch, need, reason)
    (doctor,) = capacity.lock_doctors([doctor])
    _check_undecided(batch, need, doctor)
    pin = _in_force(batch, need).filter(kind=Override.Kind.PIN).select_related("doctor").first()
    if pin is not None:
        raise Refused(
            _("The need is pinned to %(doctor)s; lift that first.") % {"doctor": pin.doctor}, code="pinned_already"
        )
    capacity.check(doctor, need.enterprise, need)
    return _decide(Override.Kind.PIN, batch, need, doctor, by=by, at=at, reason=reason)


@transaction.atomic
def forbid_pair(batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime, reason: str) -> Override:
    """Keep a doctor from a need in every plan of the batch, with the reason."""
    _check_pair(batch, need, reason)
    _check_undecided(batch, need, doctor)
    return _decide(Override.Kind.FORBID, batch, need, doctor, by=by, at=at, reason=reason)


@transaction.atomic
def lift_override(override: Override, *, by: User, at: datetime, reason: str) -> Override:
    """End a decision about a pair, with the reason; it is kept, with who ended it and why."""
    _check_reason(reason)
    _check_open(lock(override.batch))
    lock(override)
    if override.lifted_at is not None:
        raise Refused(_("This decision was lifted before."), code="lifted")
    override.lifted_by, override.lifted_at, override.lift_reason = by, at, reason.strip()[:300]
    with pghistory.context(act="matching.override:lifted", by=by.pk, reason=reason.strip()):
        override.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    return override


def _check_pair(batch: Batch, need: Need, reason: str) -> None:
    """The locks of a decision about a pair, and what holds for both kinds of it."""
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


def _in_force(batch: Batch, need: Need) -> OverrideQuerySet:
    return Override.objects.in_force().filter(batch=batch, need=need)


def _check_undecided(batch: Batch, need: Need, doctor: Doctor) -> None:
    found = _in_force(batch, need).filter(doctor=doctor).first()
    if found is not None:
        raise Refused(
            _("This pair is “%(kind)s” already; lift that first.") % {"kind": found.get_kind_display()},
            code="decided_already",
        )


def _decide(
    kind: Override.Kind, batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime, reason: str
) -> Override:
    why = reason.strip()[:300]
    with pghistory.context(act=f"matching.override:{kind}", by=by.pk, reason=why):
        override = Override.objects.create(
            batch=batch, need=need, doctor=doctor, kind=kind, reason=why, made_by=by, made_at=at
        )
    feedback.record(need, doctor, SAID[kind], by=by, at=at, reason=why)
    return override


# -- Quotas ---------------------------------------------------------------------------------------------------


@transaction.atomic
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
    with pghistory.context(act="matching.planquota:set", by=by.pk):
        if most is None:
            PlanQuota.objects.filter(**whose).delete()
            return None
        quota, _made = PlanQuota.objects.update_or_create(**whose, defaults={"most": most})
    return quota


# -- Orders ---------------------------------------------------------------------------------------------------


def accept_plan_lines(run: MatchRun, lines: Iterable[PlanLine], *, by: User, at: datetime, on: date) -> Acceptance:
    """Turn lines of a plan into orders, each for itself: one that is refused leaves the others, and is named with the
    reason. What was accepted before stays as it is.

    A need gets an order for its doctor, with the alternates that still pass every limit as second and third choice; for
    an order that waits for its university the doctor is dispatched; one of the N served needs is added to the
    assignment the doctor has.
    """
    found = Acceptance()
    for line in lines:
        try:
            with transaction.atomic():
                outcome = _accept(run, line, by=by, at=at, on=on)
        except Refused as refusal:
            found.refused.append((line, refusal.message))
        else:
            getattr(found, outcome).append(line)
    return found


def _accept(run: MatchRun, line: PlanLine, *, by: User, at: datetime, on: date) -> Outcome:
    doctor = line.doctor
    if line.run_id != run.pk or run.batch is None:
        raise Refused(_("This line belongs to another plan."), code="other_plan")
    if doctor is None:
        raise Refused(_("The plan has nobody for this need."), code="nobody")
    need = lock(line.need)
    line.refresh_from_db(fields=["order"])
    _check_overrides(run.batch, need, doctor)
    if not line.lead:
        return _serve(run.batch, need, doctor, by=by, at=at)
    order = need.orders.open().select_related("host__batch").first()
    if order is None:
        order = _order(run.batch, line, doctor, by=by, at=at, on=on)
        outcome: Outcome = "placed"
    elif order.pk == line.order_id or order.dispatches.filter(doctor=doctor, status__in=HELD).exists():
        outcome = "already"
    else:
        _dispatch(order, doctor, by=by, at=at, on=on)
        outcome = "dispatched"
    PlanLine.objects.filter(pk=line.pk).update(order=order)
    line.order = order
    return outcome


def _check_overrides(batch: Batch, need: Need, doctor: Doctor) -> None:
    """A plan made before a decision of the office is not accepted against it."""
    for override in _in_force(batch, need).select_related("doctor"):
        mine = override.doctor_id == doctor.pk
        if mine and override.kind == Override.Kind.FORBID:
            raise Refused(
                _("The office forbade this pair since: %(reason)s Run the plan again.") % {"reason": override.reason},
                code="forbidden_since",
            )
        if not mine and override.kind == Override.Kind.PIN:
            raise Refused(
                _("The office pinned this need to %(doctor)s since; run the plan again.") % {"doctor": override.doctor},
                code="pinned_since",
            )


def _order(batch: Batch, line: PlanLine, doctor: Doctor, *, by: User, at: datetime, on: date) -> Order:
    """An order for the line's doctor, with its alternates as second and third choice as far as they are free."""
    keys = [row["doctor"] for row in line.alternates if row["doctor"] != doctor.pk]
    forbidden = _in_force(batch, line.need).filter(kind=Override.Kind.FORBID).values("doctor")
    known = Doctor.objects.exclude(pk__in=forbidden).in_bulk(keys)
    others = [known[key] for key in keys if key in known]
    # All locked at once, by key, so that two acceptances cannot wait for each other.
    first, *alternates = capacity.lock_doctors([doctor, *others])
    free = [other for other in alternates if _passes(other, line.need)]
    return place_order(line.need, by=by, at=at, on=on, doctors=[first, *free[: MOST_CHOICES - 1]], batch=batch)


def _passes(doctor: Doctor, need: Need) -> bool:
    try:
        capacity.check(doctor, need.enterprise, need)
    except Refused:
        return False
    return True


def _dispatch(order: Order, doctor: Doctor, *, by: User, at: datetime, on: date) -> Dispatch:
    if order.status != Order.Status.PLACED:
        raise Refused(
            _("The order for this need is “%(status)s” with another doctor.") % {"status": order.get_status_display()},
            code="ordered",
        )
    if not may(by, "dispatch", order):
        raise Refused(_("An order waits for its university, and you may not dispatch for it."), code="not_yours")
    return dispatch_doctor(order, doctor, by=by, at=at, on=on)


def _serve(batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime) -> Outcome:
    """Add the need's enterprise to what the doctor serves beside his lead project."""
    running = Assignment.objects.taking_a_place().filter(batch=batch, doctor=doctor)
    if Project.objects.filter(assignment__in=running, enterprise=need.enterprise_id).exists():
        return "already"
    assignment = running.order_by("pk").first()
    if assignment is None:
        raise Refused(
            _("%(doctor)s serves this enterprise beside a lead project; accept it when he has taken that one.")
            % {"doctor": doctor},
            code="no_lead",
        )
    capacity.check_asked(doctor, need.enterprise, need)
    add_served_enterprise(assignment, need.enterprise, by=by, at=at, title=need.title, need=need)
    return "served"
