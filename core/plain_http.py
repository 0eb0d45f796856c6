"""Refuses a program that sends without TLS, and methods that no page and no list of this site answers.

A browser is led to https. A program is not: it would go on sending its key in the open, and nobody would notice.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext as _

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class PlainHttpMiddleware:
    """Runs after the language is known, and before anything reads who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path.startswith("/api/"):
            detail = _("Send this by https. If a key was sent, it is no longer secret: have it replaced.")
            return JsonResponse({"detail": detail}, status=403)
        return self.get_response(request)
