"""How long a session lasts: until nobody has used it for some time, and in all, by the role of the account."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from identity.sign_ins import record_end

# The key in a session under which the role, the beginning and the last use stand, in seconds since 1970.
LIMITS = "limits"
# The last use is stored at most so often, in seconds, so that pages do not write.
EVERY = 60
# Sent by the parts of a page that ask again by themselves: nobody uses the session then.
BY_ITSELF = "X-Asks-By-Itself"


def why_over(facts: Mapping[str, Any], now: float) -> str:
    """Why a session is over: nobody used it (`idle`), or it has lasted long enough (`longest`); "" if it is not."""
    role = facts["role"]
    if now - facts["seen"] > 60 * settings.SESSION_IDLE[role]:
        return "idle"
    return "longest" if now - facts["began"] > 60 * settings.SESSION_LONGEST[role] else ""


@receiver(user_logged_in)
def begin(request: HttpRequest, user: User, **named: Any) -> None:
    """Write into a new session what its limits are counted from.

    The browser and the database keep it for a day longer than it lasts, so that the person can be told why it ended.
    """
    now = timezone.now()
    moment = now.timestamp()
    request.session[LIMITS] = {"role": user.role, "began": moment, "seen": moment}
    request.session.set_expiry(now + timedelta(days=1, minutes=settings.SESSION_LONGEST[user.role]))


class SessionLimitsMiddleware:
    """Stores now and then that a session is used, and records the end of one that is over.

    It only looks at a session that a page has loaded. `identity.limited_sessions` gives up what is over.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session: Any = request.session
        if session.whose:
            self._record(session.over, session.whose)
        elif session.accessed and not session.over and SESSION_KEY in session and BY_ITSELF not in request.headers:
            self._store_use(request)
        return response

    @staticmethod
    def _record(why: str, whose: str) -> None:
        user = User.objects.filter(pk=whose).first()
        if user is not None:
            record_end(user, why)

    @staticmethod
    def _store_use(request: HttpRequest) -> None:
        facts, now = request.session.get(LIMITS), timezone.now().timestamp()
        if facts is None:  # a session of an earlier release, which had 12 hours
            facts = {"role": request.user.role, "began": now, "seen": 0}  # type: ignore[union-attr]
        if now - facts["seen"] >= EVERY:
            request.session[LIMITS] = {**facts, "seen": now}
