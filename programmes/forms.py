"""What the office types of a programme and a batch."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.parameters import DayField
from programmes.models import Batch, Programme, RuleSet
from programmes.readers import wrong_rules
from ui.row_forms import Unjudged

PINNED = ("programme", "rule_set")
QUOTAS = ("technology_quota", "agriculture_quota")


class ProgrammeForm(forms.ModelForm[Programme]):
    class Meta:
        model = Programme
        fields = ["name", "purpose"]
        help_texts = {"name": _("As the city announces it, without the year.")}


class BatchForm(Unjudged, forms.ModelForm[Batch]):
    """The dates, quotas and rules of a batch. An opened batch keeps its programme and its rules."""

    class Meta:
        model = Batch
        fields = [
            *PINNED, "name", "starts_on", "ends_on", "orders_from", "orders_until", "answer_days", "technology_quota",
            "agriculture_quota",
        ]  # fmt: skip
        field_classes = dict.fromkeys(("starts_on", "ends_on", "orders_from", "orders_until"), DayField)
        labels = {
            "starts_on": _("First day of service"),
            "ends_on": _("Last day of service"),
            "orders_from": _("Orders from"),
            "orders_until": _("Orders until"),
        }
        help_texts = {
            "name": _("Which round of the programme it is, for example the year."),
            "rule_set": _("Services are judged by this version; once the batch is opened it is changed with a reason."),
            **dict.fromkeys(QUOTAS, _("Enter 0 where the programme has none.")),
            "answer_days": _("So long a doctor has to answer before the next one is asked."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer_days"].widget.attrs["min"] = 1
        if self.instance.pk is None:  # every programme has places of its own
            self.initial |= dict.fromkeys(QUOTAS)
        if self.instance.status != Batch.Status.DRAFT:
            for name in PINNED:
                del self.fields[name]

    def clean_rule_set(self) -> RuleSet:
        rules: RuleSet = self.cleaned_data["rule_set"]
        if wrong := wrong_rules(rules.data):
            raise ValidationError(
                [_("These rules cannot be read; choose another version, or write the next one."), *wrong]
            )
        return rules

    def clean_answer_days(self) -> int:
        days: int = self.cleaned_data["answer_days"]
        if days < 1:
            raise ValidationError(_("A doctor needs at least one day to answer."))
        return days

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for first, last, least in (("starts_on", "ends_on", 1), ("orders_from", "orders_until", 0)):
            days = (data.get(first), data.get(last))
            if None not in days and (days[1] - days[0]).days < least:  # type: ignore[operator]
                self.add_error(last, _("The last day lies before the first."))
        return data
