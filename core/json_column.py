"""A JSON field with a declared type, checked by forms and whenever the field is written."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.errors import Refused
from core.shapes import fault

Sentences = Callable[[Any], list[str]]
"""A function that returns what is wrong with a value, as sentences that say what to do; none for a right value."""


class ShapedJSONField(models.JSONField):
    """A JSON field whose values are checked: `shape` is the type of the value (see `core.shapes`), for values that
    programs write; `sentences` tells a person what is wrong with a value he writes.

    Both are validators, so every form runs them; they run again when the ORM writes the field, also in bulk. Empty
    values pass, as everywhere in Django. Migrations and history tables have a plain JSONField.
    """

    def __init__(self, *args: Any, shape: Any = None, sentences: Sentences | None = None, **kwargs: Any) -> None:
        self.shape, self.sentences = shape, sentences
        super().__init__(*args, **kwargs)

    @property
    def declared(self) -> bool:
        return self.shape is not None or self.sentences is not None

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value in self.empty_values:
            return
        if self.shape is not None and (wrong := fault(self.shape, value)):
            words = {"column": self.verbose_name, "wrong": wrong.lstrip(":. ")}
            raise ValidationError(_("“%(column)s” cannot be kept so: %(wrong)s") % words)
        if self.sentences is not None and (said := self.sentences(value)):
            raise ValidationError(said)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if not hasattr(value, "resolve_expression"):
            self.run_validators(value)
        return super().get_db_prep_save(value, connection)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def clone(self) -> Any:
        """The same field with its declaration; `deconstruct` leaves that out."""
        copy: Any = super().clone()
        copy.shape, copy.sentences = self.shape, self.sentences
        return copy

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": JSONInput, **kwargs})


def _check_surrogates(value: Any) -> None:
    """Raise ValueError where a text holds half a surrogate pair, which JSON can spell but no database can store."""
    json.dumps(value, ensure_ascii=False).encode()


class JSONInput(forms.JSONField):
    """The form field for JSON; it also refuses numbers of thousands of digits and endless nesting."""

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
            _check_surrogates(found)
        except (ValueError, RecursionError) as error:
            raise self._unreadable(value) from error
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            found = super().bound_data(data, initial)
            _check_surrogates(found)
            return found
        except (ValueError, RecursionError):
            return forms.fields.InvalidJSONInput(data)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(initial, data)
        except (ValueError, RecursionError):
            return True

    def _unreadable(self, value: Any) -> ValidationError:
        return ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value})


def refuse_wrong(sentences: list[str], *, code: str) -> None:
    """If there are sentences, raise Refused with the first one, and the others as its reasons."""
    if sentences:
        raise Refused(sentences[0], code=code, reasons=sentences[1:])
