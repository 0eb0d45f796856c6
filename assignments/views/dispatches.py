"""Dispatches: the offers made to doctors, one of them, and the answers to it."""

from functools import partial
from typing import Any, TypedDict

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from assignments.acting import has_rules
from assignments.actions import accept_dispatch, decline_dispatch, withdraw_dispatch
from assignments.forms import AcceptForm, ReasonForm
from assignments.models import Assignment, Dispatch, Order
from core.permissions import get_permitted
from enterprises.models import Host, Need
from programmes.models import RuleSet
from programmes.pins import rules_at
from programmes.rulebook import months_or_usual
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.steps import Step, step, steps_of
from ui.templatetags.ui_format import cndate

WITH_PARTIES = (
    "doctor__university", "order__need__enterprise", "order__host__enterprise__district",
    "order__host__batch__rule_set", "offered_by",
)  # fmt: skip
WhyForm = partial(ReasonForm, label=gettext_lazy("Reason"))


class DispatchPage(TypedDict):
    """What assignments/dispatch_detail.html reads; `lapsed` is True when the days to answer are over, `rules` are those
    that an acceptance promises."""

    dispatch: Dispatch
    order: Order
    need: Need
    host: Host
    rules: RuleSet
    months: int
    offers: list[ShownOffer]
    lapsed: bool
    history: list[Step]
    assignment: Assignment | None


@require_safe
def dispatch_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One offer: what is asked, until when, what became of it."""
    dispatch = get_object_or_404(Dispatch.objects.visible_to(request.user).select_related(*WITH_PARTIES), pk=pk)
    order = dispatch.order
    led_to = Assignment.objects.visible_to(request.user).filter(order=order, doctor=dispatch.doctor)
    page: DispatchPage = {
        "dispatch": dispatch,
        "order": order,
        "need": order.need,
        "host": order.host,
        "rules": _rules(dispatch),
        "months": months_or_usual(dispatch.order.host.batch),
        "offers": offers_of(request.user, dispatch, _offers(dispatch)),
        "lapsed": timezone.localdate() > dispatch.answer_by,
        "history": [*steps_of(dispatch), step(dispatch.offered_at, dispatch.offered_by, _("offered"), "", "wait")],
        "assignment": led_to.first(),
    }
    return render(request, "assignments/dispatch_detail.html", page)


def _parties(dispatch: Dispatch) -> dict[str, Any]:
    order = dispatch.order
    return {
        "dispatch": dispatch, "order": order, "need": order.need, "host": order.host, "rules": _rules(dispatch),
        "months": months_or_usual(dispatch.order.host.batch),
    }  # fmt: skip


def _rules(dispatch: Dispatch) -> RuleSet:
    """The rules that an acceptance promises: those in force, or those of the moment when it was accepted."""
    batch = dispatch.order.host.batch
    if dispatch.status == Dispatch.Status.ACCEPTED and dispatch.status_at is not None:
        return rules_at(batch, dispatch.status_at)
    return batch.rule_set


def _offers(dispatch: Dispatch) -> list[Offer]:
    return [
        Offer("accept", _("Accept"), tone="primary"),  # on a page of its own, where the rules are read
        Offer("decline", _("Decline"), _ask_decline(dispatch), _decline_form(dispatch)),
        Offer("withdraw", _("Take the offer back"), _ask_withdraw(dispatch), WhyForm, tone="danger"),
    ]


def _ask(dispatch: Dispatch, **words: Any) -> Ask:
    crumbs = [(_("Dispatches"), reverse("dispatch_list")), (dispatch.order.need.title, dispatch.get_absolute_url())]
    return Ask(**words, crumbs=crumbs, leave=_("Not yet"), about="assignments/dispatch_facts.html")


def _ask_accept(dispatch: Dispatch) -> Ask:
    lede = _("You promise %(host)s to serve by the rules below.") % {"host": dispatch.order.host}
    late = ""
    if timezone.localdate() > dispatch.answer_by:
        late = _("The answer was due by %(day)s; the offer has lapsed.") % {"day": cndate(dispatch.answer_by)}
    return _ask(dispatch, title=_("Accept this service?"), button=_("Yes, I accept"), lede=lede, too_late=late)


def _ask_decline(dispatch: Dispatch) -> Ask:
    lede = _("The enterprise and your university read the reason.")
    return _ask(dispatch, title=_("Decline this offer?"), button=_("Decline"), lede=lede, danger=True)


def _ask_withdraw(dispatch: Dispatch) -> Ask:
    words = _("Take the offer back?"), _("Take the offer back"), _next_of(dispatch.order)
    return _ask(dispatch, title=words[0], button=words[1], lede=words[2], danger=True)


def _decline_form(dispatch: Dispatch) -> Any:
    return partial(WhyForm, ruled=has_rules(dispatch.order.host.batch, "refuse"))


def _next_of(order: Order) -> str:
    """What follows when the offer at hand ends unaccepted."""
    if order.university_id is not None:
        return _("The order then waits for its university to name another doctor.")
    return _("The next doctor asked for is asked then; where there is none, the order ends.")


def dispatch_accept(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "accept", pk)
    done = _("Accepted. The service begins once the host has confirmed the first day.")
    form = partial(AcceptForm, version=dispatch.order.host.batch.rule_set_id)
    return act_page(
        request, dispatch, form, accept_dispatch, verb="accept", ask=_ask_accept(dispatch), done=done,
        leads_to=lambda assignment: assignment, facts=_parties(dispatch),
    )  # fmt: skip


def dispatch_decline(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "decline", pk)
    return act_page(
        request, dispatch, _decline_form(dispatch), decline_dispatch, verb="decline", ask=_ask_decline(dispatch),
        done=lambda it: f"{_('Declined.')} {_went_on(it)}", facts=_parties(dispatch),
    )  # fmt: skip


def dispatch_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "withdraw", pk)
    return act_page(
        request, dispatch, WhyForm, withdraw_dispatch, verb="withdraw", ask=_ask_withdraw(dispatch),
        done=lambda it: f"{_('The offer was taken back.')} {_went_on(it)}", facts=_parties(dispatch),
    )  # fmt: skip


def _went_on(dispatch: Dispatch) -> str:
    """What became of the order when an offer ended unaccepted."""
    order = Order.objects.get(pk=dispatch.order_id)  # the row as the action left it
    if order.status == Order.Status.DISPATCHED:
        return _("The next doctor asked for was asked.")
    if order.status == Order.Status.PLACED:
        return _("The order waits for its university to name another doctor.")
    return _("Nobody else was asked for: the order has ended, and the need can be ordered for again.")


def _answerable(request: SignedIn, verb: str, pk: int) -> Dispatch:
    return get_permitted(Dispatch.objects.select_related(*WITH_PARTIES), verb, request.user, pk=pk)
