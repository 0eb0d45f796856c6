"""Pages that invite people who act for an enterprise."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import SignedIn
from core.parameters import keys_of
from core.permissions import get_permitted, rules_let
from enterprises import actions
from enterprises.models import Enterprise, Member
from identity.account_bodies import body_paths
from identity.pages.inviting import Place, colleague_page, invite_page, invitee_of
from identity.pages.many import invite_many_page
from ui.office_table import person


@require_http_methods(["GET", "HEAD", "POST"])
def enterprise_invite(request: SignedIn, pk: int) -> HttpResponse:
    """Invite somebody who acts for the enterprise from now on."""
    enterprise = get_permitted(Enterprise, "invite", request.user, pk=pk)

    def make(*, name: str, **account: Any) -> User:
        act = {"by": account.pop("by"), "at": account.pop("at")}
        return actions.appoint_member(enterprise, account={"name": name, **account}, **act).user

    return colleague_page(request, enterprise, make, _place(request.user, _("Invite a colleague"), of=enterprise))


@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: SignedIn, pk: int) -> HttpResponse:
    rows = Member.objects.select_related("enterprise", *body_paths("user__"))
    member = get_permitted(rows, "invite", request.user, pk=pk)
    return invite_page(request, invitee_of(member.user), _place(request.user, of=member.enterprise))


@require_http_methods(["GET", "HEAD", "POST"])
def member_invite_many(request: SignedIn) -> HttpResponse:
    rows = Member.objects.visible_to(request.user).filter(pk__in=keys_of(request.POST.getlist("member")))
    return invite_members(request, rows)


def invite_members(request: HttpRequest, members: Any) -> HttpResponse:
    """The page that invites the chosen people of enterprises."""
    user = person(request)
    found = members.select_related("enterprise", *body_paths("user__")) if rules_let(user, "invite", Member) else []
    people = [invitee_of(each.user, key=each.pk) for each in found]
    place = _place(user, _("Invite people of enterprises"), action=reverse("member_invite_many"))
    return invite_many_page(request, people, place, name="member")


def _place(user: User, title: str = "", *, action: str = "", of: Enterprise | None = None) -> Place:
    """The office comes from its page of the enterprise or its table of people, an enterprise from its invitations."""
    office = user.role == User.Role.OFFICE
    if office and of is not None:
        back, name = reverse("admin:enterprises_enterprise_change", args=[of.pk]), of.name
    elif office:
        back, name = reverse("admin:enterprises_member_changelist"), _("People of enterprises")
    else:
        back, name = reverse("invitation_list"), _("Invitations")
    base = "office/base.html" if office else "base.html"
    return Place(back, [(name, back), (title or _("Invite"), "")], title=title, action=action, base=base)


def colleagues(blank: Any, request: HttpRequest) -> dict[str, Any] | None:
    """The context of the panel over a list of invitations: whom an enterprise or the office can invite."""
    user = person(request)
    if user.role == User.Role.OFFICE and rules_let(user, "invite", Member):
        return {"people_url": reverse("admin:enterprises_member_changelist")}
    member = getattr(request.user, "enterprise_member", None)
    if member is None or not rules_let(user, "invite", Enterprise):
        return None
    return {"invite_url": reverse("enterprise_invite", args=[member.enterprise_id])}
