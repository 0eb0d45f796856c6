"""Forms whose choices are rows the person sees, and forms that show phone numbers masked."""

from typing import Any

from django import forms
from django.db import models

from accounts.models import User
from core.scope import visible
from ui.templatetags.ui_format import masked


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


class MaskingForm(forms.ModelForm[Any]):
    """A model's form in which masked fields are shown masked and, sent back unchanged, come back whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, MaskedField):
                field.whole = self.initial.get(name) or ""
                self.initial[name] = str(masked(field.whole))
