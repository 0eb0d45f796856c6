"""The forms in which a code is given; those of passkeys are in `passkey_forms`, because their library is large."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.second_factor.tries import take_try, use_code


def code_field() -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(label=gettext_lazy("Code"), max_length=20, widget=forms.TextInput(attrs=attrs))


class BoundedCode:
    """Bounds the tries of a form of allauth's, and takes no code twice."""

    user: Any

    def clean_code(self) -> str:
        if not take_try(self.user):
            raise ValidationError(_("Too many wrong codes; wait five minutes, then try again."), code="too_many")
        code: str = super().clean_code()  # type: ignore[misc]
        if not use_code(self.user, "".join(code.split())):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(BoundedCode, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    code = code_field()


class CodeAgainForm(BoundedCode, ReauthenticateForm):  # type: ignore[misc]
    """Asked of somebody who is signed in."""

    code = code_field()


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app, which shows that it was set up rightly."""

    code = code_field()
