"""The base of forms in which the office makes an account and links it to an enterprise, university or doctor."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User


class AccountForm(forms.ModelForm[Any]):
    """A form for a row that links an account to a body; the account is made in the same step.

    Subclasses set `role`, and `account_required` to False if the account may be left out.
    """

    role: str
    account_required = True

    account_name = forms.CharField(label=gettext_lazy("User name for signing in"), max_length=150, required=False)
    account_person = forms.CharField(label=gettext_lazy("Name of the person"), max_length=60, required=False)
    account_phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False)
    account_password = forms.CharField(
        label=gettext_lazy("First password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Hand it over in person; it must be changed at the first sign-in."),
    )

    def clean_account_name(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["account_name"].strip())
        if name and User.objects.filter(username=name).exists():
            raise ValidationError(_("This user name is taken; choose another."), code="taken")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        asked = ["account_name", "account_password", *(["account_person"] if self.account_required else [])]
        if self.account_required or data.get("account_name"):
            for name in asked:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("Fill this in."), code="required"))
        if data.get("account_password"):
            user = User(username=data.get("account_name", ""), name=data.get("account_person", ""))
            try:
                password_validation.validate_password(data["account_password"], user)
            except ValidationError as error:
                self.add_error("account_password", error)
        return data

    def account(self) -> dict[str, Any] | None:
        """The arguments of `create_account`, or None if no user name was typed."""
        data = self.cleaned_data
        if not data.get("account_name"):
            return None
        return {
            "username": data["account_name"],
            "name": data.get("account_person", ""),
            "password": data["account_password"],
            "phone": data.get("account_phone", ""),
        }


ACCOUNT_FIELDS = ["account_name", "account_person", "account_phone", "account_password"]
