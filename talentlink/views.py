"""Pages that belong to no app: the style page, and the pages for an expired form and for an error."""

import logging
import sys
from typing import NotRequired, TypedDict

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from core.away import SAFE, Trouble, nothing_stored, said, trouble_of
from core.refusals import note
from talentlink.style import samples


class Sent(TypedDict):
    """What errors/away.html reads about the form that was sent.

    `fields` and `again` are for sending it again; `once` is True if the form has a key that prevents a second row.
    """

    nothing_stored: bool
    once: bool
    files: bool
    secret: bool
    again: bool
    fields: list[tuple[str, str]]
    back: str


class AwayPage(TypedDict):
    """The context of errors/away.html; `sent` is missing if the request did not send a form."""

    request: HttpRequest
    trouble: Trouble
    site_name: str
    sent: NotRequired[Sent]
    csrf_token: NotRequired[str]


logger = logging.getLogger(__name__)


@login_not_required
def style(request: HttpRequest) -> HttpResponse:
    """The page that shows every component."""
    return render(request, "style.html", samples(request.GET))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token has expired: it says so, and that the browser kept what was typed."""
    note("csrf")
    return render(request, "403_csrf.html", status=403)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a trouble of the database, wherever in the request it came; Django's own answer to other errors."""
    error = sys.exception()
    trouble = trouble_of(error) if error is not None else None
    if error is None or trouble is None:
        return defaults.server_error(request)
    logger.warning("%s %s: %s: %s", request.method, request.path, trouble.code, str(error).strip())
    answer = _answer(request, trouble, error)
    answer["Retry-After"] = str(trouble.seconds)
    answer["Cache-Control"] = "no-store"
    # It is logged above; Django would also log a traceback for each request while the database is away.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _answer(request: HttpRequest, trouble: Trouble, error: BaseException) -> HttpResponse:
    """The answer as a page, as text for an htmx request, or as JSON for REST; none of them queries the database."""
    if request.path.startswith("/api/"):
        return JsonResponse(said(request, trouble, error), status=trouble.status)
    if request.headers.get("HX-Request"):
        return HttpResponse(f"{trouble.title}\n{trouble.text}", "text/plain; charset=utf-8", status=trouble.status)
    page: AwayPage = {"request": request, "trouble": trouble, "site_name": settings.SITE_NAME}
    if request.method not in SAFE:
        page |= {"sent": _what_was_sent(request, error), "csrf_token": get_token(request)}
    return HttpResponse(render_to_string("errors/away.html", {**page}), status=trouble.status)


def _what_was_sent(request: HttpRequest, error: BaseException) -> Sent:
    """Whether the form was stored, and its fields if it can be sent again."""
    typed, files = _sent(request)
    secret = any("password" in name for name, _value in typed)
    certain = nothing_stored(request, error)
    # With a client key, the same form makes only one row when it is sent twice.
    once = any(name.rpartition("-")[2] == "client_key" and value for name, value in typed)
    again = not (files or secret) and (certain or once)
    return {
        "nothing_stored": certain,
        "once": once,
        "files": files,
        "secret": secret,
        "again": again,
        "fields": typed if again else [],
        "back": _back(request),
    }


def _sent(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """The fields of the form as they were sent, without the CSRF token, and whether files were sent."""
    try:
        sent, files = request.POST, any(request.FILES.values())
    except (OSError, SuspiciousOperation, MultiPartParserError):
        return [], True
    names = [name for name in sent if name != "csrfmiddlewaretoken"]
    return [(name, str(value)) for name in names for value in sent.getlist(name)], files


def _back(request: HttpRequest) -> str:
    """The address of the page with the form; there the browser still shows what was typed."""
    page = request.META.get("HTTP_REFERER", "")
    known = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if known else "/"
