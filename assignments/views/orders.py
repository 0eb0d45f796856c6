"""Orders: everyone concerned sees what became of them, and takes them back."""

from functools import partial
from typing import Any, TypedDict

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedIn
from assignments.actions import cancel_order
from assignments.forms import ReasonForm
from assignments.models import Assignment, Dispatch, Order, OrderChoice
from core.permissions import get_permitted
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.steps import Step, step, steps_of

CancelForm = partial(ReasonForm, label=gettext_lazy("Why do you cancel the order?"))
WAITING = [Order.Status.PLACED, Order.Status.DISPATCHED]


def whole_orders(user: User) -> QuerySet[Order]:
    """Orders someone sees, with all a row or a page of them shows."""
    choices: Any = OrderChoice.objects.visible_to(user).select_related("doctor__university").order_by("preference")
    offers = Dispatch.objects.visible_to(user).select_related("doctor__university", "offered_by").order_by("pk")
    rows = Order.objects.visible_to(user).select_related(
        "need", "host__enterprise__district", "host__batch", "university", "placed_by"
    )
    return rows.prefetch_related(Prefetch("choices", choices), Prefetch("dispatches", offers))


class OrderPage(TypedDict):
    """What assignments/order_detail.html reads; `choices` are paired with what was offered to their doctors."""

    order: Order
    choices: list[tuple[OrderChoice, Dispatch | None]]
    others: list[Dispatch]
    history: list[Step]
    assignment: Assignment | None
    steps: list[str]
    reached: int
    offers: list[ShownOffer]


@require_safe
def order_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One order: whom it asks for, who was named, what they answered."""
    order = get_permitted(whole_orders(request.user), "read", request.user, pk=pk)
    made = {offer.doctor_id: offer for offer in order.dispatches.all()}
    page: OrderPage = {
        "order": order,
        "choices": [(choice, made.get(choice.doctor_id)) for choice in order.choices.all()],
        "others": [offer for offer in made.values() if order.university_id],
        "history": _history(order),
        "assignment": Assignment.objects.visible_to(request.user).filter(order=order).first(),
        "steps": [_("Ordered"), _("Dispatched"), _("Accepted")],
        "reached": {"placed": 1, "dispatched": 2, "settled": 4}.get(order.status, 0),
        "offers": offers_of(request.user, order, _offers(order)),
    }
    return render(request, "assignments/order_detail.html", page)


def _history(order: Order) -> list[Step]:
    """The order's own steps and those of its offers, the latest first."""
    steps = [step(order.placed_at, order.placed_by, _("ordered"), "", "live")]
    for offer in order.dispatches.all():
        name = offer.doctor.name
        steps.append(step(offer.offered_at, offer.offered_by, _("%(doctor)s was named") % {"doctor": name}, "", "live"))
        if offer.status != Dispatch.Status.OFFERED and offer.status_at is not None:
            words = {"doctor": name, "answer": offer.get_status_display()}
            tone = "good" if offer.status == Dispatch.Status.ACCEPTED else "wait"
            steps.append(
                step(offer.status_at, offer.status_by, _("%(doctor)s: %(answer)s") % words, offer.reason, tone)
            )
    ends = [Order.Status.FAILED.label, Order.Status.CANCELLED.label]  # the offers tell the other steps
    steps += [each for each in steps_of(order) if each["what"] in ends]
    return sorted(steps, key=lambda each: each["at"])[::-1]


def _offers(order: Order) -> list[Offer]:
    return [Offer("cancel", _("Cancel the order"), _ask_cancel(order), CancelForm, tone="danger")]


def _ask_cancel(order: Order) -> Ask:
    lede = _("A pending offer ends with it. The need is published again and can be ordered for anew.")
    crumbs = [(_("Orders"), reverse("order_list")), (order.need.number, order.get_absolute_url())]
    return Ask(
        _("Cancel this order?"), _("Cancel the order"), lede, _("Keep it"), danger=True, crumbs=crumbs,
    )  # fmt: skip


def order_cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Take an order back before it is settled, with the reason."""
    order = get_permitted(whole_orders(request.user), "cancel", request.user, pk=pk)
    done = _("The order was cancelled. The need can be ordered for again.")
    return act_page(request, order, CancelForm, cancel_order, verb="cancel", ask=_ask_cancel(order), done=done)
