"""The page where a user enters his addresses and chooses which messages are sent to them."""

from collections.abc import Mapping
from typing import Any, TypedDict

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedIn
from core.errors import Refused
from outbox import actions
from outbox.carriers import set_up
from outbox.forms import AddressForm, CodeForm, MessagesForm
from outbox.models import Channel, Medium


@require_http_methods(["GET", "HEAD", "POST"])
def message_settings(request: SignedIn) -> HttpResponse:
    """Show the addresses and choices of the user; store the choices when the form is sent."""
    if request.method != "POST":
        return _page(request)
    form = MessagesForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, {"choices": form})
    language = form.cleaned_data["language"]
    actions.choose_messages(request.user, by=request.user, language=language, chosen=form.chosen())
    messages.success(request, _("Your choice was saved."))
    return redirect("message_settings")


@require_POST
@reauthentication_required(app="outbox")  # type: ignore[untyped-decorator]
def message_address(request: SignedIn) -> HttpResponse:
    """Send a code to a new address, or again to the address that the user has."""
    medium = _medium_of(request)
    form = AddressForm(request.POST, medium=medium)
    if not form.is_valid():
        return _page(request, {medium: form})
    facts = {"address": form.cleaned_data["address"].strip(), "language": get_language()}
    try:
        actions.give_address(request.user, by=request.user, at=timezone.now(), medium=medium, **facts)
    except Refused as refusal:
        form.add_error("address", refusal.message)
        return _page(request, {medium: form})
    messages.success(request, _("A code is being sent to %(address)s; write it below when it has arrived.") % facts)
    return redirect("message_settings")


@require_POST
def message_code(request: SignedIn) -> HttpResponse:
    medium = _medium_of(request)
    channel = _own(request, medium)
    form = CodeForm(request.POST, medium=medium)
    if form.is_valid():
        if actions.confirm_address(channel, by=request.user, at=timezone.now(), code=form.cleaned_data["code"]):
            messages.success(request, _("Confirmed. From now on you are told here, too."))
            return redirect("message_settings")
        form.add_error("code", _("This is not the code, or it is no longer valid; have another one sent."))
    return _page(request, {f"{medium}_code": form})


@require_POST
@reauthentication_required(app="outbox")  # type: ignore[untyped-decorator]
def message_remove(request: SignedIn) -> HttpResponse:
    actions.remove_address(_own(request, _medium_of(request)), by=request.user, at=timezone.now())
    messages.success(request, _("Nothing is sent there any more."))
    return redirect("message_settings")


def _medium_of(request: SignedIn) -> str:
    medium = request.POST.get("medium", "")
    if medium not in Medium.values:
        raise Http404
    return medium


def _own(request: SignedIn, medium: str) -> Channel:
    """The user's own address; addresses of others are not found here, even by the city office."""
    return get_object_or_404(Channel, user=request.user, medium=medium)


class MediumPart(TypedDict):
    """What outbox/settings.html reads of one medium: the address the user has, and the two forms."""

    medium: str
    label: Any
    channel: Channel | None
    form: forms.Form
    code_form: forms.Form


def _page(request: SignedIn, sent: Mapping[str, forms.Form] | None = None) -> HttpResponse:
    """The page; `sent` are forms with errors by name, shown in the place of fresh ones."""
    sent = sent or {}
    channels = {channel.medium: channel for channel in Channel.objects.filter(user=request.user)}
    language = next((channel.language for channel in channels.values()), get_language())
    usable = set_up()
    context = {
        "media": [_medium(medium, channels.get(medium), sent) for medium in Medium.values if medium in usable],
        "columns": [Medium(medium).label for medium in usable],
        "choices": sent.get("choices") or MessagesForm(user=request.user, initial={"language": language}),
        "forms": sent.values(),
    }
    return render(request, "outbox/settings.html", context)


def _medium(medium: str, channel: Channel | None, sent: Mapping[str, forms.Form]) -> MediumPart:
    initial = {"address": channel.address if channel else ""}
    return {
        "medium": medium,
        "label": Medium(medium).label,
        "channel": channel,
        "form": sent.get(medium) or AddressForm(medium=medium, initial=initial),
        "code_form": sent.get(f"{medium}_code") or CodeForm(medium=medium),
    }
