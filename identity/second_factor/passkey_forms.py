"""The forms of passkeys; what a browser sends is read strictly, and only what is needed of it is stored."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.utils.translation import gettext_lazy

# What the library raises for an answer that no browser would send, besides ValidationError.
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, InvalidSignature, UnsupportedAlgorithm)
KEPT = ("attestationObject", "clientDataJSON")


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, with a name by which its owner knows it again."""

    name = forms.CharField(label=gettext_lazy("Name of the passkey"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        try:
            data: dict[str, Any] = super().clean()
        except ODD:
            raise get_adapter().validation_error("incorrect_code") from None
        sent = data.get("credential")
        if sent:
            data["credential"] = {
                "id": sent["id"],
                "rawId": sent["rawId"],
                "type": "public-key",
                "response": {name: sent["response"][name] for name in KEPT},
                "clientExtensionResults": {},
            }
        return data


class StrictPasskey:
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ODD:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeySignInForm(StrictPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of signing in, by a passkey."""


class PasskeyAgainForm(StrictPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey asked of somebody who is signed in."""
