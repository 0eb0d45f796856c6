"""Reads keys, numbers, days, months and client keys that come from outside; every edge uses this module.

The functions return None for a text that is no such value; the form fields refuse it with a sentence for the person.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from officedata.months import Month

BIGGEST_KEY = 2**63 - 1  # PostgreSQL's bigint
# Adding a term, a month or a time zone to a day within these gives a day that Python and PostgreSQL can hold.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

_NUMBER = re.compile(r"[0-9]{1,19}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def number_of(text: object, *, least: int, most: int) -> int | None:
    """The whole number written in ASCII digits, if it is from `least` to `most` (both included)."""
    if not isinstance(text, str) or _NUMBER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if least <= number <= most else None


def key_of(text: object) -> int | None:
    """The key of a row: 1 to 2**63 - 1."""
    return number_of(text, least=1, most=BIGGEST_KEY)


def keys_of(texts: Iterable[object]) -> list[int]:
    """The keys among the texts, each once, in their order."""
    return list(dict.fromkeys(key for key in map(key_of, texts) if key is not None))


def row_key(model: type[models.Model], text: object) -> Any:
    """The key of a row of this model, of the type of its primary key: a number, or a text that the field can hold."""
    field = model._meta.pk
    while isinstance(field, models.ForeignKey | models.OneToOneField):  # a row that shares the key of another
        field = field.target_field
    if isinstance(field, models.IntegerField):
        return key_of(text)
    if not isinstance(text, str) or not text or "\0" in text or len(text) > (field.max_length or len(text)):
        return None
    return text


def day_of(text: object) -> date | None:
    """The day written as 2026-10-31, from 1900 to 2199."""
    if not isinstance(text, str) or _DAY.fullmatch(text) is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def month_of(text: object) -> Month | None:
    """The month written as 2026-10, from 1900 to 2199."""
    day = day_of(f"{text}-01") if isinstance(text, str) else None
    return Month.of(day) if day else None


def client_key_of(text: object) -> UUID | None:
    """The client key: the UUID of a form as it was shown, so that a form sent twice is saved once."""
    return UUID(text) if isinstance(text, str) and _UUID.fullmatch(text) else None


def words_of(text: object, *, most: int = 200) -> str:
    """The words of a search: at most `most` characters of the text, without NUL, which PostgreSQL cannot compare."""
    return text.replace("\0", "").strip()[:most] if isinstance(text, str) else ""


def check_day(value: date) -> None:
    """Raise ValidationError unless the day, or the day of the moment, is between 1900 and 2199."""
    day = value.date() if isinstance(value, datetime) else value
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Give a day between the years 1900 and 2199."), code="out_of_range")


class KeyConverter:
    """The converter for `<key:pk>` in an address; a number that can be no key does not match, so the answer is 404."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, text: str) -> int:
        key = key_of(text)
        if key is None:
            raise ValueError(text)
        return key

    def to_url(self, key: object) -> str:
        return str(key)


class DayField(forms.DateField):
    default_validators = [check_day]


class MonthField(forms.CharField):
    """A month of the calendar; its value is a Month."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        month = month_of(text)
        if month is None:
            raise ValidationError(_("Give a month such as 2026-10."), code="invalid")
        return month


class KeyField(forms.CharField):
    """The key of a row; its value is a number."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        key = key_of(text)
        if key is None:
            raise ValidationError(_("Give a key: a whole number from 1 up."), code="invalid")
        return key


def renew_client_key(form: forms.BaseForm) -> None:
    """Give a form that is shown again a new client key."""
    data = cast(QueryDict, form.data).copy()
    data[form.add_prefix("client_key")] = str(uuid4())
    form.data = data
