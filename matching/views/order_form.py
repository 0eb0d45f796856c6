"""The enterprise orders from its shortlist, or leaves the choice to a university."""

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import SignedIn
from assignments.acting import has_rules
from assignments.actions import host_for, place_order
from assignments.actions.telling import liaisons_of
from assignments.forms import OrderForm
from assignments.models import Order
from core.errors import Refused
from core.permissions import get_permitted
from enterprises.models import Need
from matching.models import Suggestion
from matching.shortlists import shortlist_rows
from ui.act_page import Ask, act_page


def order_new(request: SignedIn, pk: int) -> HttpResponse:
    """Order from the shortlist in order of preference, or leave the choice to a university."""
    need = get_permitted(Need.objects.select_related("enterprise"), "order", request.user, pk=pk)
    rows = Suggestion.objects.current().filter(need=need).select_related("doctor__university")
    lines = shortlist_rows(rows)
    form = partial(
        OrderForm,
        user=request.user,
        doctors=[line["doctor"] for line in lines],
        wanted=request.GET.getlist("doctors"),
        ruled=_ruled(need),
    )
    return act_page(
        request, need, form, place_order, verb="order", ask=_ask(need), done=_placed,
        leads_to=lambda order: order, template="matching/order_new.html", facts={"need": need, "lines": lines},
    )  # fmt: skip


def _ruled(need: Need) -> bool:
    """Whether the rules of the batch have a rule on an order for this need; the action says why there is no batch."""
    try:
        batch = host_for(need, None, timezone.localdate()).batch
    except Refused:
        return False
    return has_rules(batch, "order") or has_rules(batch, "choose")


def _ask(need: Need) -> Ask:
    crumbs = [(_("Needs"), reverse("need_list")), (need.number, need.get_absolute_url()), (_("Order"), "")]
    return Ask(_("Order a doctor"), _("Place the order"), need.title, crumbs=crumbs)


def _placed(order: Order) -> str:
    """The message that the order was placed, and whether anybody at a university has an account to read it."""
    if liaisons_of(order):
        return _("Your order was placed. The university was told and names the doctor.")
    return _(
        "Your order was placed. Nobody at the university has an account here yet, so nobody was told: please let the "
        "university know."
    )
