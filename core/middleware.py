"""Turns a domain refusal on a page into a message, with everything typed kept in the browser's form."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import Refused


class RefusedMiddleware:
    """A view that lets `Refused` through sends the person back to the page they came from, with the reason."""

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
