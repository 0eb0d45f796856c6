"""Dispatches: the doctor's offers and answers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedIn
from assignments.actions import accept_dispatch, decline_dispatch, withdraw_dispatch
from assignments.columns import DISPATCH
from assignments.filters import DispatchFilter
from assignments.forms import ReasonForm
from assignments.models import Dispatch
from core.errors import AlreadyDone, Refused
from core.permissions import get_permitted
from ui import sheets

PAGE = 25
WITH_PARTIES = (
    "doctor__university", "order__need__enterprise", "order__host__enterprise__district",
    "order__host__batch__rule_set", "offered_by",
)  # fmt: skip


@require_safe
def dispatch_list(request: SignedIn) -> HttpResponseBase:
    """Offers, those awaiting an answer first."""
    waits = Case(When(status=Dispatch.Status.OFFERED, then=0), default=1)
    rows = Dispatch.objects.visible_to(request.user).select_related(*WITH_PARTIES).order_by(waits, "-pk")
    filters = DispatchFilter(request.GET, rows)
    if sheets.is_asked(request) and filters.is_valid():
        return sheets.download(_("Dispatches"), DISPATCH, filters.qs)
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    facts = {"filter": filters, "page": page, "today": timezone.localdate()}
    return render(request, "assignments/dispatch_list.html", facts)


def facts_of(dispatch: Dispatch) -> dict[str, Any]:
    """What every page about an offer shows of it."""
    order = dispatch.order
    return {"dispatch": dispatch, "order": order, "need": order.need, "host": order.host, "today": timezone.localdate()}


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_accept(request: SignedIn, pk: int) -> HttpResponse:
    """What one promises by accepting, on one page; posted, it is accepted."""
    dispatch = _answerable(request, "accept", pk)
    if request.method == "POST":
        assignment = accept_dispatch(dispatch, by=request.user, at=timezone.now(), on=timezone.localdate())
        messages.success(request, _("Accepted. The service begins once the host has confirmed the first day."))
        return redirect(assignment)
    return render(request, "assignments/dispatch_accept.html", facts_of(dispatch))


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_decline(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "decline", pk)
    return _with_reason(request, dispatch, decline_dispatch, _("Declined. The next doctor is asked."))


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "withdraw", pk)
    return _with_reason(request, dispatch, withdraw_dispatch, _("The offer was taken back."))


def _answerable(request: SignedIn, verb: str, pk: int) -> Dispatch:
    return get_permitted(Dispatch.objects.select_related(*WITH_PARTIES), verb, request.user, pk=pk)


def _with_reason(request: SignedIn, dispatch: Dispatch, act: Any, done: str) -> HttpResponse:
    """A page that asks for the reason and then acts."""
    form = ReasonForm(request.POST if request.method == "POST" else None, label=_("Reason"))
    if request.method == "POST" and form.is_valid():
        try:
            act(
                dispatch,
                by=request.user,
                at=timezone.now(),
                on=timezone.localdate(),
                reason=form.cleaned_data["reason"],
            )
        except AlreadyDone:
            raise
        except Refused as refusal:
            form.add_error("reason", refusal.message)
        else:
            messages.success(request, done)
            return redirect(dispatch)
    template = "assignments/dispatch_withdraw.html" if act is withdraw_dispatch else "assignments/dispatch_decline.html"
    return render(request, template, {**facts_of(dispatch), "form": form})
