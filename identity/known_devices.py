"""Known devices: a browser in which somebody signed in carries a signed cookie that says for which accounts.

The cookie lets nobody in. A password typed with it is counted for the device alone, so that the owner of an account
signs in while strangers guess. It holds digests, because other people may use the same computer. A digest is made from
the account and its password: with a new password no device is known any more.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from core.ledger import keyed_digest

COOKIE = f"{settings.COOKIE_PREFIX}known_device"
SALT = "identity.known_devices"
SECONDS = 180 * 86400
# More accounts than people share one computer; the longest unused is forgotten.
MOST = 8


@dataclass(frozen=True)
class Device:
    """The token of a browser, and the marks of the accounts that signed in with it, the last one first."""

    token: str
    marks: tuple[str, ...] = ()


def key_of(name: str) -> str:
    """What a user name is counted under: the same for names that differ only in case or in the width of letters."""
    return keyed_digest(f"name {User.normalize_username(name).strip().lower()}")


def token_for(request: HttpRequest, name: str) -> str:
    """The token of this browser if the account with that name signed in with it before, else ""."""
    device = _read(request)
    if device is None:
        return ""
    user = User.objects.filter(username=User.normalize_username(name.strip())).first()
    return device.token if user is not None and _mark(user) in device.marks else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the answer make this browser a known device of the account."""
    device = _read(request) or Device(secrets.token_urlsafe(16))
    mark = _mark(user)
    marks = (mark, *(other for other in device.marks if other != mark))[:MOST]
    value = signing.dumps([device.token, marks], salt=SALT)
    response.set_cookie(
        COOKIE, value, max_age=SECONDS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def _mark(user: User) -> str:
    return keyed_digest(f"device {user.pk} {user.password}")[:16]


def _read(request: HttpRequest) -> Device | None:
    try:
        told: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return Device(told[0], tuple(told[1]))
