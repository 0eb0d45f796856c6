"""Fields, widgets and small forms that several tables of the office share."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.parameters import DayField
from ui.forms import MaskingForm


class ReasonForm(forms.Form):
    """What most acts ask for."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DayInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


WIDGETS: dict[Any, Any] = {models.DateField: {"widget": DayInput, "form_class": DayField}}


# The location of a row: a pair of fields on one line, for `fieldsets`.
PLACE: Any = (
    gettext_lazy("Where it lies"),
    {
        "fields": [("latitude", "longitude")],
        "description": gettext_lazy(
            "In degrees, as a map shows them, north and east counted up: 38.0123 and 113.4567. Distances between "
            "universities and districts are measured from here; leave both open where it is not known."
        ),
    },
)


class PlaceForm(MaskingForm):
    """A model's form with a latitude and a longitude: both or neither, and on Earth."""

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        for name, most, words in (
            ("latitude", 90, gettext_lazy("A latitude lies between -90 and 90; are the two swapped?")),
            ("longitude", 180, gettext_lazy("A longitude lies between -180 and 180.")),
        ):
            if (degrees := data.get(name)) is not None and abs(degrees) > most:
                self.add_error(name, words)
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            given = data.get(other) is not None or other in self.errors
            if given and name not in self.errors and data.get(name) is None:
                self.add_error(name, _("Give both, or leave both open."))
        return data
