"""The columns of the exports of orders and of dispatches."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from assignments.models import Dispatch, Order
from ui.exports import Column


def last_offer(order: Order) -> Dispatch | None:
    """The latest offer of an order, from rows already read."""
    offers = list(order.dispatches.all())
    return offers[-1] if offers else None


def _asked_for(order: Order) -> str:
    """The university, or the doctors in order of preference."""
    if order.university is not None:
        return order.university.name
    choices = order.choices.all()
    return "\n".join(f"{each.preference}. {each.doctor.name} {each.doctor.university.name}" for each in choices)


def _offer(order: Order, name: str) -> Any:
    offer = last_offer(order)
    if offer is None:
        return None
    return {"doctor": offer.doctor.name, "status": offer.get_status_display(), "by": answer_by(offer)}[name]


def answer_by(offer: Dispatch) -> Any:
    """The day an answer is due, as long as there is none."""
    return offer.answer_by if offer.status == Dispatch.Status.OFFERED else None


ORDER = [
    Column(_("Need"), 40, "need.title"),
    Column(_("Number of the need"), 15, "need.number"),
    Column(_("Enterprise"), 36, "host.enterprise.name"),
    Column(_("Unified social credit code"), 24, "host.enterprise.credit_code"),
    Column(_("District"), 14, "host.enterprise.district.name"),
    Column(_("Batch"), 20, "host.batch.name"),
    Column(_("Asked for"), 40, _asked_for),
    Column(_("Last offer"), 12, lambda order: _offer(order, "doctor")),
    Column(_("State of the offer"), 14, lambda order: _offer(order, "status")),
    Column(_("Answer by"), 12, lambda order: _offer(order, "by")),
    Column(_("Ordered on"), 17, "placed_at"),
    Column(_("Status"), 14, lambda order: order.get_status_display()),
    Column(_("Remark for the university"), 40, "remark"),
]
DISPATCH = [
    Column(_("Need"), 40, "order.need.title"),
    Column(_("Number of the need"), 15, "order.need.number"),
    Column(_("Enterprise"), 36, "order.host.enterprise.name"),
    Column(_("Unified social credit code"), 24, "order.host.enterprise.credit_code"),
    Column(_("District"), 14, "order.host.enterprise.district.name"),
    Column(_("Batch"), 20, "order.host.batch.name"),
    Column(_("Doctor"), 12, "doctor.name"),
    Column(_("University"), 24, "doctor.university.name"),
    Column(_("Offered on"), 17, "offered_at"),
    Column(_("Answer by"), 12, answer_by),
    Column(_("Answered on"), 12, "answered_on"),
    Column(_("Status"), 14, lambda dispatch: dispatch.get_status_display()),
    Column(_("Reason"), 40, "reason"),
]
