"""What the ledger says of signing in: who came in, who went, whose password was wrong, which session ended."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ledger import kind, record
from identity.known_devices import key_of

SIGNED_IN = kind("signed_in", _("signed in"))
SIGN_IN_FAILED = kind("sign_in_failed", _("sign-in failed"))
SIGNED_OUT = kind("signed_out", _("signed out"))
SESSION_ENDED = kind("session_ended", _("session ended"))


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **named: Any) -> None:
    """Record a sign-in; `KnownDeviceMiddleware` makes this browser a known device of the account."""
    request.signed_in_as = user  # type: ignore[attr-defined]
    record(SIGNED_IN, by=user)


@receiver(user_logged_out)
def signed_out(user: User | None, **named: Any) -> None:
    if user is not None:
        record(SIGNED_OUT, by=user)


def record_failure(name: str, *, waits: int) -> None:
    """Record a wrong password: for which account, or else the digest of the name; how long the next try waits."""
    user = User.objects.filter(username=User.normalize_username(name)).first()
    record(SIGN_IN_FAILED, by=None, about=user, name=key_of(name), known=user is not None, waits=waits)


def record_end(user: User, why: str) -> None:
    """Record that a session ended by itself: nobody used it (`idle`), or it lasted long enough (`longest`)."""
    record(SESSION_ENDED, by=user, why=why)
