"""What a batch asks of its hosts, typed as rows of words instead of JSON."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.models import Qualification
from ui.row_forms import BaseRows, RowForm


class ConditionForm(RowForm):
    """One qualification, at a level or above; any one of the rows makes a host eligible."""

    kind = forms.ChoiceField(label=_("Qualification"), choices=[("", "—"), *Qualification.Kind.choices])
    level = forms.ChoiceField(
        label=_("Level, at least"), choices=[("", _("any level")), *Qualification.Level.choices], required=False
    )


class ConditionRows(BaseRows):
    def clean(self) -> None:
        kinds = [row["kind"] for row in self.rows().given if "kind" in row]
        if len(set(kinds)) != len(kinds):
            raise forms.ValidationError(_("Each qualification can be asked for once."))

    def as_data(self) -> list[dict[str, str]]:
        """The conditions as the batch keeps them."""
        return [{name: row[name] for name in ("kind", "level") if row.get(name)} for row in self.rows().given]


Conditions = forms.formset_factory(ConditionForm, formset=ConditionRows, can_delete=True, extra=1, max_num=20)
