"""The enterprise orders from its shortlist, or leaves the choice to a university."""

from functools import partial
from typing import Any

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
from programmes.models import Batch
from ui.act_page import Ask, act_page


def order_new(request: SignedIn, pk: int) -> HttpResponse:
    """Order from the shortlist in order of preference, or leave the choice to a university."""
    need = get_permitted(Need.objects.select_related("enterprise"), "order", request.user, pk=pk)
    rows = Suggestion.objects.current().filter(need=need).select_related("doctor__university")
    lines = shortlist_rows(rows)
    batch = _batch(need)
    form = partial(
        OrderForm,
        user=request.user,
        doctors=[line["doctor"] for line in lines],
        wanted=request.GET.getlist("doctors"),
        ruled=_ruled(batch),
    )
    return act_page(
        request, need, form, place_order, verb="order", ask=_ask(need), done=_placed,
        leads_to=lambda order: order, template="matching/order_new.html", facts=_facts(need, lines, batch),
    )  # fmt: skip


def _batch(need: Need) -> Batch | None:
    """The batch that an order for this need would be in; the action says why there is none."""
    try:
        return host_for(need, None, timezone.localdate()).batch
    except Refused:
        return None


def _ruled(batch: Batch | None) -> bool:
    """Whether the rules of the batch have a rule on an order."""
    return batch is not None and (has_rules(batch, "order") or has_rules(batch, "choose"))


def _facts(need: Need, lines: Any, batch: Batch | None) -> dict[str, Any]:
    return {"need": need, "lines": lines, "rules": batch.rule_set if batch is not None else None}


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
