"""Visits in lists and one by one, and what hosts and doctors decide about them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedIn
from core.errors import AlreadyDone, Refused
from core.parameters import keys_of
from core.permissions import check_permitted, get_permitted, may
from service import actions
from service.columns import VISIT
from service.filters import VisitFilter
from service.forms import DisputeForm
from service.models import MonthlyCheck, Visit
from ui import sheets
from ui.steps import step, steps_of

PAGE = 25
MOST = 100  # visits confirmed at once
WITH_PARTIES = ("doctor__university", "enterprise", "assignment__host__enterprise", "assignment__batch")


@require_safe
def visit_list(request: SignedIn) -> HttpResponseBase:
    """All visits one sees; an enterprise has those that await its answer above, to confirm at one tap."""
    rows = Visit.objects.visible_to(request.user).select_related(*WITH_PARTIES).order_by("-starts_on", "-pk")
    filters = VisitFilter(request.GET, rows)
    if sheets.is_asked(request) and filters.is_valid():
        return sheets.download(_("Visits"), VISIT, filters.qs)
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    sorts = {"days": "starts_on", "doctor": "doctor", "enterprise": "enterprise"}
    facts: dict[str, Any] = {"filter": filters, "page": page, "to_confirm": [], "sorts": sorts}
    if request.user.role == User.Role.ENTERPRISE:
        facts["to_confirm"] = list(rows.awaiting_confirmation().order_by("starts_on", "pk")[:MOST])
    return render(request, "service/visit_list.html", facts)


@require_safe
def visit_detail(request: SignedIn, pk: int) -> HttpResponse:
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related(*WITH_PARTIES, "logged_by"), pk=pk)
    facts: dict[str, Any] = {"visit": visit, "form": DisputeForm()}
    for verb, to in (("confirm", "confirmed"), ("dispute", "disputed"), ("withdraw", "withdrawn")):
        facts[f"may_{verb}"] = visit.may_move(to) and may(request.user, verb, visit)
    facts["history"] = [*steps_of(visit), step(visit.logged_at, visit.logged_by, _("the doctor logged it"), "", "wait")]
    months = Q(month=visit.starts_on.replace(day=1)) | Q(month=visit.ends_on.replace(day=1))
    facts["checks"] = (
        MonthlyCheck.objects.visible_to(request.user).filter(months, assignment=visit.assignment_id).order_by("month")
    )
    return render(request, "service/visit_detail.html", facts)


@require_POST
def visit_confirm(request: SignedIn, pk: int) -> HttpResponse:
    visit = _permitted(request, "confirm", pk)
    actions.confirm_visit(visit, by=request.user, at=timezone.now(), on=timezone.localdate())
    messages.success(request, _confirmed([visit]))
    return redirect("visit_list" if request.POST.get("next") == "list" else visit)


@require_POST
def visits_confirm(request: SignedIn) -> HttpResponse:
    """Confirm the visits chosen or, at one tap, all that were shown."""
    keys = request.POST.getlist("shown" if request.POST.get("all") else "visits")[:MOST]
    rows = (
        Visit.objects.visible_to(request.user)
        .filter(pk__in=keys_of(keys))
        .select_related(*WITH_PARTIES, "doctor__user")
    )
    visits = list(rows.order_by("pk"))
    for visit in visits:
        check_permitted(visit, "confirm", request.user)
    done, refused = actions.confirm_visits(visits, by=request.user, at=timezone.now(), on=timezone.localdate())
    if done:
        messages.success(request, _confirmed(done))
    for text in refused:
        messages.warning(request, text)
    if not visits:
        messages.warning(request, _("Choose the visits to confirm."))
    return redirect("visit_list")


def _confirmed(visits: list[Visit]) -> str:
    said = ngettext(
        "%(count)d visit was confirmed: %(days)d days.", "%(count)d visits were confirmed: %(days)d days.", len(visits)
    )
    return said % {"count": len(visits), "days": sum(visit.length for visit in visits)}


@require_http_methods(["GET", "HEAD", "POST"])
def visit_dispute(request: SignedIn, pk: int) -> HttpResponse:
    visit = _permitted(request, "dispute", pk)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.dispute_visit(visit, by=request.user, at=timezone.now(), on=timezone.localdate(), reason=reason)
        except AlreadyDone:
            raise
        except Refused as refusal:
            form.add_error("reason", refusal.message)
        else:
            messages.success(request, _("Disputed. The doctor was told and can correct the entry."))
            return redirect(visit)
    return render(request, "service/visit_dispute.html", {"visit": visit, "form": form})


@require_POST
def visit_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    visit = _permitted(request, "withdraw", pk)
    actions.withdraw_visit(visit, by=request.user, at=timezone.now(), on=timezone.localdate())
    messages.success(request, _("Taken back. Its days can be logged anew."))
    return redirect(visit)


def _permitted(request: SignedIn, verb: str, pk: int) -> Visit:
    return get_permitted(Visit.objects.select_related(*WITH_PARTIES, "doctor__user"), verb, request.user, pk=pk)
