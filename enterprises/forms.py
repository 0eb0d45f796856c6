"""What an enterprise types: one need on one page, with examples, and what would make it better."""

import re
from itertools import chain
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.parameters import DayField
from enterprises.models import Need
from enterprises.need_words import WITHOUT_UNIT, in_words
from enterprises.public_words import say_places
from ui.choosers import DisciplineField
from ui.forms import FormRow, MaskedField, MaskingForm, check_phone, form_row

# The fields, a row of the page each, in order: those that are asked of everybody, and those that open.
ASKED_ROWS = [["title"], ["kind"], ["problem"], ["target"], ["contact_name", "contact_phone"]]
DETAIL_ROWS = [
    ["budget_low", "budget_high"], ["due_on", "expires_on"], ["basis"], ["keywords"], ["field", "way"], ["discipline"],
    ["discipline_required"], ["days_a_month", "most_km"], ["visibility"],
]  # fmt: skip
ASKED, DETAILS = list(chain(*ASKED_ROWS)), list(chain(*DETAIL_ROWS))
UNITS = {"budget_low": _("10,000 yuan"), "budget_high": _("10,000 yuan"), "days_a_month": _("days"), "most_km": _("km")}
LABELS = {"title": _("What do you need?"), **WITHOUT_UNIT}  # the title is asked as a question
ENOUGH = 60  # characters of problem and target together; a shorter need is seldom matched well
FIGURE = re.compile(r"[\d０-９]|[一二三四五六七八九十百千两]+\s*(?:%|倍|成|天|次|炉|吨|度|年|月|人|台|万|元)")

MISSING = {
    "title": _("Say in one sentence what you need."),
    "problem": _("Describe how things stand now and what the problem is."),
    "contact_name": _("Name the person the office can ask."),
    "contact_phone": _("Give the phone of this person."),
}


class NeedForm(forms.ModelForm[Need]):
    """One need in an enterprise's words. `client_key` makes a form that is sent twice one need."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Need
        fields = [*ASKED, *DETAILS]
        labels = LABELS
        error_messages = {name: {"required": text} for name, text in MISSING.items()}
        widgets = {
            "kind": forms.RadioSelect,
            "visibility": forms.RadioSelect,
            "problem": forms.Textarea(attrs={"rows": 7}),
            "target": forms.Textarea(attrs={"rows": 4}),
            "basis": forms.Textarea(attrs={"rows": 3}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            "days_a_month": forms.NumberInput(attrs={"inputmode": "numeric", "max": 31}),
            "most_km": forms.NumberInput(attrs={"inputmode": "numeric"}),
            "due_on": forms.DateInput,
            "expires_on": forms.DateInput,
        }
        field_classes = {"due_on": DayField, "expires_on": DayField, "discipline": DisciplineField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("contact_name", "contact_phone"):
            self.fields[name].required = True
        for name in ("days_a_month", "most_km"):
            self.fields[name].widget.attrs["min"] = 1

    def clean_contact_phone(self) -> str:
        phone: str = self.cleaned_data["contact_phone"].strip()
        check_phone(phone)
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("budget_low"), data.get("budget_high")
        if low is not None and low < 0:
            self.add_error("budget_low", gettext("Write an amount from 0 up."))
        elif low is not None and high is not None and high < low:
            self.add_error("budget_high", gettext("The upper end is below the lower end."))
        for name in ("due_on", "expires_on"):
            day = data.get(name)
            if day is not None and day < timezone.localdate():
                self.add_error(name, gettext("This day has passed; choose a later one."))
        if data.get("discipline_required") and not data.get("discipline"):
            self.add_error("discipline", gettext("Say which discipline, or do not limit to one."))
        say_places(self, data)
        return data

    def facts(self) -> dict[str, Any]:
        """What the action writes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "client_key"}

    @property
    def asked(self) -> list[FormRow]:
        return [form_row(self, names, UNITS) for names in ASKED_ROWS]

    @property
    def details(self) -> list[FormRow]:
        return [form_row(self, names, UNITS) for names in DETAIL_ROWS]

    @property
    def detailed(self) -> bool:
        """Whether the part of the form that opens has a value or an error."""
        return any(self[name].errors or (name != "visibility" and self[name].value()) for name in DETAILS)


class OfficeNeedForm(MaskingForm, NeedForm):
    """The same form for the office, which asks for a whole phone number by a button of its own."""

    class Meta(NeedForm.Meta):
        field_classes = {**NeedForm.Meta.field_classes, "contact_phone": MaskedField}


def answers(form: NeedForm) -> list[dict[str, Any]]:
    """What was typed, in words, for the page that asks to check it; optional fields left empty are left out."""
    said = {name: in_words(form.instance, name) for name in form.Meta.fields}
    said["contact_phone"] = form["contact_phone"].value()  # as it was typed, or shown: masked for the office
    return [{"label": form[name].label, "value": said[name]} for name in said if said[name] or name in ASKED]


def advice(form: NeedForm) -> list[str]:
    """Advice on what would help matching; none of it stops the need from being sent."""
    data = form.cleaned_data
    found = []
    if len(data["problem"]) + len(data["target"]) < ENOUGH:
        found.append(
            gettext("This is short: doctors are found by your words. Say what happens now and what you tried.")
        )
    if not FIGURE.search(data["title"] + data["target"]):
        found.append(gettext("No target figure yet: a number with its unit tells a doctor what is asked."))
    return found
