"""Signing in, and changing one's password."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

# Who may be looked around as, on a demo site alone: filled by the demo.
SHOWN_ACCOUNTS: list[Callable[[], list[dict[str, Any]]]] = []


class SignIn(auth_views.LoginView):
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The framework would put the host's name in the place of the site's.
        shown = [account for accounts in SHOWN_ACCOUNTS for account in accounts()]
        return super().get_context_data(**kwargs) | {"site_name": settings.SITE_NAME, "demo_accounts": shown}


class ChangePassword(auth_views.PasswordChangeView):
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        messages.success(self.request, _("Your password was changed."))
        return super().form_valid(form)  # type: ignore[arg-type]
