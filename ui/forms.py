"""Forms whose choices are rows the person sees, and forms that show phone numbers masked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from core.scope import visible
from ui.templatetags.ui_format import masked

PHONE = re.compile(r"\+?[\d\s()（）-]{7,20}")


def check_phone(number: str) -> None:
    """Refuse what has not the shape of a phone number."""
    if not PHONE.fullmatch(number):
        raise forms.ValidationError(_("Write a phone number, such as 13800001234 or 0350-1234567."), code="phone_wrong")


class ScopedForm(forms.Form):
    """A form that knows its person; rows beyond what he sees are no choices of it."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = visible(field.queryset, user)


def offered(model: type[models.Model], **only: Any) -> Any:
    """The choices of a filter: the rows of a table that the person who asks sees."""

    def rows(request: Any) -> models.QuerySet[Any]:
        return visible(model._default_manager.filter(**only), request.user)

    return rows


class MaskedField(forms.CharField):
    """A phone number shown masked; it is replaced when a new one is typed."""

    whole = ""

    def to_python(self, value: Any) -> Any:
        """The number sent back as it was shown is the one that was there, also for what checks it further."""
        text = super().to_python(value)
        return self.whole if text == masked(self.whole) else text

    def validate(self, value: Any) -> None:
        """A number that was there already stays, whatever its shape."""
        super().validate(value)
        if value and value != self.whole:
            check_phone(value)


class MaskingForm(forms.ModelForm[Any]):
    """A model's form in which masked fields are shown masked and, sent back unchanged, come back whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, MaskedField):
                field.whole = self.initial.get(name) or ""
                self.initial[name] = str(masked(field.whole))


@dataclass(frozen=True)
class FormRow:
    """A row of fields of a page, and the CSS class it has: each field with its unit and its width."""

    fields: Sequence[tuple[forms.BoundField, Any, str]]
    css: str


def form_row(form: forms.BaseForm, names: Sequence[str], units: Mapping[str, Any]) -> FormRow:
    """A row of a form's fields. Several stand side by side, a box with a unit is short, radios stand on one line."""
    several = len(names) > 1
    found = [(form[name], units.get(name, ""), "s" if name in units else "m" if several else "") for name in names]
    radios = all(bound.widget_type == "radioselect" for bound, _unit, _width in found)
    return FormRow(found, "field-row ends" if several else "inline" if radios else "")
