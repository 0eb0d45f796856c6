"""What allauth does differently here: no sign-up, no addresses of its own, and our words."""

import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.clients import address_of
from core.errors import Refused
from identity.confirming import go_on_confirmed, is_confirmed
from identity.services import CONFIRM, CONFIRMED, account_of, confirms, connect_service, is_connected
from identity.signing_in import is_outdated

BACKEND = "django.contrib.auth.backends.ModelBackend"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signs in, with the second factor as the only further step."""

    # allauth names a message by its template; only these are shown.
    SENTENCES: ClassVar[dict[str, Any]] = {
        "mfa/messages/totp_activated.txt": gettext_lazy("The authenticator app is set up."),
        "mfa/messages/totp_deactivated.txt": gettext_lazy("The authenticator app was removed."),
        "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey was added."),
        "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey was removed."),
    }

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Asked before every change of how an account is reached or signed in to."""
        return not is_confirmed(self.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who has a second factor shows by it, not by the password, that it is still he.

        Who has neither shows it by the service with which he signs in.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        methods = [method for method in methods if method["id"].startswith("mfa_")] or methods
        if methods or not is_connected(user):
            return methods
        return [{"id": "service", "description": settings.OIDC_LABEL, "url": reverse("service_confirm")}]

    def login(self, request: HttpRequest, user: User) -> None:
        if is_outdated(request, user):
            messages.error(request, _("The password was changed meanwhile; sign in with the new one."))
            raise ImmediateHttpResponse(redirect("login"))
        user.backend = BACKEND
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        return redirect(facts["redirect_url"] or resolve_url(settings.LOGIN_REDIRECT_URL))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account is no longer let in; ask the talent office."))
        return redirect("login")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Show a message whose sentence is known here, or whose text is given."""
        sentence = self.SENTENCES.get(message_template or "") or kwargs.get("message")
        if sentence:
            messages.add_message(request, level, str(sentence))

    def get_client_ip(self, request: HttpRequest) -> str:
        # A Unix socket gives no address, and the column of sessions needs one.
        return address_of(request) or "0.0.0.0"  # noqa: S104 - no address to listen on


class ServiceAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signs in by the service of OIDC_ISSUER, only to accounts that exist."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide what becomes of a person whom the service knows: connected, signed in, or led back."""
        if sociallogin.state.get("process") == "connect":
            raise ImmediateHttpResponse(self._connect(request, sociallogin))
        if sociallogin.state.get("process") == CONFIRM:
            raise ImmediateHttpResponse(self._confirm(request, sociallogin))
        if sociallogin.is_existing:
            return
        user = account_of(sociallogin.account.extra_data)
        if user is None:
            messages.error(request, _("No account here is connected with that sign-in; first sign in with a password."))
            raise ImmediateHttpResponse(redirect("login"))
        sociallogin.account = connect_service(user, by=user, uid=sociallogin.account.uid)
        sociallogin.user = user

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect("login")
        try:
            connect_service(request.user, by=request.user, uid=sociallogin.account.uid)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("From now on you can sign in by %(name)s.") % {"name": settings.OIDC_LABEL})
        return redirect("account")

    def _confirm(self, request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
        """Go on with what the user wanted to do, if the service knows him and he has just signed in there."""
        if not isinstance(request.user, User):
            return redirect("login")
        if not confirms(request.user, sociallogin.account, time.time()):
            words = _("%(name)s did not confirm that it is you: sign in there anew, with the identity connected here.")
            messages.error(request, words % {"name": settings.OIDC_LABEL})
            return redirect("account")
        ledger.record(CONFIRMED, by=request.user, about=request.user)
        return go_on_confirmed(request, sociallogin.state.get("next", ""))

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any) -> None:
        """Lead back to the page that the person came from; what was not believed is in the ledger."""
        if hasattr(kwargs.get("exception"), "why"):
            words = _("What %(name)s answered could not be verified; nobody was signed in. Tell the talent office.")
        else:
            words = _("%(name)s did not sign you in; try again.")
        messages.error(request, words % {"name": settings.OIDC_LABEL})
        raise ImmediateHttpResponse(redirect("account" if request.user.is_authenticated else "login"))
