"""The page of one need: what everyone may read of it, and what those it concerns see and can do besides."""

from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import SignedIn
from core.clients import address_of
from core.permissions import get_permitted, may
from core.phones import reveal_phone
from enterprises import actions
from enterprises.models import Need, NeedQuerySet
from enterprises.need_words import Line, facts_of, texts_of
from ui.act_page import Ask, act_page
from ui.offers import Offer, ShownOffer, offers_of
from ui.steps import Step, step, steps_of

HIDE_NUMBERS = Offer(
    "hide_numbers",
    gettext_lazy("Take out personal numbers"),
    Ask(
        gettext_lazy("Take the personal numbers out of this need?"),
        gettext_lazy("Take them out"),
        gettext_lazy(
            "They are replaced in the text; the history keeps the old words. A need for everyone is public then."
        ),
    ),
    tone="primary",
)


def whole() -> NeedQuerySet:
    """Needs with what their pages show."""
    return Need.objects.select_related("enterprise__district", "enterprise__department", "created_by")


@login_not_required
@require_safe
def need_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A published need is everybody's to read; more of it is shown to those it concerns."""
    user = request.user
    if isinstance(user, User) and (need := whole().visible_to(user).filter(pk=pk).first()) is not None:
        return render(request, "enterprises/need_detail.html", _concerned(user, need))
    return _public_page(request, pk)


class NeedPage(TypedDict):
    """What enterprises/need_detail.html reads."""

    need: Need
    texts: list[Line]
    glance: list[Line]
    inside: bool
    history: list[Step]
    contact_known: bool
    review_days: int
    offers: list[ShownOffer]


def _concerned(user: User, need: Need) -> NeedPage:
    """What the page shows to someone the need concerns; its history to its enterprise and the office."""
    inside = may(user, "inspect", need)
    return {
        "need": need,
        "texts": texts_of(need),
        "glance": facts_of(need, inside=inside),
        "inside": inside,
        "history": _history(need) if inside else [],
        "contact_known": inside or may(user, "reveal", need),
        "review_days": settings.REVIEW_DAYS,
        "offers": offers_of(user, need, [_edit(need), HIDE_NUMBERS]),
    }


def _history(need: Need) -> list[Step]:
    return [*steps_of(need), step(need.created_at, need.created_by, _("written"), "", "idle")]


def _edit(need: Need) -> Offer:
    words = _("Finish") if need.status == Need.Status.DRAFT else _("Correct")
    return Offer("edit", words, icon="edit", tone="primary")


def _public_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The public side of a need; whoever is not signed in may try again with an account."""
    need = whole().public().filter(pk=pk).first()
    if need is not None:
        facts = {"need": need, "texts": texts_of(need), "glance": facts_of(need, inside=False)}
        return render(request, "enterprises/need_public.html", facts)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def need_contact(request: SignedIn, pk: int) -> HttpResponse:
    """The contact of a need in full; that it was shown is recorded. A link to it redirects to the need."""
    need = get_permitted(whole(), "reveal", request.user, pk=pk)
    if request.method != "POST":
        return redirect(need)
    number = reveal_phone(need, by=request.user, at=timezone.now(), address=address_of(request))
    return render(request, "enterprises/need_contact.html", {"need": need, "number": number})


def need_hide_numbers(request: SignedIn, pk: int) -> HttpResponse:
    """Take the personal numbers out of the text of a published need."""
    need = get_permitted(whole(), "hide_numbers", request.user, pk=pk)
    ask: Any = HIDE_NUMBERS.ask
    done = _("The personal numbers were taken out.")
    return act_page(request, need, None, actions.hide_numbers, ask=ask, done=done, verb="hide_numbers")
