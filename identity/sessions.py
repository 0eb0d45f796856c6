"""Where a user is signed in: the rows of allauth, kept up to date every few minutes, listed and ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import action

# The last use of a session is stored at most so often, in seconds, so that pages do not write.
EVERY = 300
STORED_AT = "use_stored_at"
SIGNED_OUT = ledger.kind("device_signed_out", gettext_lazy("device signed out"))


def sessions_of(user: User) -> list[UserSession]:
    """The sessions of a user that are open, the last used first."""
    found = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)


@action(gettext_lazy("device signed out"))
def end_session(session: UserSession, *, by: User) -> None:
    """End one session of the user `by`, on another device of his."""
    session.end()
    ledger.record(SIGNED_OUT, by=by, about=by, devices=1)


@action(gettext_lazy("all other devices signed out"))
def end_other_sessions(user: User, *, by: User, but: str) -> int:
    """End all sessions of the user `by`, except the one with the key `but`; return how many ended."""
    ended = end_sessions(user, but=but)
    ledger.record(SIGNED_OUT, by=by, about=user, devices=ended)
    return ended


def end_sessions(user: User, *, but: str = "") -> int:
    """End the sessions of a user, except the one with the key `but`; return how many ended."""
    found = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for session in found:
        session.end()
    return len(found)


@contextmanager
def same_session(request: HttpRequest) -> Iterator[None]:
    """Keep what is stored about the session of a request while the block gives the session another key."""
    old = request.session.session_key
    yield
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def store_use(request: HttpRequest) -> None:
    """Store when, from where and with what the session of a request is used, if that was not stored lately."""
    now = time.time()
    if now - request.session.get(STORED_AT, 0) >= EVERY:
        request.session[STORED_AT] = now
        UserSession.objects.create_from_request(request)


@receiver(user_logged_in)
def begun(request: HttpRequest, user: User, **_named: Any) -> None:
    """Store a new session. A request without an address is none of a browser's, as when a test signs somebody in."""
    request.session[STORED_AT] = time.time()
    if "REMOTE_ADDR" in request.META:
        UserSession.objects.create_from_request(request, user=user)


@receiver(user_logged_out)
def ended(request: HttpRequest, **_named: Any) -> None:
    UserSession.objects.filter(session_key=request.session.session_key or "").delete()
