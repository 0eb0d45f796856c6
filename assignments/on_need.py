"""The panels of a need's page: its orders, and the button that withdraws the need with its open order."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.forms import WithdrawForm
from assignments.models import Order
from enterprises.models import Need
from ui.act_page import Ask
from ui.offers import Offer, offers_of


def orders_of(need: Need, request: HttpRequest) -> dict[str, Any] | None:
    """The orders for a need that the reader sees, the latest first."""
    user: User = request.user  # type: ignore[assignment]  # this side of the page is behind the sign-in
    orders = list(Order.objects.visible_to(user).filter(need=need).select_related("host__batch").order_by("-pk"))
    return {"orders": orders} if orders else None


def taking_back(need: Need, request: HttpRequest) -> dict[str, Any]:
    """The button that takes the need back."""
    user: User = request.user  # type: ignore[assignment]  # this side of the page is behind the sign-in
    offer = Offer("withdraw", _("Take back"), ask_withdraw(need), WithdrawForm, tone="danger")
    return {"offers": offers_of(user, need, [offer])}


def ask_withdraw(need: Need) -> Ask:
    """The question before a need is taken back."""
    return Ask(
        title=_("Take this need back?"),
        button=_("Take back"),
        lede=_("It is no longer offered to anybody. An order for it, and the offers made for that, end with it."),
        danger=True,
        about="enterprises/need_about.html",
        crumbs=[(_("Needs"), reverse("need_list")), (need.number, need.get_absolute_url()), (_("Take back"), "")],
    )
