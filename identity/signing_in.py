"""Signing in: what happens between a right password and an open session."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from accounts.models import User

# The session keeps a digest of the password that was right, until the second factor is given.
PROVED = "proved_password"


def sign_in(request: HttpRequest, user: User, *, leads_to: str) -> HttpResponse:
    """Sign in a user who has just proved who he is, and redirect to `leads_to`, an address of this site.

    A user with a second factor is asked for it first; until he gives it, nobody is signed in.
    """
    record_authentication(request, user, method="password", reauthenticated=True)
    request.session[PROVED] = _proof(user)
    answer: HttpResponse = perform_login(request, user, redirect_url=leads_to)
    return answer


def is_outdated(request: HttpRequest, user: User) -> bool:
    """Whether the password was changed between the first step of signing in and this one."""
    proof: Any = request.session.pop(PROVED, None)
    return bool(proof and proof[0] == user.pk and proof != _proof(user))


def _proof(user: User) -> list[Any]:
    return [user.pk, user.get_session_auth_hash()]
