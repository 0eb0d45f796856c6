"""Middleware of pages for signed-in users: who has to give a second factor first, and when a session was last used."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from accounts.models import User
from identity.second_factor.required import is_missing, page_for
from identity.sessions import store_use

GetResponse = Callable[[HttpRequest], HttpResponse]
# Pages that somebody may open before he has given a second factor.
OPEN = ("account_reauthenticate", "service_confirm", "logout", "password_change", "set_language")


class SecondFactorMiddleware:
    """Leads a user for whom a second factor is required to the page where it is given or set up, and to no other."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not is_missing(request):
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in OPEN or (name or "").startswith("mfa_") or not isinstance(request.user, User):
            return None
        page = resolve_url(page_for(request.user))
        return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else page)


class LastUseMiddleware:
    """Stores now and then when a session was used; pages that need nobody signed in do not load the user for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if getattr(view, "login_required", True) and request.user.is_authenticated:
            store_use(request)
