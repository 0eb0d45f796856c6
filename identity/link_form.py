"""The form in which a user proves that another account is his: as at sign-in, second factor and all."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from identity.second_factor.required import kinds_of


class LinkForm(AuthenticationForm):
    """The name and the password of the other account, and a code if it has a second factor."""

    code = forms.CharField(
        label=gettext_lazy("Code of its second factor"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("Only if the other account has one: of its authenticator app, or a recovery code."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        user: Any = self.get_user()
        if user is not None and kinds_of(user):
            self._check_code(user, data.get("code", ""))
        return data

    def _check_code(self, user: User, code: str) -> None:
        """Whoever knows only the password of an account does not reach it by a link."""
        if not code:
            words = _("This account has a second factor: give one of its codes, too.")
            self.add_error("code", ValidationError(words, code="code_missing"))
            return
        # Loaded here because its library is large and few accounts are linked.
        form = import_string("identity.second_factor.forms.CodeForm")({"code": code}, user=user)
        for error in form.errors.get("code", []):
            self.add_error("code", error)
