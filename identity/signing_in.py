"""Signing in: what happens between a right password and an open session."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def sign_in(request: HttpRequest, user: User, *, leads_to: str) -> HttpResponse:
    """Sign in a user who has just proved who he is, and redirect to `leads_to`, an address of this site.

    A user with a second factor is asked for it first; until he gives it, nobody is signed in.
    """
    record_authentication(request, user, method="password", reauthenticated=True)
    answer: HttpResponse = perform_login(request, user, redirect_url=leads_to)
    return answer
