"""Signing out leaves nothing readable on the computer: what the browser keeps is closed with a key of the account."""

import base64
from typing import Any

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import User


def store_key(user: User) -> str:
    """The key with which the browser closes drafts and unsent entries of this account (static/js/store.js).

    Only pages of the account itself have it, so after sign-out, or when a session is over, nobody else reads them, and
    they are there again once the same account signs in.
    """
    digest = salted_hmac("identity.signing_out", str(user.pk), algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


class SignOut(auth_views.LogoutView):
    """Signs out, and has the browser forget the pages it has seen here."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response
