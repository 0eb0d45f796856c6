"""Sets the headers of every answer that tell a browser what to keep, what to lend to other sites, and what to allow.

A page is public if it needs no sign-in and the request came without a session or a token. Every other answer is
private: no browser and no proxy may keep it.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.permissions import AllowAny

# What no page of this site uses. Passkeys stay allowed for the site itself, which is the default of browsers.
REFUSED = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{name}=()" for name in REFUSED)


class HeadersMiddleware:
    """The outermost middleware: it also sees static files, redirects to https, and pages of errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if not is_public(request, response):
            response["Cache-Control"] = "no-store, private"
        return response


def is_public(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the answer is the same for everybody: a static file, or an open page asked for by a stranger."""
    if request.resolver_match is None:  # static files are answered before an address is looked up
        return request.path.startswith(settings.STATIC_URL) and response.status_code < 400
    known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    signs_in = settings.SESSION_COOKIE_NAME in response.cookies
    return not known and not signs_in and _is_open(request.resolver_match.func)


def _is_open(view: Any) -> bool:
    """Whether a view needs no sign-in; views of REST ask for it themselves, by their permissions."""
    if hasattr(view, "cls"):
        return AllowAny in view.cls.permission_classes
    return not getattr(view, "login_required", True)
