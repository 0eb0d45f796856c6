"""Dispatches: the doctor's offers and answers, and who was named for what."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedIn
from core.errors import AlreadyDone, Refused
from core.permissions import get_permitted, may
from matching import actions
from matching.columns import DISPATCH
from matching.filters import DispatchFilter
from matching.forms import ReasonForm
from matching.models import Assignment, Dispatch, Suggestion
from matching.shortlists import shortlist_rows
from ui import sheets
from ui.steps import step, steps_of

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
    if sheets.is_asked(request):
        return sheets.download(_("Dispatches"), DISPATCH, filters.qs)
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    facts = {"filter": filters, "page": page, "today": timezone.localdate()}
    return render(request, "matching/dispatch_list.html", facts)


@require_safe
def dispatch_detail(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = get_object_or_404(Dispatch.objects.visible_to(request.user).select_related(*WITH_PARTIES), pk=pk)
    facts = _facts(dispatch)
    if dispatch.status == Dispatch.Status.OFFERED:
        facts |= {f"may_{verb}": may(request.user, verb, dispatch) for verb in ("accept", "decline", "withdraw")}
    facts["lapsed"] = facts["today"] > dispatch.answer_by
    facts["reason_form"] = ReasonForm(label=_("Reason"))
    facts["suggestion"] = _suggestion(dispatch)
    facts["history"] = [*steps_of(dispatch), step(dispatch.offered_at, dispatch.offered_by, _("offered"), "", "wait")]
    facts["assignment"] = (
        Assignment.objects.visible_to(request.user).filter(order=dispatch.order, doctor=dispatch.doctor).first()
    )
    return render(request, "matching/dispatch_detail.html", facts)


def _facts(dispatch: Dispatch) -> dict[str, Any]:
    order = dispatch.order
    return {"dispatch": dispatch, "order": order, "need": order.need, "host": order.host, "today": timezone.localdate()}


def _suggestion(dispatch: Dispatch) -> dict[str, Any] | None:
    """Why the engine put the doctor on the shortlist: points and quoted words; None for one it did not name."""
    found = Suggestion.objects.current().filter(need=dispatch.order.need_id, doctor=dispatch.doctor_id)
    rows = shortlist_rows(found.select_related("doctor"))
    return rows[0] if rows else None


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_accept(request: SignedIn, pk: int) -> HttpResponse:
    """What one promises by accepting, on one page; posted, it is accepted."""
    dispatch = _answerable(request, "accept", pk)
    if request.method == "POST":
        assignment = actions.accept_dispatch(dispatch, by=request.user, at=timezone.now(), on=timezone.localdate())
        messages.success(request, _("Accepted. The service begins once the host has confirmed the first day."))
        return redirect(assignment)
    return render(request, "matching/dispatch_accept.html", _facts(dispatch))


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_decline(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "decline", pk)
    return _with_reason(request, dispatch, actions.decline_dispatch, _("Declined. The next doctor is asked."))


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = _answerable(request, "withdraw", pk)
    return _with_reason(request, dispatch, actions.withdraw_dispatch, _("The offer was taken back."))


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
    template = (
        "matching/dispatch_withdraw.html" if act is actions.withdraw_dispatch else "matching/dispatch_decline.html"
    )
    return render(request, template, {**_facts(dispatch), "form": form})
