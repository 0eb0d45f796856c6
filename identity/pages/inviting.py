"""The page that invites one person: it asks how the link reaches him, and shows a link that is handed over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused
from identity.access import Access, access_of
from identity.account_bodies import body_words
from identity.invitations import Invitee, invite_new
from identity.invited_forms import PersonForm, WayForm
from identity.links import MEDIA, Sending, link_of
from identity.models import Invitation
from identity.qr_codes import qr_code
from ui.act_page import Words
from ui.office_table import person
from ui.templatetags.ui_format import masked


@dataclass(frozen=True)
class Place:
    """Where a page of invitations belongs: the page it leads back to, the way there, the frame, a title, and the
    address to which a list of people is sent."""

    back: str
    crumbs: Sequence[tuple[Words, str]] = ()
    base: str = "base.html"
    title: Words = ""
    action: str = ""


def invitee_of(user: User, *, mail: str = "", phone: str = "", key: int = 0) -> Invitee:
    """Someone whose account exists already."""
    body, addresses = body_words(user), (mail or user.email, phone or user.phone)
    return Invitee(key or user.pk, user.name, body, user, lambda **act: user, *addresses)


def invite_page(request: HttpRequest, invitee: Invitee, place: Place) -> HttpResponse:
    """Invite a person who is known: to a new link, if he has one; whoever can sign in is not invited."""
    access = access_of(invitee.user, timezone.now())
    if not access.can_be_invited:
        words = _("%(name)s: %(state)s.") % {"name": invitee.name, "state": access.words}
        messages.warning(request, words)
        return redirect(place.back)
    addresses = {"mail": invitee.mail, "phone": invitee.phone}
    form = WayForm(request.POST if request.method == "POST" else None, initial=addresses)
    return _page(request, form, lambda: invitee, place, body=invitee.body, name=invitee.name, access=access)


def colleague_page(request: HttpRequest, body: Any, make: Callable[..., User], place: Place) -> HttpResponse:
    """Invite a person who acts for `body` from now on; `make` makes his account from `name`, `by` and `at`."""
    form = PersonForm(request.POST if request.method == "POST" else None)

    def invitee() -> Invitee:
        name = form.cleaned_data["name"].strip()
        facts = {"phone": form.cleaned_data.get("phone", "").strip(), "email": form.cleaned_data.get("mail", "")}
        return Invitee(0, name, str(body), None, lambda **act: make(name=name, **facts, **act))

    return _page(request, form, invitee, place, body=str(body), name="", access=None)


def _page(
    request: HttpRequest,
    form: WayForm,
    invitee: Callable[[], Invitee],
    place: Place,
    *,
    body: str,
    name: str,
    access: Access | None,
) -> HttpResponse:
    if form.is_valid():
        sending = form.sending()
        try:
            invitation = invite_new(invitee(), by=person(request), at=timezone.now(), sending=sending, again=True)
        except Refused as refusal:
            form.add_error(form.SAID_AT.get(refusal.code), refusal.message)
        else:
            return _invited(request, invitation, sending, place)
    context = {"form": form, "place": place, "body": body, "name": name, "access": access}
    return render(request, "identity/invite.html", context)


def _invited(request: HttpRequest, invitation: Invitation, sending: Sending, place: Place) -> HttpResponse:
    if sending.way in MEDIA:
        messages.success(request, sent_words(invitation))
        return redirect(place.back)
    return link_page(request, invitation, sending, place)


def link_page(request: HttpRequest, invitation: Invitation, sending: Sending, place: Place) -> HttpResponse:
    """Show the link of an invitation once, in the answer to the button."""
    link = link_of(sending, request)
    context = {"invitation": invitation, "link": link, "code": qr_code(link), "place": place}
    answer = render(request, "identity/link_shown.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def sent_words(invitation: Invitation) -> str:
    """The sentence after an invitation was sent by a message."""
    words = {"name": invitation.user.name, "address": masked(invitation.address)}
    return _("The invitation of %(name)s is being sent to %(address)s.") % words
