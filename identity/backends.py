"""The authentication backend that checks passwords: each try is counted before its password is computed."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from identity import guessing
from identity.sign_ins import record_failure


class CountedPasswords(ModelBackend):
    """Checks a name and a password, whatever page they are typed on.

    For a name without an account as much is counted and computed as for one with an account. A wrong password raises
    PermissionDenied, so that no other backend computes it again.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User:
        if username is None or password is None:
            raise PermissionDenied
        made = guessing.begin(request, username) if request is not None else None
        user = super().authenticate(request, username=username, password=password)
        if not isinstance(user, User):
            record_failure(username, waits=made.waits if made is not None else 0)
            raise PermissionDenied
        if made is not None:
            guessing.was_right(made)
        return user
