"""What people type about dispatches and assignments."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise


class ReasonForm(forms.Form):
    """A reason others will read."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class BeginForm(forms.Form):
    """The first day of service."""

    starts_on = forms.DateField(label=_("First day of service"), widget=forms.DateInput)


class ServeForm(forms.Form):
    """One more enterprise the doctor serves, by its name or credit code: lists of other firms are nobody's to browse."""

    enterprise = forms.CharField(
        label=_("Enterprise"), max_length=120, help_text=_("Its full name or its unified social credit code.")
    )
    title = forms.CharField(label=_("What the doctor does there"), max_length=120)

    def clean_enterprise(self) -> Enterprise:
        text = self.cleaned_data["enterprise"].strip()
        found = list(Enterprise.objects.filter(Q(name=text) | Q(credit_code=text.upper())).order_by("pk")[:2])
        if not found:
            raise forms.ValidationError(_("No enterprise of this name or code is on record; check it, or ask the talent office."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several enterprises have this name; give the credit code."))
        return found[0]
