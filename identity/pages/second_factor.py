"""The own second factors: which are set up, and what can be added or removed."""

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from identity.handed_over import back_from
from identity.later import later
from identity.second_factor.required import is_missing, is_required_for

# Where the session keeps the page that a user wanted who had to set up a second factor first; the page of the recovery
# codes leads there.
WANTED = "second_factor_for"

remove = later("allauth.mfa.webauthn.views.RemoveWebAuthnView", success_url=reverse_lazy("mfa_index"))

remove_the_app = later("allauth.mfa.totp.views.deactivate_totp")
show_codes = later("allauth.mfa.recovery_codes.views.view_recovery_codes")


@require_safe
def overview(request: SignedIn) -> HttpResponse:
    """The second factors of the user; a user who must set one up first is told so."""
    missing = is_missing(request)
    if missing:
        request.session[WANTED] = back_from(request) or reverse("home")
    rows = list(Authenticator.objects.filter(user=request.user).order_by("created_at", "pk"))
    context = {
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes": next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None),
        "required": is_required_for(request.user),
        "missing": missing,
    }
    return render(request, "identity/second_factor.html", context)


def remove_app(request: SignedIn) -> HttpResponse:
    """Remove the own authenticator app; without one there is nothing to remove."""
    return remove_the_app(request) if _has(request, Authenticator.Type.TOTP) else redirect("mfa_index")


def codes(request: SignedIn) -> HttpResponse:
    """Show the own recovery codes that are not used yet."""
    return show_codes(request) if _has(request, Authenticator.Type.RECOVERY_CODES) else redirect("mfa_index")


def _has(request: SignedIn, kind: str) -> bool:
    return bool(Authenticator.objects.filter(user=request.user, type=kind).exists())


def remove_passkey(request: SignedIn, pk: int) -> HttpResponse:
    """Remove an own passkey, after the user showed once more that it is he; those of others are not found."""
    get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.WEBAUTHN, pk=pk)
    return remove(request, pk=pk)
