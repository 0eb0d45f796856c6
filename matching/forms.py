"""What the office types about needs it decides on."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """What the enterprise should change."""

    SAID_AT: ClassVar[dict[str, str]] = {"reason_missing": "reason"}

    reason = forms.CharField(
        label=_("What should the enterprise change?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The enterprise reads this. Example: name the figure to be reached, with its unit."),
    )
