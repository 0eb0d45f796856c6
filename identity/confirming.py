"""Asking once more who it is, before it is changed how an account is reached or signed in to.

Such a view has `reauthentication_required` of allauth, whose question is answered here: the password, a second factor,
or the sign-in service for who has neither, given in this session within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import urlencode

from accounts.models import User

SERVICE = "service"
METHODS = ("password", "mfa", SERVICE)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the signed-in user showed in this session, not long ago, that it is he."""
    if not isinstance(request.user, User):
        return False
    records = get_authentication_records(request, request.user)
    given = [each["at"] for each in records if each.get("reauthenticated") and each.get("method") in METHODS]
    return bool(given) and time.time() - given[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_first(request: HttpRequest) -> HttpResponse | None:
    """For a page whose form holds a password: ask before the form is shown, because what is sent would be kept.

    Raises ReauthenticationRequired; what was sent without a confirmation is dropped, and the page is asked for anew.
    """
    if is_confirmed(request):
        return None
    if request.method == "POST":
        return redirect(request.get_full_path())
    raise ReauthenticationRequired


def go_on_confirmed(request: HttpRequest, wanted: str) -> HttpResponse:
    """Record that the service confirmed who it is, and do what the user wanted when he was asked."""
    record_authentication(request, request.user, method=SERVICE, reauthenticated=True)
    # allauth finds the request that it kept by the address in `next`.
    request.GET = QueryDict(urlencode({"next": wanted}))
    answer: HttpResponse | None = resume_request(request)
    return answer or redirect("account")
