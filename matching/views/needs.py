"""One need: what everyone may read, what its enterprise sees of it, its shortlist, and taking it back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import SignedIn
from assignments.actions import host_for, withdraw_need
from assignments.forms import ReasonForm
from assignments.models import Order
from core.errors import AlreadyDone, Refused
from core.models import Job
from core.permissions import get_permitted, may
from core.phones import address_of, reveal_phone
from enterprises.cards import budget_of
from enterprises.models import Need, NeedQuerySet
from matching import actions
from matching.models import Suggestion
from matching.shortlists import notes_of, shortlist_rows, strength_facts, why_empty
from ui.steps import step, steps_of

# Statuses out of which an enterprise cannot take its need back.
CLOSED = [Need.Status.IN_SERVICE, Need.Status.SOLVED, Need.Status.UNSOLVED, Need.Status.WITHDRAWN]


def _whole() -> NeedQuerySet:
    return Need.objects.select_related("enterprise__district", "enterprise__department", "created_by")


@login_not_required
@require_safe
def need_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A published need is everybody's to read; more of it is shown to those it concerns."""
    user = request.user
    if isinstance(user, User) and (need := _whole().visible_to(user).filter(pk=pk).first()) is not None:
        return render(request, "matching/need_detail.html", _concerned(user, need))
    return _public_page(request, pk)


def _concerned(user: User, need: Need) -> dict[str, Any]:
    """What the page shows to someone the need concerns."""
    orders = Order.objects.visible_to(user).filter(need=need).select_related("host__batch").order_by("-pk")
    inside = _inside(user, need) if may(user, "inspect", need) else {}
    known = bool(inside) or may(user, "reveal", need)
    facts = {"need": need, "budget": budget_of(need), "orders": orders, "contact_known": known}
    return {**facts, **inside, **_shortlist(user, need, inside=bool(inside))}


def _public_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The public side of a need; whoever is not signed in may try again with an account."""
    need = _whole().public().filter(pk=pk).first()
    if need is not None:
        return render(request, "matching/need_public.html", {"need": need, "budget": budget_of(need)})
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise Http404


def _inside(user: User, need: Need) -> dict[str, Any]:
    """What its enterprise and the office see besides: history, and what they can do now."""
    own = user.role == User.Role.ENTERPRISE
    return {
        "own": own,
        "history": [*steps_of(need), step(need.created_at, need.created_by, _("written"), "", "idle")],
        "may_edit": may(user, "edit", need) and need.status in (Need.Status.DRAFT, Need.Status.RETURNED),
        "may_withdraw": may(user, "withdraw", need) and need.status not in CLOSED,
        "review_days": settings.REVIEW_DAYS,
        "reason_form": ReasonForm(label=_("Why do you take it back?")),
    }


def _shortlist(user: User, need: Need, *, inside: bool) -> dict[str, Any]:
    """The lines someone may see (a university those of its own doctors), and whether a run is under way."""
    rows = Suggestion.objects.visible_to(user).current().filter(need=need).select_related("doctor__university")
    lines = shortlist_rows(rows)
    job = Job.objects.open().filter(kind=actions.MATCH_NEED, key=str(need.pk)).first() if inside else None
    facts: dict[str, Any] = {"lines": lines, "job": job, "inside": inside, "may_order": False, "why_not": ""}
    facts["strength_facts"] = strength_facts(lines)
    facts["notes"] = notes_of(need, lines) if inside or lines else []
    if not inside or need.status != Need.Status.PUBLISHED:
        return facts
    if not lines and job is None:
        facts["why_empty"] = why_empty(need)
    if may(user, "place", Order):
        try:
            host_for(need, None, timezone.localdate())
            facts["may_order"] = True
        except Refused as refused:
            facts["why_not"] = refused.message
    return facts


@require_safe
@never_cache
def need_shortlist(request: SignedIn, pk: int) -> HttpResponse:
    """The shortlist alone: the page asks for it while a run is under way. Without scripts it leads back to the page."""
    need = _whole().visible_to(request.user).filter(pk=pk).first()
    if need is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        return redirect(need)
    facts = _shortlist(request.user, need, inside=may(request.user, "inspect", need))
    return render(request, "matching/need_shortlist.html", {"need": need, **facts})


@require_http_methods(["GET", "HEAD", "POST"])
def need_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take a need back, with the reason."""
    need = get_permitted(_whole(), "withdraw", request.user, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, label=_("Why do you take it back?"))
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_need(need, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        except AlreadyDone:
            raise
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The need was taken back."))
            return redirect(need)
    return render(request, "matching/need_withdraw.html", {"need": need, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def need_contact(request: SignedIn, pk: int) -> HttpResponse:
    """The contact of a need in full; that it was shown is kept. Come back to, it leads to the need."""
    need = get_permitted(_whole(), "reveal", request.user, pk=pk)
    if request.method != "POST":
        return redirect(need)
    number = reveal_phone(need, by=request.user, at=timezone.now(), address=address_of(request))
    return render(request, "matching/need_contact.html", {"need": need, "number": number})
