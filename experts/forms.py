"""The record of a doctor as a liaison types it: the doctor's fields, works, declared interests."""

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from core.parameters import DayField
from experts.models import Doctor, Interest, Work
from ui.choosers import DisciplineField
from ui.forms import MaskedField, MaskingForm
from ui.row_forms import BaseRows, RowForm, Unjudged, of_model

WISHES = ["wish_1", "wish_2", "wish_3"]


class DoctorForm(Unjudged, MaskingForm):
    """A doctor's own fields; wishes are up to three lines of text."""

    wish_1 = forms.CharField(label=_("First wish"), max_length=60, required=False)
    wish_2 = forms.CharField(label=_("Second wish"), max_length=60, required=False)
    wish_3 = forms.CharField(label=_("Third wish"), max_length=60, required=False)

    class Meta:
        model = Doctor
        fields = [
            "name", "sex", "born_on", "college", "discipline", "directions", "keywords", "fields", "days_a_month",
            "most_hosts", "most_km", "accepts_adjustment", "other_postings", "posting_excludes", "phone", "email",
            "honours", "active",
        ]  # fmt: skip
        field_classes = {"born_on": DayField, "phone": MaskedField, "discipline": DisciplineField}
        labels = {"most_km": _("Farthest he will travel")}  # the unit stands beside the box
        widgets = {"directions": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, wish in zip(WISHES, self.instance.wishes, strict=False):
            self.fields[name].initial = wish
        self.fields["most_km"].widget.attrs["min"] = 1

    def clean_most_hosts(self) -> int:
        most: int = self.cleaned_data["most_hosts"]
        if most < 1:
            raise forms.ValidationError(_("A doctor takes at least one enterprise."))
        return most

    def facts(self) -> dict[str, Any]:
        """What the action writes."""
        data = dict(self.cleaned_data)
        wishes = [data.pop(name).strip() for name in WISHES]
        return {**data, "wishes": [wish for wish in wishes if wish]}


class WorkForm(RowForm):
    kind = of_model(Work, "kind")
    title = of_model(Work, "title")
    year = of_model(Work, "year", min_value=1950, max_value=2100)
    abstract = of_model(Work, "abstract", widget=forms.Textarea(attrs={"rows": 3}))


class InterestForm(RowForm):
    credit_code = of_model(Interest, "credit_code")
    what = of_model(Interest, "what")

    def clean_credit_code(self) -> str:
        code: str = self.cleaned_data["credit_code"].strip().upper()
        if not uscc.is_valid(code):
            raise forms.ValidationError(_("Check the 18 characters: this is not a valid code."))
        return code


class InterestRows(BaseRows):
    def clean(self) -> None:
        codes = [row["credit_code"] for row in self.rows().given if "credit_code" in row]
        if len(set(codes)) != len(codes):
            raise forms.ValidationError(_("Each enterprise can be named once."))


WorkRows = formset_factory(WorkForm, formset=BaseRows, can_delete=True, extra=1, max_num=60)
Interests = formset_factory(InterestForm, formset=InterestRows, can_delete=True, extra=1, max_num=20)
