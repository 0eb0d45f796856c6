"""Lists inside a form: rows with their keys, a button that adds a blank one, and what the action is given of them."""

from typing import Any

from django import forms
from django.db.models import Model
from django.forms.utils import ErrorDict
from django.http import QueryDict

from core.edits import Rows
from core.parameters import number_of


def of_model(model: type[Model], name: str, **changes: Any) -> Any:
    """The form field of a model's field, with its label, hint, choices and checks."""
    return model._meta.get_field(name).formfield(**changes)  # type: ignore[union-attr]


class Unjudged:
    """A form shown with what was typed so far but not yet checked: only a row was asked for."""

    def __init__(self, *args: Any, unjudged: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unjudged = unjudged

    def full_clean(self) -> None:
        if self.unjudged:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
        else:
            super().full_clean()  # type: ignore[misc]


class RowForm(Unjudged, forms.Form):
    """A row of a list: one stored row with its key, or a new one."""

    key = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class BaseRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """A list inside a form: rows ticked for deletion are gone, blank new rows do not count."""

    def rows(self) -> Rows:
        given, removed = [], []
        for at, form in enumerate(self.forms):
            data = dict(getattr(form, "cleaned_data", {}))
            key = data.pop("key", "")
            if data.pop("DELETE", False):
                removed.append(key)
            elif data and (at < self.initial_form_count() or form.has_changed()):
                given.append(data | {"key": key} if key else data)
        return Rows(given=given, removed=removed)


def with_row(posted: QueryDict, prefix: str) -> QueryDict:
    """The post with one more blank row in the list named."""
    data = posted.copy()
    name = f"{prefix}-TOTAL_FORMS"
    count = number_of(data.get(name), least=0, most=1000)
    if count is not None:
        data[name] = str(count + 1)
    return data
