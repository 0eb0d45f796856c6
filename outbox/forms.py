"""Forms of the page where a user chooses his messages, and the form of a test mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from outbox.carriers import set_up
from outbox.kinds import kinds_for
from outbox.models import Channel, Medium, Preference


class AddressForm(forms.Form):
    """The form of a mail address or mobile number; the action `give_address` checks it."""

    address = forms.CharField(max_length=254)

    def __init__(self, data: Any = None, *, medium: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix=medium, initial=initial)
        field = self.fields["address"]
        if medium == Medium.MAIL:
            field.label = _("Mail address")
            field.widget = forms.EmailInput(attrs={"autocomplete": "email"})
        else:
            field.label = _("Mobile number")
            field.widget = forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, medium: str) -> None:
        super().__init__(data, prefix=f"{medium}-code")


class MessagesForm(forms.Form):
    """A checkbox for each kind and medium, and the language of all messages."""

    language = forms.ChoiceField(label=_("Language of messages"), choices=Channel.LANGUAGES)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A medium that is not set up has no checkboxes; what the user chose for it before is kept.
        self.media_here = set_up()
        self.kept: dict[str, list[str]] = {}
        self.kinds = kinds_for(user)
        chosen = {(row.user_id, row.kind): row for row in Preference.objects.filter(user=user)}
        for kind in self.kinds:
            wants = {medium: kind.wanted_by(user, medium, chosen) for medium in Medium.values}
            self.kept[kind.name] = [each for each in Medium.values if wants[each] and each not in self.media_here]
            for medium in self.media_here:
                wanted = wants[medium]
                self.fields[f"{kind.name}-{medium}"] = forms.BooleanField(required=False, initial=wanted)

    def rows(self) -> list[dict[str, Any]]:
        """Each kind with its checkboxes, for the table of the page."""
        return [
            {"words": kind.words, "boxes": [self[f"{kind.name}-{medium}"] for medium in self.media_here]}
            for kind in self.kinds
        ]

    def chosen(self) -> dict[str, list[str]]:
        """The media chosen for each kind, with those that were chosen before and have no checkbox."""
        data = self.cleaned_data
        ticked = {kind.name: [each for each in self.media_here if data[f"{kind.name}-{each}"]] for kind in self.kinds}
        return {name: [*media, *self.kept[name]] for name, media in ticked.items()}


class TestForm(forms.Form):
    """The form of the address to which the office sends a test mail."""

    address = forms.EmailField(label=_("Send a test mail to"), max_length=254)
