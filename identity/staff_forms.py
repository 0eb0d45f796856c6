"""Forms of accounts: their role goes with the office or the body they act for."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from identity.account_bodies import BOUND
from identity.forms import AccountForm

# Accounts of other roles are made together with a doctor, a member of an enterprise or a liaison person.
MADE_HERE = (User.Role.OFFICE.value, User.Role.PROGRAM.value)


class AsksWhy(forms.Form):
    """The reason for what a second administrator decides; it is asked for where the act needs one."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Asked for where role, office or duties change, and for a token: a second administrator reads it."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RoleCheck:
    """Checks in a form: office staff have an office, and no other role but programs may have one.

    The role of an account that was made with its body is not changed, and none becomes such an account.
    """

    fields: dict[str, Any]
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            field, now = self.fields["role"], self.instance.role
            allowed = (now,) if now in BOUND else MADE_HERE
            field.choices = [(value, words) for value, words in field.choices if value in allowed]
            field.initial = field.choices[0][0]

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        role, office = self.cleaned_data.get("role"), self.cleaned_data.get("office")  # type: ignore[attr-defined]
        if role == User.Role.OFFICE and office is None:
            self.add_error("office", _("Choose the office this person works for."))  # type: ignore[attr-defined]
        elif office is not None and role not in MADE_HERE:
            self.add_error("office", _("Only office staff and programs belong to an office."))  # type: ignore[attr-defined]
        return data


class StaffForm(RoleCheck, AsksWhy, AccountForm):
    """A new account of office staff, who are invited to it, or of a program, which gets a token later."""

    role = User.Role.OFFICE
    account_person = forms.CharField(label=gettext_lazy("Name of the person or program"), max_length=60)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["role", "office", "operates", "administers", "audits"]
        help_texts: ClassVar[dict[str, Any]] = {
            "role": gettext_lazy("A program has no password; give it a token under “API tokens” afterwards."),
            "office": gettext_lazy("Only for office staff and programs: the office or department they work for."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account_way"].required = False  # a program has none

    def _way(self, data: dict[str, Any]) -> str:
        return "" if data.get("role") == User.Role.PROGRAM else super()._way(data)

    def _asked(self, data: dict[str, Any]) -> list[str]:
        return [] if data.get("role") == User.Role.PROGRAM else super()._asked(data)

    def account(self) -> dict[str, Any]:
        """The arguments of `open_account`; a program has neither a password nor an invitation."""
        data = self.cleaned_data
        return super().account() or {"username": data["account_name"], "name": data["account_person"]}
