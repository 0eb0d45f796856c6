"""Middleware of every request: drops a session cookie that cannot be one, asks who is signed in where a page needs it,
and shows a refusal as a message."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import Refused


class SessionKeyMiddleware:
    """Drops a session cookie that cannot be a session's key; the database would fail on a key with NUL."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not (key.isascii() and key.isalnum()):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)


class SignedInMiddleware(LoginRequiredMiddleware):
    """As Django's, but an open page does not load the user: a probe must not need the database, which may be away."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if not getattr(view_func, "login_required", True):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if isinstance(answer, HttpResponseRedirect) and "HX-Request" in request.headers:
            # The part of the page that asks would show the sign-in page in its place, so the whole page goes.
            return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
        return answer

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Lead to the sign-in page, and from there back to the page the person was on; say if the session is over."""
        query = {self.get_redirect_field_name(view_func): _page_of(request)}
        if over := getattr(request.session, "over", ""):
            query["over"] = over
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode(query, safe='/')}"
        return HttpResponseRedirect(address)


def _page_of(request: HttpRequest) -> str:
    """The address of the page somebody was on: the one asked for, or the one from which something was sent."""
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return request.get_full_path()
    came = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure()):
        return request.get_full_path()
    parts = urlsplit(came)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


class RefusedMiddleware:
    """When a view raises `Refused`, sends the person back to the page they came from, with the reason as a message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        back = request.META.get("HTTP_REFERER", "")
        if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            messages.error(request, exception.message)
            for reason in exception.reasons:
                messages.error(request, reason)
            return redirect(back)
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)
