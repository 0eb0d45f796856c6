"""Pages that invite doctors and liaison people to their accounts."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import SignedIn
from core.parameters import keys_of
from core.permissions import get_permitted, rules_let
from experts import actions
from experts.models import Doctor, Liaison, University
from identity.account_bodies import body_paths
from identity.invitations import Invitee
from identity.pages.inviting import Place, colleague_page, invite_page, invitee_of
from identity.pages.many import invite_many_page
from ui.office_table import person


def of_doctor(doctor: Doctor) -> Invitee:
    """A doctor as one who can be invited: by the addresses of his record."""

    def make(*, by: User, at: datetime) -> User:
        return actions.open_doctor_account(doctor, by=by, at=at)

    return Invitee(doctor.pk, doctor.name, str(doctor.university), doctor.user, make, doctor.email, doctor.phone)


@require_http_methods(["GET", "HEAD", "POST"])
def doctor_invite(request: SignedIn, pk: int) -> HttpResponse:
    rows = Doctor.objects.select_related("university", "user")
    doctor = get_permitted(rows, "invite", request.user, pk=pk)
    back = reverse("doctor_detail", args=[pk])
    return invite_page(request, of_doctor(doctor), Place(back, [(doctor.name, back), (_("Invite"), "")]))


@require_http_methods(["GET", "HEAD", "POST"])
def doctor_invite_many(request: SignedIn) -> HttpResponse:
    rows = Doctor.objects.visible_to(request.user).filter(pk__in=keys_of(request.POST.getlist("doctor")))
    return invite_doctors(request, rows)


def invite_doctors(request: HttpRequest, doctors: Any) -> HttpResponse:
    """The page that invites the chosen doctors, from the list of the portal and from that of the office."""
    user, back = person(request), reverse("doctor_list")
    found = doctors.select_related("university", "user").order_by("pinyin", "pk")
    people = [of_doctor(each) for each in found] if rules_let(user, "invite", Doctor) else []
    crumbs = [(_("Doctors"), back), (_("Invite"), "")]
    place = Place(back, crumbs, title=_("Invite doctors"), action=reverse("doctor_invite_many"))
    return invite_many_page(request, people, place, name="doctor")


# -- Liaison people --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def university_invite(request: SignedIn, pk: int) -> HttpResponse:
    """Invite somebody who acts for the university from now on."""
    university = get_permitted(University, "invite", request.user, pk=pk)

    def make(*, name: str, by: User, at: datetime, **account: str) -> User:
        return actions.appoint_liaison(university, by=by, at=at, account={"name": name, **account}).user

    place = _place(request.user, _("Invite a colleague"))
    return colleague_page(request, university, make, place)


@require_http_methods(["GET", "HEAD", "POST"])
def liaison_invite(request: SignedIn, pk: int) -> HttpResponse:
    rows = Liaison.objects.select_related("university", *body_paths("user__"))
    liaison = get_permitted(rows, "invite", request.user, pk=pk)
    return invite_page(request, invitee_of(liaison.user), _place(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def liaison_invite_many(request: SignedIn) -> HttpResponse:
    rows = Liaison.objects.visible_to(request.user).filter(pk__in=keys_of(request.POST.getlist("liaison")))
    return invite_liaisons(request, rows)


def invite_liaisons(request: HttpRequest, liaisons: Any) -> HttpResponse:
    user = person(request)
    found = liaisons.select_related("university", *body_paths("user__")) if rules_let(user, "invite", Liaison) else []
    people = [invitee_of(each.user, key=each.pk) for each in found]
    place = _place(user, _("Invite liaison people"), action=reverse("liaison_invite_many"))
    return invite_many_page(request, people, place, name="liaison")


def _place(user: User, title: str = "", action: str = "") -> Place:
    """The office comes from its table of liaison people, a university from its list of invitations."""
    office = user.role == User.Role.OFFICE
    back = reverse("admin:experts_liaison_changelist" if office else "invitation_list")
    crumbs = [(_("Liaison people") if office else _("Invitations"), back), (title or _("Invite"), "")]
    return Place(back, crumbs, title=title, action=action, base="office/base.html" if office else "base.html")


def colleagues(blank: Any, request: HttpRequest) -> dict[str, Any] | None:
    """The context of the panel over a list of invitations: whom a university or the office can invite."""
    user = person(request)
    if user.role == User.Role.OFFICE and rules_let(user, "invite", Doctor):
        return {"doctors": reverse("admin:experts_doctor_changelist")}
    liaison = getattr(request.user, "liaison", None)
    if liaison is None or not rules_let(user, "invite", University):
        return None
    return {"invite_url": reverse("university_invite", args=[liaison.university_id]), "doctors": reverse("doctor_list")}
