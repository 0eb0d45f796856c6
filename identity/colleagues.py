"""Who acts for an enterprise or a university: the page that shows them, and the act that lets one go."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from core import ledger
from core.action import action
from core.errors import Refused
from core.notices import notify
from core.permissions import rules_let
from core.status import lock
from identity.account_bodies import bodies_of, colleagues_of, links_of
from identity.models import Invitation
from identity.notice_kinds import NO_LONGER
from identity.sessions import end_sessions
from ui.act_page import Ask, act_page
from ui.office_table import ReasonForm

DISMISSED = ledger.kind("member_dismissed", gettext_lazy("no longer acts for an enterprise or university"))


@action(gettext_lazy("no longer acts for an enterprise or university"))
def dismiss(user: User, *, by: User, at: datetime, reason: str) -> User:
    """Close the account of somebody who acts for the same body; everybody who acts for it is told.

    The account and its history stay. Refused for the last one: then nobody could act for the body.
    """
    bodies = bodies_of(by)
    if not bodies or bodies_of(user) != bodies:
        raise Refused(_("This account does not act for you."), code="forbidden")
    lock(bodies[0])  # of two who dismiss each other the second finds that he no longer acts
    lock(by)
    lock(user)
    if not by.is_active or not user.is_active:
        raise Refused(_("This account was closed meanwhile."), code="gone")
    told = colleagues_of(user)
    if len(told) < 2:
        raise Refused(_("Nobody else acts for you. Ask the talent office to let another person in first."), code="last")
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    ledger.record(DISMISSED, by=by, at=at, about=user)
    words = {"by": str(by), "name": str(user), "body": str(bodies[0]), "reason": reason.strip()}
    notify(told, NO_LONGER, key=f"{user.pk}:{at.isoformat()}", at=at, **words)
    return user


def _person(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not rules_let(user, "dismiss", User):
        raise PermissionDenied
    return user


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Who acts for one's own enterprise or university, since when, and the day of the last sign-in."""
    user = _person(request)
    context = {"bodies": bodies_of(user), "people": list(_people(user)), "own": user, "invitation": Invitation()}
    return render(request, "identity/colleagues.html", context)


def _people(user: User) -> list[dict[str, Any]]:
    people = colleagues_of(user)
    since = {link.pk: _began(link) for one in people for link, _name in links_of(one)}
    return [
        {"user": one, "since": next((since[link.pk] for link, _name in links_of(one)), None), "alone": len(people) < 2}
        for one in people
    ]


def _began(link: Any) -> Any:
    """When the account was joined to the body, as the history says."""
    first = link.events.order_by("pgh_id").first()
    return first.pgh_created_at if first is not None else None


def colleague_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(request)
    other = next((one for one in colleagues_of(user) if one.pk == pk), None)
    if other is None:
        raise Http404
    page = reverse("colleagues")
    lede = _("It can no longer sign in; what was done with it stays. Everybody who acts for you is told.")
    ask = Ask(
        _("End the account of %(name)s") % {"name": other},
        _("End the account"),
        lede=_("This is your own account: you are signed out at once.") + lede if other.pk == user.pk else lede,
        danger=True,
        crumbs=[(_("Home"), reverse("home")), (_("Who acts for us"), page), (str(other), "")],
    )
    done = _("%(name)s can no longer sign in.") % {"name": other}
    return act_page(request, other, ReasonForm, dismiss, ask=ask, done=done, back=page)
