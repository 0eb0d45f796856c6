"""What somebody sees who has to wait before the next password, and the cookie that makes a browser a known device."""

from collections.abc import Callable
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from accounts.models import User
from identity.guessing import MustWait, begin, was_right
from identity.known_devices import remember

# Longer waits are told in minutes.
IN_SECONDS = 120


class SlowedSignIn:
    """What a sign-in page says besides its form: how long to wait, or why the last session is over."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"over": self.request.GET.get("over", "")}  # type: ignore[attr-defined]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        except MustWait as wait:
            return self.slowed(request, wait.seconds)
        return answer

    def slowed(self, request: HttpRequest, seconds: int) -> HttpResponse:
        # A form with data would try the password again.
        form = self.form_class(request, initial={"username": request.POST.get("username", "")})  # type: ignore[attr-defined]
        context = self.get_context_data(form=form, waits=wait_words(seconds))
        return _in_time(self.render_to_response(context, status=429), seconds)  # type: ignore[attr-defined]


class CountedOldPassword:
    """The part of a page for signed-in users that asks for the password they have: tries are counted as at sign-in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.made = begin(request, request.user.get_username())
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        if form.is_bound and "old_password" not in form.errors:
            was_right(self.made)
        return form


class KnownDeviceMiddleware:
    """Makes the browser of a sign-in a known device, and answers MustWait on every page that checks a password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user: User | None = getattr(request, "signed_in_as", None)
        if user is not None:
            remember(request, response, user)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MustWait):
            return None
        context = {"waits": wait_words(exception.seconds)}
        return _in_time(render(request, "registration/wait.html", context, status=429), exception.seconds)


def wait_words(seconds: int) -> str:
    """How long to wait, in words."""
    if seconds <= IN_SECONDS:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    minutes = ceil(seconds / 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _in_time(response: HttpResponse, seconds: int) -> HttpResponse:
    response["Retry-After"] = str(seconds)
    return response
