"""The forms of invitations: how a link is sent, to many or to one, and what the person who accepts chooses."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from identity.links import Sending, media_here
from identity.models import Invitation

WAY = Invitation.Way
HINT = gettext_lazy("Ten characters or more, not figures alone, and no common password.")


def way_choices() -> list[tuple[str, Any]]:
    """The ways by which this site can invite one person, the usual one first."""
    words = {WAY.MAIL: _("By mail"), WAY.SMS: _("By SMS")}
    return [*((way, words[WAY(way)]) for way in media_here()), (WAY.SHOWN.value, _("Show the link, to hand it over"))]


class AcceptForm(forms.Form):
    """The name and the password that a person chooses for the account he takes over."""

    SAID_AT: ClassVar[dict[str, str]] = {"username": "username", "password": "password1"}

    username = forms.CharField(
        label=gettext_lazy("User name for signing in"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("Keep the proposed one, or choose another that you remember."),
    )
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=128,
        help_text=HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("Password, once more"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].initial = user.username
        self.user = user

    def clean_username(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["username"].strip())
        if name != self.user.username and (wrong := User.wrong_name(name, but=self.user.pk)):
            raise ValidationError(wrong, code="username")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        elif first:
            meant = User(username=data.get("username") or self.user.username, name=self.user.name)
            try:
                password_validation.validate_password(first, meant)
            except ValidationError as error:
                self.add_error("password1", error)
        return data

    def facts(self) -> dict[str, Any]:
        return {"username": self.cleaned_data["username"], "password": self.cleaned_data["password1"]}


class WayForm(forms.Form):
    """How the link reaches one person, and his address; a way whose address is known is proposed."""

    SAID_AT: ClassVar[dict[str, str]] = {"no_address": "way", "no_server": "way"}
    ADDRESSES: ClassVar[list[tuple[str, str]]] = [("mail", WAY.MAIL.value), ("phone", WAY.SMS.value)]

    way = forms.ChoiceField(label=gettext_lazy("How the link reaches him"), widget=forms.RadioSelect)
    mail = forms.EmailField(
        label=gettext_lazy("Mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way: Any = self.fields["way"]
        way.choices = way_choices()
        here = dict(way.choices)
        known = [medium for name, medium in self.ADDRESSES if self.initial.get(name) and medium in here]
        way.initial = known[0] if known else way.choices[0][0]
        for name, medium in self.ADDRESSES:
            if medium not in here:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        name = {WAY.MAIL.value: "mail", WAY.SMS.value: "phone"}.get(data.get("way", ""))
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, _("Fill this in, or choose another way."))
        return data

    def sending(self) -> Sending:
        data = self.cleaned_data
        addresses = {WAY.MAIL.value: data.get("mail", ""), WAY.SMS.value: data.get("phone", "").strip()}
        return Sending(data["way"], addresses.get(data["way"], ""))


class PersonForm(WayForm):
    """A person who has no account yet, and how the link reaches him."""

    name = forms.CharField(label=gettext_lazy("Name of the person"), max_length=60)
    field_order = ["name", "way", "mail", "phone"]


class ListForm(forms.Form):
    """How the links reach the people of a list."""

    how = forms.ChoiceField(label=gettext_lazy("How the links reach them"), widget=forms.RadioSelect)
    again = forms.BooleanField(
        label=gettext_lazy("Send a new link to those who have an open invitation"),
        required=False,
        help_text=gettext_lazy("The links they have are dead from then on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        how: Any = self.fields["how"]
        how.choices = [(name, words) for name, words, _order in orders()]
        how.initial = how.choices[0][0]


def orders() -> list[tuple[str, Any, list[str]]]:
    """The ways to invite many: name, words, and the ways tried in order; what no message reaches goes on the sheet."""
    here = media_here()
    found: list[tuple[str, Any, list[str]]] = []
    if WAY.MAIL in here and WAY.SMS in here:
        found = [
            ("mail_sms", _("By mail; by SMS to those without a mail address"), [WAY.MAIL, WAY.SMS]),
            ("sms_mail", _("By SMS; by mail to those without a mobile number"), [WAY.SMS, WAY.MAIL]),
        ]
    elif here:
        words = {WAY.MAIL.value: _("By mail"), WAY.SMS.value: _("By SMS")}
        found = [(way, words[way], [way]) for way in here]
    return [*found, ("sheet", _("On a printed sheet of QR codes"), [])]
