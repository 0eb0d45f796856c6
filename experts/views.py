"""Pages about a doctor: his record, and the form that writes it."""

from collections.abc import Iterable
from typing import Any, NotRequired, TypedDict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedIn
from core.clients import address_of
from core.errors import Refused
from core.permissions import get_permitted, may
from core.persons import viewed
from core.phones import reveal_phone
from experts import actions
from experts.models import Doctor, Interest, Work
from experts.record import declared_by_others, record_forms, save_record
from identity.access import access_of
from ui.edits import say_refusal, seen_version
from ui.offers import Offer, ShownOffer, offers_of
from ui.row_forms import with_row


@require_safe
@never_cache
def doctor_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One record; the phone is masked until it is asked for."""
    return _doctor_page(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def doctor_phone(request: SignedIn, pk: int) -> HttpResponse:
    """The page with the whole phone number; that it was shown is recorded. A link to it redirects to the record."""
    doctor = get_permitted(Doctor, "reveal", request.user, pk=pk)
    if request.method != "POST":
        return redirect(doctor)
    number = reveal_phone(doctor, by=request.user, at=timezone.now(), address=address_of(request))
    return _doctor_page(request, pk, number)


class DoctorPage(TypedDict):
    """What experts/doctor_detail.html reads; `phone_shown` is the whole number where it was asked for."""

    doctor: Doctor
    works: Iterable[Work]
    interests: Iterable[Interest]
    may_read_interests: bool
    offers: list[ShownOffer]
    may_reveal: bool
    phone_shown: str
    # Whether the doctor can sign in, for those who may invite him.
    access: NotRequired[Any]
    invite_url: NotRequired[str]


def _doctor_page(request: SignedIn, pk: int, phone: str = "") -> HttpResponse:
    doctor = get_permitted(Doctor.objects.select_related("university", "user"), "read", request.user, pk=pk)
    viewed(doctor, by=request.user)
    page: DoctorPage = {
        "doctor": doctor,
        "works": doctor.works.order_by("-year", "pk"),
        "interests": Interest.objects.visible_to(request.user).filter(doctor=doctor).order_by("pk"),
        "may_read_interests": may(request.user, "read", Interest),
        "offers": offers_of(request.user, doctor, [Offer("edit", _("Edit"), icon="edit")]),
        "may_reveal": may(request.user, "reveal", doctor),
        "phone_shown": phone,
    }
    if may(request.user, "invite", doctor):
        page["access"] = access_of(doctor.user, timezone.now())
        page["invite_url"] = reverse("doctor_invite", args=[doctor.pk])
    return render(request, "experts/doctor_detail.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def doctor_new(request: SignedIn) -> HttpResponse:
    if not may(request.user, "enrol", Doctor):
        raise PermissionDenied
    # A user has one role, and `enrol` is the liaison's alone.
    university = request.user.liaison.university
    return _form_page(request, Doctor(university=university), version="")


@require_http_methods(["GET", "HEAD", "POST"])
def doctor_edit(request: SignedIn, pk: int) -> HttpResponse:
    version = seen_version(request, Doctor, pk)
    doctor = get_permitted(Doctor.objects.select_related("university"), "edit", request.user, pk=pk)
    viewed(doctor, by=request.user)
    return _form_page(request, doctor, version=version)


def _form_page(request: SignedIn, doctor: Doctor, *, version: str) -> HttpResponse:
    """The form of a new or known doctor. A button that only adds a row brings everything typed back unjudged."""
    posted = request.POST if request.method == "POST" else None
    adds = posted.get("add", "") if posted else ""
    rows = with_row(posted, adds) if posted and adds else posted
    side = actions.side_of(request.user)
    forms = record_forms(doctor, side, data=rows, unjudged=bool(adds))
    facts: dict[str, Any] = {**forms, "doctor": doctor, "judged": posted and not adds, "version": version}
    facts["declared"] = declared_by_others(doctor, side)
    if posted and not adds and all(form.is_valid() for form in forms.values()):
        try:
            saved = save_record(doctor, {"by": request.user, "at": timezone.now()}, version=version, **forms)
        except Refused as refusal:
            facts |= say_refusal(forms["form"], refusal)
        else:
            messages.success(request, _("%(doctor)s was saved.") % {"doctor": saved})
            return redirect(saved)
    return render(request, "experts/doctor_form.html", facts)
