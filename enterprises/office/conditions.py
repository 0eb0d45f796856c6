"""What a batch asks of its hosts, typed as rows of words instead of JSON."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.host_rules import as_rows, from_rows, read, sentences
from enterprises.models import Qualification
from ui.row_forms import BaseRows, RowForm


class ConditionForm(RowForm):
    """One qualification, at a level or above; any one of the rows makes a host eligible."""

    kind = forms.ChoiceField(label=_("Qualification"), choices=[("", "—"), *Qualification.Kind.choices])
    level = forms.ChoiceField(
        label=_("Level, at least"), choices=[("", _("any level")), *Qualification.Level.choices], required=False
    )


class ConditionRows(BaseRows):
    """Eligibility as rows; one that says more than rows can say is shown as sentences, and kept until rows replace
    it."""

    part = "office/conditions.html"

    def __init__(self, *args: Any, initial: Any = None, unjudged: bool = False, **kwargs: Any) -> None:
        rows = as_rows(initial) if initial else []
        self.kept = initial if rows is None else None
        super().__init__(*args, **{**kwargs, "initial": rows or [], "form_kwargs": {"unjudged": unjudged}})
        self.extra = 0 if rows or self.kept else 1

    def clean(self) -> None:
        kinds = [row["kind"] for row in self.rows().given if "kind" in row]
        if len(set(kinds)) != len(kinds):
            raise forms.ValidationError(_("Each qualification can be asked for once."))

    def as_data(self) -> dict[str, Any]:
        """The conditions as the batch keeps them."""
        return self._data([{name: row[name] for name in ("kind", "level") if row.get(name)}
                           for row in self.rows().given])  # fmt: skip

    def seen(self) -> dict[str, Any]:
        """What stands in the rows at this moment, whether it is right or not."""
        gone = {form for form in self.forms if self.can_delete and form["DELETE"].value()}
        said = [{name: str(form[name].value() or "") for name in ("kind", "level")} for form in self.forms
                if form not in gone]  # fmt: skip
        return self._data([{name: word for name, word in row.items() if word} for row in said if row["kind"]])

    def kept_sentences(self) -> list[str]:
        return sentences(read(self.kept)) if self.kept else []

    def _data(self, rows: list[dict[str, str]]) -> dict[str, Any]:
        return self.kept if self.kept and not rows else from_rows(rows)


Conditions = forms.formset_factory(ConditionForm, formset=ConditionRows, can_delete=True, extra=1, max_num=20)
