"""The forms with which a user asks for a new password and sets it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox.models import Medium

NEW = {"autocomplete": "new-password"}


class AskForm(forms.Form):
    """The user name, and by which medium the code is sent."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    medium = forms.ChoiceField(label=gettext_lazy("Send the code"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, media: Sequence[str]) -> None:
        super().__init__(data, initial={"medium": media[0] if media else ""})
        self.fields["username"].widget.attrs.update(autocomplete="username", autocapitalize="none")
        words = {Medium.MAIL: _("to the mail address I confirmed"), Medium.SMS: _("to the mobile number I confirmed")}
        self.fields["medium"].choices = [(each, words[Medium(each)]) for each in media]  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """The code and the new password; a weak password is refused before the code is tried."""

    code = forms.CharField(
        label=gettext_lazy("Code of six digits"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    password1 = forms.CharField(
        label=gettext_lazy("New password"), max_length=128, strip=False, widget=forms.PasswordInput(attrs=NEW)
    )
    password2 = forms.CharField(
        label=gettext_lazy("New password again"), max_length=128, strip=False, widget=forms.PasswordInput(attrs=NEW)
    )

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return data
