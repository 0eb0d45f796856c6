"""The pages of who acts for an enterprise or a university: the list of them, and the page that ends an account."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from core.permissions import rules_let
from identity.account_bodies import bodies_of, colleagues_of, links_of
from identity.colleagues import dismiss
from identity.models import Invitation
from ui.act_page import Ask, act_page
from ui.office_table import ReasonForm


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
