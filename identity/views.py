"""The pages where a user signs in and changes the password."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from identity.actions import change_password
from identity.handed_over import NewPasswordForm, back_from
from identity.services import is_set_up
from identity.sessions import end_sessions, same_session
from identity.shown_accounts import SHOWN_ACCOUNTS
from identity.signing_in import sign_in
from identity.slowed import CountedOldPassword, SlowedSignIn


class SignIn(SlowedSignIn, auth_views.LoginView):
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        return sign_in(self.request, form.get_user(), leads_to=self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Django would give the name of the host as `site_name`.
        shown = [account for accounts in SHOWN_ACCOUNTS for account in accounts()]
        return super().get_context_data(**kwargs) | {
            "site_name": settings.SITE_NAME,
            "demo_accounts": shown,
            "service": settings.OIDC_LABEL if is_set_up() else "",
            "second_factor": settings.SECOND_FACTOR,
        }


class ChangePassword(CountedOldPassword, auth_views.PasswordChangeView):
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("home")
    form_class = NewPasswordForm

    def form_valid(self, form: BaseForm) -> HttpResponse:
        user = cast(User, self.request.user)
        change_password(user, by=user, password=form.cleaned_data["new_password1"])
        with same_session(self.request):
            update_session_auth_hash(self.request, user)
        end_sessions(user, but=self.request.session.session_key or "")
        self.request.signed_in_as = user  # type: ignore[attr-defined]  # this device stays a known one
        messages.success(self.request, _("Your password was changed."))
        return redirect(back_from(self.request) or self.get_success_url())
