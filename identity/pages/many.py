"""The page that invites the chosen people of a list: what will go where, then what happened, and the printed sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from identity.account_bodies import body_words
from identity.invitations import Invitee, Outcome, invite_many
from identity.invited_forms import ListForm, orders
from identity.links import Sending, link_of
from identity.models import Invitation
from identity.pages.inviting import Place, sent_words
from identity.plans import WAY, in_numbers, plan, sendings
from identity.qr_codes import qr_code
from ui.office_table import person

MOST = 200


@dataclass(frozen=True)
class Ticket:
    """One field of the printed sheet."""

    name: str
    body: str
    username: str
    link: str
    code: SafeString


def invite_many_page(request: HttpRequest, people: Sequence[Invitee], place: Place, *, name: str) -> HttpResponse:
    """Show what will happen to the chosen people, do it, or print the sheet; `name` is that of the keys in the form.

    The address alone, as after a change of the language, leads back to the list: nobody is chosen by it.
    """
    if request.method != "POST":
        return redirect(place.back)
    if not people or len(people) > MOST:
        words = _("Choose at least one row.") if not people else _("Choose at most %(most)s rows.") % {"most": MOST}
        messages.error(request, words)
        return redirect(place.back)
    asked = request.POST.get("act", "")
    if asked == "print":
        return _print(request, people, place)
    form = ListForm(request.POST if "how" in request.POST else None)
    chosen = form.is_valid()
    how = form.cleaned_data["how"] if chosen else orders()[0][0]
    again = form.cleaned_data["again"] if chosen else False
    order = next(order for each, _words, order in orders() if each == how)
    planned = plan(people, order, again=again, at=timezone.now())
    context: dict[str, Any] = {"form": form, "place": place, "name": name, "planned": planned}
    if asked == "send" and chosen:
        done = invite_many(sendings(planned), by=person(request), at=timezone.now(), again=again)
        left = [each for each in planned if each.way == WAY.SHEET]
        rows = [*map(_said, done), *((each.invitee, "", each.words) for each in planned if not each.way)]
        context |= {"rows": rows, "left": left, "sent": sum(each.invitation is not None for each in done)}
        return render(request, "identity/invited.html", context)
    return render(request, "identity/invite_many.html", context | {"numbers": in_numbers(planned)})


def _said(outcome: Outcome) -> tuple[Invitee, str, str]:
    """A person, the tone of what happened to him, and what it is."""
    if outcome.invitation is None:
        return outcome.invitee, "bad", outcome.refusal
    return outcome.invitee, "good", sent_words(outcome.invitation)


def _print(request: HttpRequest, people: Sequence[Invitee], place: Place) -> HttpResponse:
    """The sheet: new links are made for it, and those of an earlier sheet are dead."""
    pairs = [(each, Sending(WAY.SHEET.value)) for each in people]
    done = invite_many(pairs, by=person(request), at=timezone.now(), again=True)
    context = {
        "tickets": [_ticket(request, each, each.invitation) for each in done if each.invitation is not None],
        "refused": [each for each in done if each.invitation is None],
        "place": place,
        "office": body_words(person(request)) or str(person(request)),
        "days": settings.INVITATION_DAYS,
        "until": next((each.invitation.expires_at for each in done if each.invitation is not None), None),
    }
    answer = render(request, "identity/sheet.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _ticket(request: HttpRequest, outcome: Outcome, invitation: Invitation) -> Ticket:
    link = link_of(outcome.sending, request)
    return Ticket(outcome.invitee.name, outcome.invitee.body, invitation.user.username, link, qr_code(link))
