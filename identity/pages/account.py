"""My account: one page that leads to all that a user sets for himself."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from identity import services
from identity.second_factor.required import is_required_for, kinds_of
from identity.sessions import sessions_of
from outbox.models import Channel


@require_safe
def account(request: SignedIn) -> HttpResponse:
    """What the account is, and the state of password, second factor, sessions, addresses and sign-in service."""
    user = request.user
    context = {
        "kinds": kinds_of(user),
        "required": is_required_for(user),
        "open_sessions": len(sessions_of(user)),
        "channels": Channel.objects.confirmed().filter(user=user).order_by("medium"),
        "service": settings.OIDC_LABEL if services.is_set_up() else "",
        "connected": SocialAccount.objects.filter(user=user, provider=services.PROVIDER).exists(),
    }
    return render(request, "identity/account.html", context)
