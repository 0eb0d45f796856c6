"""The university dispatches, the doctor answers (学校派单, 博士接单)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments import capacity
from assignments.acting import Forbidden, Plan, check_act, lock_host, rules_on
from assignments.actions.assignments import one_service_at_a_time
from assignments.actions.telling import (
    OFFER_WAITING,
    take_back_letters,
    tell_doctor,
    tell_office,
    tell_office_of_pass,
    tell_others,
    write_to_doctors,
)
from assignments.models import Assignment, Dispatch, Order, Project
from assignments.notice_kinds import ACCEPTED_UNANSWERED, DISPATCH_OFFERED, OFFER_UNANSWERED, ORDER_FAILED
from core.action import By, action
from core.errors import Refused
from core.notices import notify
from core.scope import sees
from core.status import check_move, lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Need
from experts.models import Doctor
from programmes.models import Batch
from programmes.rulebook import last_day_of

# Sent within the transaction, when an offer was accepted, declined, withdrawn, or has lapsed: dispatch, by, at.
dispatch_answered = Signal()


@action(gettext_lazy("doctor dispatched"))
def dispatch_doctor(order: Order, doctor: Doctor, *, by: By, at: datetime, on: date, why: str = "") -> Dispatch:
    """Name a doctor for an order, with a day to answer by; his place is held until then.

    An order for named doctors takes one of these; an order to a university takes any of its doctors. `by` is None when
    the next alternate is offered by itself; nobody answers then what a soft rule asks, and the office is told. `why` is
    that answer.
    """
    need = lock(order.need)
    lock_host(order.host, "dispatch")
    (doctor,) = capacity.lock_doctors([doctor])
    check_move(lock(order), Order.Status.DISPATCHED)
    _check_named(order, doctor, by)
    capacity.check(doctor, order.host.enterprise, need)
    unanswered = check_act(_plan("dispatch", order, doctor, on, at), why=why, asks=by is not None)
    move(order, Order.Status.DISPATCHED, by=by, at=at)
    answer_by = date.fromordinal(on.toordinal() + order.host.batch.answer_days)
    dispatch = Dispatch.objects.create(order=order, doctor=doctor, offered_by=by, offered_at=at, answer_by=answer_by)
    tell_doctor(
        dispatch, DISPATCH_OFFERED, at=at, host=str(order.host), title=need.title, answer_by=answer_by.isoformat()
    )
    write_to_doctors([dispatch], OFFER_WAITING, at=at)
    tell_office(dispatch, OFFER_UNANSWERED, unanswered, at=at)
    return dispatch


def _plan(act: str, order: Order, doctor: Doctor, on: date, at: datetime, *, holding: Dispatch | None = None) -> Plan:
    return Plan(act, order.host.batch, on, at, doctor, order.host.enterprise, holding=holding)


def _check_named(order: Order, doctor: Doctor, by: By) -> None:
    if order.university_id is not None:
        if doctor.university_id != order.university_id:
            raise Refused(
                _("%(doctor)s is not a doctor of the university asked.") % {"doctor": doctor}, code="not_asked"
            )
    elif not order.choices.filter(doctor=doctor).exists():
        raise Refused(_("%(doctor)s is not one of the doctors asked for.") % {"doctor": doctor}, code="not_asked")
    if order.dispatches.filter(doctor=doctor).exclude(status=Dispatch.Status.OFFERED).exists():
        raise Refused(_("%(doctor)s was already asked for this order.") % {"doctor": doctor}, code="asked_before")
    if by is not None and not sees(by, doctor):
        raise Refused(_("%(doctor)s is a doctor of another university.") % {"doctor": doctor}, code="not_yours")


@action(gettext_lazy("dispatch accepted"))
def accept_dispatch(dispatch: Dispatch, *, by: User, at: datetime, on: date, rules: int | None = None) -> Assignment:
    """Settle the order on this doctor and prepare the assignment, for the term of the rules (博士接单).

    `rules` is the version of the rules that he has read; another one is in force only if it was changed meanwhile,
    which is refused.
    """
    order = dispatch.order
    _check_rules(lock(order.host.batch), rules)
    need = lock(order.need)
    lock_host(order.host, "dispatch")
    (doctor,) = capacity.lock_doctors([dispatch.doctor])
    lock(order)
    lock(dispatch)
    unanswered = _check_acceptance(dispatch, need, doctor, on, at)
    move(dispatch, Dispatch.Status.ACCEPTED, by=by, at=at, answered_on=on)
    dispatch_answered.send(Dispatch, dispatch=dispatch, by=by, at=at)
    take_back_letters(dispatch)
    move(order, Order.Status.SETTLED, by=by, at=at)
    batch = order.host.batch
    starts_on = max(on, batch.starts_on)
    with one_service_at_a_time(doctor, order.host):
        assignment = Assignment.objects.create(
            order=order, batch=batch, host=order.host, doctor=doctor, starts_on=starts_on,
            ends_on=last_day_of(batch, starts_on),
        )  # fmt: skip
    Project.objects.create(
        assignment=assignment, kind=Project.Kind.LEAD, enterprise=order.host.enterprise, need=need, title=need.title
    )
    tell_others(dispatch, at=at)
    tell_office(dispatch, ACCEPTED_UNANSWERED, unanswered, at=at)
    return assignment


def _check_acceptance(dispatch: Dispatch, need: Need, doctor: Doctor, on: date, at: datetime) -> list[str]:
    """Refuse an acceptance that comes late, or for which there is no place; the ids of the rules that nobody has
    answered."""
    if dispatch.status != Dispatch.Status.OFFERED:
        return []
    _check_deadline(dispatch, on)
    capacity.check(doctor, dispatch.order.host.enterprise, need, holding=dispatch)
    return check_act(_plan("dispatch", dispatch.order, doctor, on, at, holding=dispatch), asks=False)


def _check_rules(batch: Batch, read: int | None) -> None:
    if read is not None and batch.rule_set_id != read:
        raise Refused(
            _("The rules were changed since you opened the page. Read those below, then accept."), code="rules_changed"
        )


@action(gettext_lazy("dispatch declined"))
def decline_dispatch(dispatch: Dispatch, *, by: User, at: datetime, on: date, reason: str, why: str = "") -> Dispatch:
    """Decline the offer, with the reason; the next alternate is offered. `why` answers what the rules of the batch ask
    of a refusal."""
    if not reason.strip():
        raise Refused(_("Say why you decline; the enterprise and your university will read it."), code="reason_missing")
    if rules_on(dispatch.order.host.batch, "refuse") is not None:
        _check_refusal(dispatch, on, at, why)
    return _end_offer(
        dispatch, Dispatch.Status.DECLINED, by=by, at=at, on=on, answered_on=on, reason=reason.strip()[:300]
    )


def _check_refusal(dispatch: Dispatch, on: date, at: datetime, why: str) -> None:
    """Under the locks that the answer takes, so that of two refusals at once the second counts the first."""
    order = dispatch.order
    lock(order.need)
    lock_host(order.host, "dispatch")  # for the next alternate, who is asked in the same transaction
    (doctor,) = capacity.lock_doctors([dispatch.doctor])
    lock(order)
    if lock(dispatch).status == Dispatch.Status.OFFERED:
        check_act(_plan("refuse", order, doctor, on, at), why=why)


@action(gettext_lazy("dispatch lapsed"))
def lapse_dispatch(dispatch: Dispatch, *, at: datetime, on: date, by: By = None) -> Dispatch:
    """End an offer whose day to answer has passed; the next alternate is offered."""
    return _end_offer(dispatch, Dispatch.Status.EXPIRED, by=by, at=at, on=on)


@action(gettext_lazy("dispatch withdrawn"))
def withdraw_dispatch(dispatch: Dispatch, *, by: User, at: datetime, on: date, reason: str) -> Dispatch:
    """The university takes its offer back; the next alternate is offered, or the order waits for its university."""
    return _end_offer(dispatch, Dispatch.Status.WITHDRAWN, by=by, at=at, on=on, reason=reason.strip()[:300])


def _end_offer(
    dispatch: Dispatch, to: str, *, by: By, at: datetime, on: date, reason: str = "", **facts: Any
) -> Dispatch:
    order = dispatch.order
    lock(order.need)
    lock(order)
    move(dispatch, to, by=by, at=at, why=reason, reason=reason, **facts)
    dispatch_answered.send(Dispatch, dispatch=dispatch, by=by, at=at)
    take_back_letters(dispatch)
    move(order, Order.Status.PLACED, by=by, at=at)
    tell_others(dispatch, at=at)
    _offer_next(order, at=at, on=on)
    return dispatch


def _offer_next(order: Order, *, at: datetime, on: date) -> Dispatch | None:
    """Offer the next doctor of the order's preferences who is still free; without one the order has failed, unless a
    university was asked to choose."""
    if order.university_id is not None:
        return None
    asked = order.dispatches.values("doctor")
    for choice in order.choices.exclude(doctor__in=asked).select_related("doctor").order_by("preference"):
        try:
            with transaction.atomic():
                return dispatch_doctor(order, choice.doctor, by=None, at=at, on=on)
        except Refused as refusal:  # full or in conflict by now, or a rule forbids it: the next one
            if isinstance(refusal, Forbidden):
                tell_office_of_pass(order, choice.doctor, refusal.rules, at=at)
    move(order, Order.Status.FAILED, by=None, at=at)
    need = move(order.need, Need.Status.PUBLISHED, by=None, at=at)
    notify(
        enterprise_users(need.enterprise),
        ORDER_FAILED,
        key=str(order.pk),
        at=at,
        url=need.get_absolute_url(),
        title=need.title,
    )
    return None


def _check_deadline(dispatch: Dispatch, on: date) -> None:
    if on > dispatch.answer_by:
        raise Refused(
            _("The answer was due by %(day)s; the offer has lapsed.") % {"day": date_format(dispatch.answer_by)},
            code="lapsed",
        )
