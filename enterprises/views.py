"""Pages on which an enterprise writes its needs, and the files that prove its qualifications."""

from typing import Any, TypedDict
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import SignedIn
from core.errors import Refused
from core.parameters import renew_client_key
from core.permissions import can_now, entitled, get_permitted, may
from enterprises import actions
from enterprises.forms import NeedForm, OfficeNeedForm, advice, answers
from enterprises.models import Enterprise, Need
from ui.edits import say_refusal, seen_version


def enterprise_of(user: User) -> Enterprise:
    """The enterprise this person acts for; anyone else is turned away."""
    if not may(user, "post", Need):
        raise PermissionDenied
    enterprise = Enterprise.objects.select_related("district").filter(members__user=user).first()
    if enterprise is None:
        raise PermissionDenied
    return enterprise


@require_http_methods(["GET", "HEAD", "POST"])
def need_new(request: SignedIn) -> HttpResponse:
    """Write a need, check it, send it. The server keeps no step: the check page posts everything again."""
    enterprise = enterprise_of(request.user)
    if request.method != "POST":
        known = {"contact_name": enterprise.contact_name, "contact_phone": enterprise.contact_phone}
        return _write_page(request, NeedForm(initial={**known, "client_key": uuid4()}), enterprise)
    form = NeedForm(request.POST)
    if (page := _before_sending(request, form, enterprise)) is not None:
        return page
    key = form.cleaned_data["client_key"]
    try:
        need = actions.post_need(enterprise, by=request.user, at=timezone.now(), facts=form.facts(), client_key=key)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        if refusal.code in ("foreign_key", "sent_before"):  # sent again it is another need
            renew_client_key(form)
        return _write_page(request, form, enterprise)
    return redirect(f"{reverse('need_receipt', args=[need.pk])}?sent=new")


@require_http_methods(["GET", "HEAD", "POST"])
def need_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Rewrite a draft or a returned need and send it (again)."""
    version = seen_version(request, Need, pk)
    need = get_permitted(Need.objects.select_related("enterprise__district"), "edit", request.user, pk=pk)
    enterprise, own = need.enterprise, entitled(request.user, "submit", need)
    if not can_now(request.user, "edit", need):
        messages.error(
            request, _("This need is “%(status)s” and can no longer be edited.") % {"status": need.get_status_display()}
        )
        return redirect(need)
    form_class = NeedForm if own else OfficeNeedForm
    if request.method != "POST":
        return _write_page(request, form_class(instance=need), enterprise, need, version=version)
    form = form_class(request.POST, instance=_blank(need))
    if (page := _before_sending(request, form, enterprise, need, version=version)) is not None:
        return page
    try:
        actions.resubmit_need(need, by=request.user, at=timezone.now(), facts=form.facts(), version=version)
    except Refused as refusal:
        shown = {"version": version, **say_refusal(form, refusal)}
        return _write_page(request, form, enterprise, need, **shown)
    if own:
        return redirect(f"{reverse('need_receipt', args=[need.pk])}?sent=again")
    messages.success(request, _("%(row)s was saved.") % {"row": need})
    return redirect(need)


class CheckPage(TypedDict):
    """What enterprises/need_check.html reads besides the frame."""

    form: NeedForm
    need: Need | None
    answers: list[dict[str, Any]]
    advice: list[str]
    back: str
    version: str


class WritePage(TypedDict):
    """What enterprises/need_form.html reads besides the frame; `autosave` names the draft that the browser keeps."""

    form: NeedForm
    enterprise: Enterprise
    need: Need | None
    address: str
    autosave: str


def _blank(need: Need) -> Need:
    """What the form fills, so that the need itself stays as it is while something is wrong."""
    return Need(pk=need.pk, enterprise=need.enterprise, discipline=need.discipline, contact_phone=need.contact_phone)


def _before_sending(
    request: SignedIn, form: NeedForm, enterprise: Enterprise, need: Need | None = None, *, version: str = ""
) -> HttpResponse | None:
    """The form again when something is wrong or shall be changed, the check page, or None when it shall be sent."""
    step = request.POST.get("step", "check")
    if not form.is_valid() or step == "change":
        return _write_page(request, form, enterprise, need, version=version)
    if step == "send":
        return None
    page: CheckPage = {
        "form": form,
        "need": need,
        "answers": answers(form),
        "advice": advice(form),
        "back": _address(need),
        "version": version,
    }
    return render(request, "enterprises/need_check.html", {**page, **_frame()})


def _frame() -> dict[str, Any]:
    """What the three pages of posting a need share."""
    return {"steps": [_("Write"), _("Check"), _("Sent")], "review_days": settings.REVIEW_DAYS}


def _write_page(
    request: HttpRequest, form: NeedForm, enterprise: Enterprise, need: Need | None = None, **shown: Any
) -> HttpResponse:
    page: WritePage = {
        "form": form,
        "enterprise": enterprise,
        "need": need,
        "address": _address(need),
        "autosave": _draft(need),
    }
    return render(request, "enterprises/need_form.html", {**page, **shown, **_frame()})


def _address(need: Need | None) -> str:
    return reverse("need_edit", args=[need.pk]) if need else reverse("need_new")


def _draft(need: Need | None) -> str:
    """The name under which the browser keeps what is typed."""
    return f"need-{need.pk}" if need else "need-new"


@require_safe
def need_receipt(request: SignedIn, pk: int) -> HttpResponse:
    """The number of a need that was sent, what happens next, and when."""
    need = get_permitted(Need, "submit", request.user, pk=pk)
    # Only right after sending: an old receipt must not delete a newer draft kept by the browser.
    sent = {"new": "need-new", "again": f"need-{need.pk}"}.get(request.GET.get("sent", ""), "")
    return render(request, "enterprises/need_receipt.html", {"need": need, "clear": sent, **_frame()})
