"""The base of forms in which the office makes an account and links it to an enterprise, university or doctor."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from identity.invited_forms import way_choices
from identity.links import Sending, link_of
from identity.models import Invitation

WAY = Invitation.Way
PASSWORD = "password"  # noqa: S105 - the choice to hand a password over


class AccountForm(forms.ModelForm[Any]):
    """A form for a row that links an account to a body; the account is made in the same step.

    The person is invited to his account, or gets a first password. Subclasses set `role`, and `account_required` to
    False if the account may be left out.
    """

    role: str
    account_required = True
    # The field that each way of inviting needs.
    needs: ClassVar[dict[str, str]] = {WAY.MAIL.value: "account_mail", WAY.SMS.value: "account_phone"}

    account_person = forms.CharField(label=gettext_lazy("Name of the person"), max_length=60, required=False)
    account_phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False)
    account_mail = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254, required=False)
    account_way = forms.ChoiceField(
        label=gettext_lazy("How he gets access"), choices=(), required=False, widget=forms.RadioSelect
    )
    account_name = forms.CharField(
        label=gettext_lazy("User name for signing in"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Needed with a first password; who is invited is proposed the pinyin of his name."),
    )
    account_password = forms.CharField(
        label=gettext_lazy("First password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Only if he is not invited. Hand it over in person; he has to change it at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "account_way" in self.fields:
            way: Any = self.fields["account_way"]
            none = [] if self.account_required else [("", _("No account yet"))]
            way.choices = [*none, *way_choices(), (PASSWORD, _("Hand over a first password"))]
            way.initial, way.required = way.choices[0][0], self.account_required
        if "account_person" in self.fields:
            self.fields["account_person"].required = self.account_required

    def clean_account_name(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["account_name"].strip())
        if name and (wrong := User.wrong_name(name)):
            raise ValidationError(wrong, code="username")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self._asked(data):
            if not data.get(name) and name not in self.errors:
                words = _("Fill this in, or choose another way.") if name in self.needs.values() else _("Fill this in.")
                self.add_error(name, ValidationError(words, code="required"))
        if self._way(data) == PASSWORD and data.get("account_password"):
            user = User(username=data.get("account_name", ""), name=data.get("account_person", ""))
            try:
                password_validation.validate_password(data["account_password"], user)
            except ValidationError as error:
                self.add_error("account_password", error)
        return data

    def _way(self, data: dict[str, Any]) -> str:
        """How the person gets access; who typed a user name and a password chose these."""
        typed = data.get("account_name") or data.get("account_password")
        return data.get("account_way") or (PASSWORD if typed else "")

    def _asked(self, data: dict[str, Any]) -> list[str]:
        """The fields that must be filled in."""
        way = self._way(data)
        asked = ["account_person"] if self.account_required and "account_person" in self.fields else []
        if way == PASSWORD:
            return [*asked, "account_name", "account_password"]
        if not way and self.account_required:
            return [*asked, "account_way"]
        return [*asked, *([self.needs[way]] if way in self.needs else [])]

    def addresses(self) -> dict[str, str]:
        """The mail address and the mobile number of the person, by the way of inviting."""
        data = self.cleaned_data
        return {way: (data.get(name) or "").strip() for way, name in self.needs.items()}

    def account(self) -> dict[str, Any] | None:
        """The arguments of `open_account`, or None if there shall be no account yet."""
        data, addresses = self.cleaned_data, self.addresses()
        way = self._way(data)
        if not way:
            return None
        facts = {
            "username": data["account_name"],
            "name": data.get("account_person", ""),
            "phone": addresses[WAY.SMS.value],
            "email": addresses[WAY.MAIL.value],
        }
        if way == PASSWORD:
            return {**facts, "password": data["account_password"]}
        return {**facts, "sending": Sending(way, addresses.get(way, ""))}

    @staticmethod
    def say_link(request: HttpRequest, account: dict[str, Any] | None) -> None:
        """Show the link that is handed over, if there is one, this once."""
        sending = (account or {}).get("sending")
        if sending is not None and sending.way == WAY.SHOWN:
            words = _("The link of the invitation, shown this once: %(link)s")
            messages.success(request, words % {"link": link_of(sending, request)})


ACCOUNT_FIELDS = [
    "account_person", ("account_phone", "account_mail"), "account_way", "account_name", "account_password",
]  # fmt: skip
