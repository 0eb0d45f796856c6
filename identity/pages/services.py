"""Signing in by the service of OIDC_ISSUER, and connecting it with the own account."""

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers import registry
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedIn
from core.errors import Refused
from identity.later import later
from identity.services import CONFIRM, PROVIDER, disconnect_service, is_connected, is_set_up


def _load_provider() -> None:
    """Load what talks to the service, which takes 20 MB that only a site with such a service needs.

    allauth would load it in every process if it stood among the installed apps.
    """
    registry.register(import_string("identity.service_provider.ServiceProvider"))


def _go(request: HttpRequest, process: str, next_url: str = "", **asked: str) -> HttpResponse:
    """Redirect to the service, with a state, a nonce and a PKCE challenge whose secrets the session keeps."""
    if not is_set_up():
        raise Http404
    _load_provider()
    try:
        provider = get_adapter().get_provider(request, PROVIDER)
        answer: HttpResponse = provider.redirect(request, process=process, next_url=next_url or None, auth_params=asked)
    except OSError:  # as those of its library for requests are
        words = _("%(name)s does not answer; try again later.") % {"name": settings.OIDC_LABEL}
        raise Refused(words, code="away") from None
    return answer


@login_not_required
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    return _go(request, "login", _wanted(request, request.POST))


def _wanted(request: HttpRequest, told: QueryDict) -> str:
    """The address of this site in `next`, or ""."""
    wanted = told.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedIn) -> HttpResponse:
    """Have the service show once more that it is the user: he signs in there anew."""
    if not is_connected(request.user):
        raise Http404
    if request.method == "POST":
        return _go(request, CONFIRM, _wanted(request, request.POST), prompt="login", max_age="0")
    context = {"service": settings.OIDC_LABEL, "wanted": _wanted(request, request.GET)}
    return render(request, "identity/service_confirm.html", context)


@require_POST
@reauthentication_required(app="identity")  # type: ignore[untyped-decorator]
def connect(request: SignedIn) -> HttpResponse:
    """Connect the service with the own account."""
    return _go(request, "connect")


@require_POST
@reauthentication_required(app="identity")  # type: ignore[untyped-decorator]
def disconnect(request: SignedIn) -> HttpResponse:
    disconnect_service(request.user, by=request.user)
    messages.success(request, _("You no longer sign in by %(name)s.") % {"name": settings.OIDC_LABEL})
    return redirect("account")


@login_not_required
@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("You left %(name)s; nobody was signed in.") % {"name": settings.OIDC_LABEL})
    return redirect("account" if request.user.is_authenticated else "login")


@login_not_required
@require_safe
def called_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The service sends the person back with a code, which is exchanged for who he is."""
    if not is_set_up() or provider_id != PROVIDER:
        raise Http404
    _load_provider()
    return later("identity.service_provider.called_back")(request, provider_id)
