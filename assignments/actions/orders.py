"""The enterprise orders (企业点单), takes its order back, or its need with the order."""

from collections.abc import Sequence
from datetime import date, datetime

from django.dispatch import Signal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments import capacity
from assignments.acting import Plan, check_act, lock_host
from assignments.actions.telling import liaisons_of, take_back_letters, tell_doctor
from assignments.models import Dispatch, Order, OrderChoice
from assignments.notice_kinds import ORDER_CANCELLED, ORDER_PLACED
from core.action import action
from core.errors import Refused
from core.notices import notify
from core.status import lock, move
from enterprises.models import Host, Need
from experts.models import Doctor, University
from programmes.models import Batch

# Sent within the transaction, when an order names its doctors: order, doctors, by, at.
order_placed = Signal()


@action(gettext_lazy("order placed"))
def place_order(
    need: Need,
    *,
    by: User,
    at: datetime,
    on: date,
    doctors: Sequence[Doctor] = (),
    university: University | None = None,
    batch: Batch | None = None,
    remark: str = "",
    why: str = "",
) -> Order:
    """Order up to three doctors in order of preference, or whom a university proposes, for a published need. `why`
    answers what the rules of the batch ask of an order or of the choice."""
    host = host_for(need, batch, on)
    _check_choice(doctors, university)
    _check_published(lock(need))
    lock_host(host, "order")
    locked = capacity.lock_doctors(doctors)
    for doctor in locked:
        capacity.check(doctor, host.enterprise, need)
    for plan in _plans(host, locked, on, at):
        check_act(plan, why=why)
    order = Order.objects.create(
        need=need, host=host, university=university, remark=remark.strip(), placed_by=by, placed_at=at
    )
    OrderChoice.objects.bulk_create(
        OrderChoice(order=order, doctor=doctor, preference=rank) for rank, doctor in enumerate(doctors, start=1)
    )
    order_placed.send(Order, order=order, doctors=doctors, by=by, at=at)
    move(need, Need.Status.ORDERED, by=by, at=at)
    facts = {"url": order.get_absolute_url(), "host": str(host), "title": need.title}
    notify(liaisons_of(order), ORDER_PLACED, key=str(order.pk), at=at, **facts)
    return order


def _plans(host: Host, doctors: Sequence[Doctor], on: date, at: datetime) -> list[Plan]:
    """The acts that an order is: one for each doctor named, for one of them will serve; and the choice of all."""
    asked: Sequence[Doctor | None] = doctors or [None]
    one = [Plan("order", host.batch, on, at, doctor, host.enterprise) for doctor in asked]
    return [*one, Plan("choose", host.batch, on, at, enterprise=host.enterprise, choices=doctors)] if doctors else one


def host_for(need: Need, batch: Batch | None, on: date) -> Host:
    """The host an order for this need would be placed for; refused, with what to do, where there is none."""
    hosts = Host.objects.filter(enterprise=need.enterprise_id).select_related("batch", "enterprise")
    hosts = hosts.filter(batch=batch) if batch else hosts.filter(batch__in=Batch.objects.current())
    found = list(hosts.order_by("-batch__starts_on", "-pk"))
    # One enterprise may receive in batches of several programmes: the newest that takes orders today.
    host = next((each for each in found if each.batch.takes_orders(on)), found[0] if found else None)
    if host is None:
        raise Refused(
            _("%(name)s is not a receiving enterprise of the running batch; ask the talent office to choose it first.")
            % {"name": need.enterprise},
            code="no_host",
        )
    if not host.batch.takes_orders(on):
        raise Refused(
            _("Orders of %(batch)s are taken from %(first)s to %(last)s.")
            % {"batch": host.batch, "first": host.batch.orders_from, "last": host.batch.orders_until},
            code="order_window",
        )
    return host


def _check_published(need: Need) -> None:
    if need.status != Need.Status.PUBLISHED:
        raise Refused(
            _("Only a published need can be ordered for; this one is “%(status)s”.")
            % {"status": need.get_status_display()},
            code="need_not_published",
        )


def _check_choice(doctors: Sequence[Doctor], university: University | None) -> None:
    if bool(doctors) == (university is not None):
        raise Refused(_("Choose one to three doctors, or leave the choice to a university."), code="choice")
    if len(doctors) > 3:
        raise Refused(_("At most three doctors can be chosen."), code="choice")
    if len({doctor.pk for doctor in doctors}) != len(doctors):
        raise Refused(_("Each doctor can be chosen once."), code="choice")


@action(gettext_lazy("order cancelled"))
def cancel_order(order: Order, *, by: User, at: datetime, reason: str, release: bool = True) -> Order:
    """Take an order back before it is settled; a pending offer is withdrawn and the need can be ordered anew."""
    need = lock(order.need)
    lock(order)
    if order.status == Order.Status.SETTLED:
        raise Refused(_("This order is settled; the service it led to can only be stopped."), code="settled")
    move(order, Order.Status.CANCELLED, by=by, at=at, why=reason)
    for dispatch in order.dispatches.pending():
        move(dispatch, Dispatch.Status.WITHDRAWN, by=by, at=at, why=reason, reason=reason.strip()[:300])
        take_back_letters(dispatch)
        tell_doctor(dispatch, ORDER_CANCELLED, at=at, title=need.title)
    if release:
        move(need, Need.Status.PUBLISHED, by=by, at=at)
    return order


@action(gettext_lazy("need withdrawn"))
def withdraw_need(need: Need, *, by: User, at: datetime, reason: str) -> Need:
    """Take a need back; an open order for it, and the offers made for that, end with it."""
    if not reason.strip():
        raise Refused(_("Say why the need is withdrawn."), code="reason_missing")
    lock(need)
    order = need.orders.open().first()
    if order is not None:
        if order.status == Order.Status.SETTLED:
            raise Refused(_("A doctor already serves this need; ask the office to stop the service first."))
        cancel_order(order, by=by, at=at, reason=reason, release=False)
    return move(need, Need.Status.WITHDRAWN, by=by, at=at, why=reason)
