"""Passwords that are handed over: made here, and changed by who signed in with one before he reaches anything."""

import secrets
from collections.abc import Callable
from typing import Any

from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from identity.invited_forms import HINT


def new_password() -> str:
    """A password that is handed over once: four groups of letters and digits without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _each in range(4)) for _group in range(4))


class NewPasswordForm(PasswordChangeForm):
    """The form in which a user changes his own password; the new one is another one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["new_password1"].help_text = HINT
        self.fields["new_password2"].label = _("New password again")
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(_("This is the password you have; choose another."), code="same")
        return password


# The names of the pages that stay open. Probes must not need the database, so they do not load the user.
OPEN = (
    "password_change", "logout", "set_language", "login", "invitation_open", "invitation_accept", "livez", "readyz",
    "healthz", "metrics",
)  # fmt: skip


class HandedOverMiddleware:
    """Leads to the page where the password is changed; `rest.authentication.TokenScope` does the same for REST."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match is not None else ""
        if name in OPEN or _is_rest(view) or not must_change(request):
            return None
        page = resolve_url("password_change")
        return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else page)


def _is_rest(view: Any) -> bool:
    return hasattr(view, "cls")


def must_change(request: HttpRequest) -> bool:
    """Whether the signed-in user has to change the password first."""
    return isinstance(request.user, User) and request.user.password_is_handed_over


def back_from(request: HttpRequest) -> str:
    """The address in `next` to which somebody wanted, or "" if it is none of this site's."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""
