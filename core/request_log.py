"""Logs a line for each request: who asked, for what, the status, and how long it took."""

import time
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_finished_metadata

from core.away import trouble_of
from core.logs import masked_path

# Pages that programs ask for every few seconds; a request of these is logged only if its status is an error.
PROBES = ("/livez", "/readyz", "/healthz", "/metrics")


class LogMiddleware(RequestMiddleware):
    """Logs one line for each request: method, path without query, status, time taken, the ids of request and user."""

    def prepare(self, request: HttpRequest) -> None:
        request.began = time.monotonic()  # type: ignore[attr-defined]
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if request.path in PROBES and response.status_code < 400:
            structlog.contextvars.clear_contextvars()
            return
        super().handle_response(request, response)

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Log the traceback, except for troubles of the database: the page about these logs a line itself."""
        if trouble_of(exception) is None:
            super()._process_exception(request, exception)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {masked_path(request.path)}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Bind the user's id if the view loaded the user; the log itself does not query the database."""
        user: Any = request.__dict__.get("user")
        if isinstance(user, LazyObject):
            user = request.__dict__.get("_cached_user")
        structlog.contextvars.bind_contextvars(user_id=getattr(user, "pk", None))


def say_how_long(request: HttpRequest, log_kwargs: dict[str, Any], **_named: Any) -> None:
    log_kwargs["ms"] = round(1000 * (time.monotonic() - request.began))  # type: ignore[attr-defined]


bind_extra_request_finished_metadata.connect(say_how_long)
