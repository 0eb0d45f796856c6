"""The lists of orders and of dispatches."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.db.models import Case, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.columns import DISPATCH, ORDER, last_offer
from assignments.filters import DispatchFilter, OrderFilter
from assignments.models import Dispatch, Order
from assignments.views.orders import whole_orders
from core.permissions import rules_let
from enterprises.models import Need
from ui.lists import Empty, ListPage

WAITING_FIRST = Case(When(status=Dispatch.Status.OFFERED, then=0), default=1)


def no_orders(user: User) -> Empty:
    if not rules_let(user, "post", Need):
        return Empty(_("No orders yet"), _("You will be told as soon as an enterprise orders."))
    text = _("Orders are placed from the shortlist of a published need.")
    return Empty(_("No orders yet"), text, reverse("need_list"), _("To the needs"))


class OrderList(ListPage):
    """Orders someone sees, the latest first."""

    model, verb = Order, "read"
    filterset_class, columns, paginate_by = OrderFilter, ORDER, 20
    title, template_name = _("Orders"), "assignments/order_list.html"
    none, none_found = staticmethod(no_orders), _("No order answers this search")

    def get_queryset(self) -> QuerySet[Order]:
        return whole_orders(self.user).order_by("-pk")

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        orders = super().rows_of(page)
        for order in orders:
            order.offer = last_offer(order)
        return orders

    def facts(self) -> dict[str, Any]:
        own, may_dispatch = rules_let(self.user, "post", Need), rules_let(self.user, "dispatch", Order)
        return {"own": own, "may_dispatch": may_dispatch}


def no_dispatches(user: User) -> Empty:
    if rules_let(user, "accept", Dispatch):
        text = _("When your university names you for a need, it stands here with the day to answer by.")
        return Empty(_("Nobody has asked for you yet"), text)
    return Empty(_("No dispatches yet"), _("A doctor named for an order stands here with the day he answers by."))


class DispatchList(ListPage):
    """Offers, those awaiting an answer first."""

    model, order = Dispatch, (WAITING_FIRST, "-pk")
    related = ("doctor__university", "order__need", "order__host__enterprise__district", "order__host__batch")
    filterset_class, columns = DispatchFilter, DISPATCH
    title, template_name = _("Dispatches"), "assignments/dispatch_list.html"
    none, none_found = staticmethod(no_dispatches), _("No dispatch fits these filters")

    def facts(self) -> dict[str, Any]:
        own, may_dispatch = rules_let(self.user, "accept", Dispatch), rules_let(self.user, "dispatch", Order)
        return {"own": own, "may_dispatch": may_dispatch}
