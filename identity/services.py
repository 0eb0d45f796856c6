"""Accounts and the service by which their people can sign in too (OIDC_ISSUER)."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import action
from core.errors import Refused
from core.notices import notify, sentence

PROVIDER = "service"
CONFIRM = "confirm"  # what a person goes to the service for, besides signing in and connecting it
CONNECTED = ledger.kind("service_connected", gettext_lazy("sign-in service connected"))
DISCONNECTED = ledger.kind("service_disconnected", gettext_lazy("sign-in service disconnected"))
DISTRUSTED = ledger.kind("service_distrusted", gettext_lazy("what a sign-in service said was not believed"))
CONFIRMED = ledger.kind("service_confirmed", gettext_lazy("identity confirmed by a sign-in service"))
TOLD = sentence(
    "service_connected",
    gettext_lazy("Your account can be signed in to by %(name)s from now on. Not you? Undo it under “My account”."),
)
# A confirmation counts if the person signed in at the service so many seconds ago at most.
FRESH = 300


def is_set_up() -> bool:
    return bool(settings.OIDC_ISSUER)


def is_connected(user: User) -> bool:
    """Whether the user can sign in by the service."""
    return is_set_up() and SocialAccount.objects.filter(provider=PROVIDER, user=user).exists()


def account_of(said: dict[str, Any]) -> User | None:
    """The active account whose user name is the value of the claim OIDC_USERNAME_CLAIM, if such a claim is set."""
    claims = said.get("userinfo") or said.get("id_token") or {}
    name = claims.get(settings.OIDC_USERNAME_CLAIM) if settings.OIDC_USERNAME_CLAIM else None
    if not isinstance(name, str) or not name:
        return None
    return User.objects.filter(username=name, is_active=True).exclude(role=User.Role.PROGRAM).first()


def confirms(user: User, account: SocialAccount, now: float) -> bool:
    """Whether the service says of this very user that he signed in there just now."""
    at = (account.extra_data.get("id_token") or {}).get("auth_time")
    fresh = isinstance(at, int | float) and not isinstance(at, bool) and now - FRESH <= at <= now + FRESH
    return fresh and SocialAccount.objects.filter(provider=PROVIDER, uid=account.uid, user=user).exists()


@action(gettext_lazy("sign-in service connected"))
def connect_service(user: User, *, by: User, uid: str) -> SocialAccount:
    """Let the person `uid` of the service sign in as this user; refuse one who signs in as somebody else."""
    known, made = SocialAccount.objects.select_for_update().get_or_create(
        provider=PROVIDER, uid=uid, defaults={"user": user}
    )
    if known.user_id != user.pk:
        raise Refused(_("That sign-in is connected with another account here."), code="connected")
    if made:
        ledger.record(CONNECTED, by=by, about=user)
        notify([user], TOLD, key=str(known.pk), at=known.date_joined, name=settings.OIDC_LABEL)
    return known


@action(gettext_lazy("sign-in service disconnected"))
def disconnect_service(user: User, *, by: User) -> None:
    """Forget the persons of the service who could sign in as this user."""
    gone, _tables = SocialAccount.objects.filter(provider=PROVIDER, user=user).delete()
    if gone:
        ledger.record(DISCONNECTED, by=by, about=user)
