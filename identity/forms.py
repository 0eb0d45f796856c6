"""The base of forms in which the office makes an account and links it to an enterprise, university or doctor."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from identity.handed_over import new_password
from identity.invited_forms import way_choices
from identity.links import Sending
from identity.models import Invitation

WAY = Invitation.Way
PASSWORD = "password"  # noqa: S105 - the choice to hand a password over


class AccountForm(forms.ModelForm[Any]):
    """A form for a row that links an account to a body; the account is made in the same step.

    The person is invited to his account, or gets a first password that is made here and shown once. Subclasses set
    `role`, and `account_required` to False if the account may be left out.
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "account_way" in self.fields:
            way: Any = self.fields["account_way"]
            none = [] if self.account_required else [("", _("No account yet"))]
            way.choices = [*none, *way_choices(), (PASSWORD, _("Make a first password, to hand it over"))]
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
        return data

    def _way(self, data: dict[str, Any]) -> str:
        """How the person gets access."""
        return data.get("account_way") or ""

    def _asked(self, data: dict[str, Any]) -> list[str]:
        """The fields that must be filled in."""
        way = self._way(data)
        asked = ["account_person"] if self.account_required and "account_person" in self.fields else []
        if way == PASSWORD:
            return [*asked, "account_name"]
        if not way and (self.account_required or data.get("account_name")):
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
            return {**facts, "password": new_password()}
        return {**facts, "sending": Sending(way, addresses.get(way, ""))}


ACCOUNT_FIELDS = ["account_person", ("account_phone", "account_mail"), "account_way", "account_name"]
