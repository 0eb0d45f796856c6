"""Asks a person to agree to the privacy notice of his role before anything else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from privacy.consents import has_agreed

# Names of pages that somebody may open who has not agreed: the notice itself, leaving, the password, the language, and
# what has to be done before it at a first sign-in; the addresses that machines ask, and the description of REST.
EXEMPT = {
    "privacy_notice", "privacy_decline", "logout", "login", "password_change", "set_language", "account_reauthenticate",
    "livez", "readyz", "healthz", "metrics", "api_schema", "api_docs", "style",
}  # fmt: skip


class ConsentMiddleware:
    """Leads everybody who has not agreed to the notice in force to its page; REST by session answers 403.

    Programs are not asked, whatever they are: a request with a token is that of a program.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.ASK_CONSENT or _is_exempt(request) or _has_token(request):
            return None
        if has_agreed(request):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("Sign in on the site and read the privacy notice first.")}, status=403)
        page = reverse("privacy_notice")
        if request.method in ("GET", "HEAD"):
            page = f"{page}?{urlencode({'next': request.get_full_path()})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": page})
        return redirect(page)


def _is_exempt(request: HttpRequest) -> bool:
    """Whether the page is one of those, or one on which a second factor is set up or given (`mfa_…`)."""
    name = (request.resolver_match.url_name if request.resolver_match else "") or ""
    return name in EXEMPT or name.startswith("mfa_")


def _has_token(request: HttpRequest) -> bool:
    """Whether REST reads a token from the request: it then ignores the session, or refuses."""
    given = request.headers.get("Authorization", "").split()
    return request.path.startswith("/api/") and bool(given) and given[0].lower() == "token"
