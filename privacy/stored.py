"""What is stored of a person, as he sees it and takes it with him: sections of rows with labels and values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.encoding import force_str

from accounts.models import User
from core.personal_data import HOLDINGS, Holding, Subject, subjects_of
from ui.value_words import NOTHING, SAID, is_empty, key_of_field, lines_of, plain_words

MOST = 20  # rows of a section on the page; the copy has all


@dataclass(frozen=True)
class Value:
    """A value of a row: the name of its field, its label, the value itself and the value in words."""

    name: str
    label: str
    value: Any
    words: str


@dataclass(frozen=True)
class Row:
    """A row of the database that is about the person."""

    key: Any
    values: list[Value]


@dataclass(frozen=True)
class Section:
    """The rows of one table that are about the person; `number` counts all, `rows` may be the newest of them."""

    title: str
    table: str
    number: int
    rows: list[Row]

    @property
    def labels(self) -> list[str]:
        return [each.label for each in self.rows[0].values] if self.rows else []

    @property
    def is_single(self) -> bool:
        return self.number == 1


def sections_of(user: User, most: int | None = None) -> list[Section]:
    """All sections with rows; with `most` only the newest rows of each."""
    subjects = subjects_of("accounts.user", user.pk)
    shown = sorted((each for each in HOLDINGS if each.shown), key=lambda each: each.order)
    found = [_section(holding, subjects, most) for holding in shown]
    return [section for section in found if section.number]


def _section(holding: Holding, subjects: list[Subject], most: int | None) -> Section:
    rows = holding.rows(subjects)
    relations = [name for name in _names(holding) if getattr(_field(holding.model, name), "many_to_one", False)]
    number = rows.count()
    # Asked apart: together with the relations they would be more tables than PostgreSQL plans as a whole.
    keys = list(rows.order_by("-pk").values_list("pk", flat=True)[:most]) if number else []
    shown = holding.model._base_manager.filter(pk__in=keys).select_related(*relations).order_by("-pk") if keys else ()
    return Section(
        force_str(holding.title),
        holding.model._meta.label_lower,
        number,
        [Row(row.pk, list(_values(holding, row))) for row in shown],
    )


def _names(holding: Holding) -> list[str]:
    return [each if isinstance(each, str) else each[0] for each in holding.shown]


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _values(holding: Holding, row: models.Model) -> Iterator[Value]:
    for each in holding.shown:
        name, label = (each, None) if isinstance(each, str) else each
        field = _field(holding.model, name)
        value = getattr(row, name)
        yield Value(name, force_str(label or field.verbose_name), _plain(value), _words(field, value))


def _plain(value: Any) -> Any:
    """The value as JSON and a workbook hold it."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _words(field: Any, value: Any) -> str:
    """The value in words. A person sees his own numbers and addresses whole."""
    if is_empty(value):
        return NOTHING
    if isinstance(value, models.Model):
        return str(value)
    if field is None:
        return plain_words(value)
    personal = "phone" in field.name or field.name in ("email", "address")
    if personal and not field.choices and key_of_field(field) not in SAID:
        return str(value)
    return "；".join(lines_of(field, value))
