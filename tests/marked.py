"""Writes texts into the text columns of rows: marks that nobody else may see, scripts that no page may run."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import DatabaseError, models, transaction

from accounts.models import User
from core.checks import own_models
from core.scope import visible

# What programs write and read, or what decides who somebody is.
NOT_WRITTEN = {
    "password", "username", "digest", "key", "kind", "engine", "engine_version", "code", "credit_code", "release",
    "sign", "process", "machine", "url", "table", "field_codes", "industry", "discipline", "source_key", "medium",
}  # fmt: skip
# The same of columns whose name is that of a text of people elsewhere: a mail has a subject too.
NAMES_A_TABLE = {"privacy.personalrequest.subject", "privacy.erasure.subject"}


def columns(model: type[models.Model]) -> list[Any]:
    """The text columns that people write."""
    texts = (models.CharField, models.TextField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, texts)
        and not isinstance(field, SearchVectorField)
        and not field.choices
        and not field.primary_key
        and field.name not in NOT_WRITTEN
        and f"{model._meta.label_lower}.{field.name}" not in NAMES_A_TABLE
        and not isinstance(field, models.UUIDField | models.FileField)
    ]


def write(rows: Callable[[type[models.Model]], Iterable[int]], text_of: Callable[[Any, int], str]) -> int:
    """Write `text_of(field, key)` into each column of the rows; what a constraint refuses stays. Tells how many."""
    written = 0
    for model in own_models():
        keys = list(rows(model))
        for field in columns(model):
            for key in keys:
                text = text_of(field, key)
                if text and (field.max_length or 10**6) >= len(text):
                    written += _put(model, field, key, text)
    return written


def _put(model: type[models.Model], field: Any, key: Any, text: str) -> int:
    try:
        with transaction.atomic():
            return int(model._default_manager.filter(pk=key).update(**{field.attname: text}))
    except DatabaseError:
        return 0


def unseen_by(people: Iterable[User], before: dict[type[models.Model], set[Any]]) -> Callable[[Any], list[int]]:
    """The rows that were made after `before` was taken, and that none of these people sees."""

    def rows(model: type[models.Model]) -> list[Any]:
        made = model._default_manager.exclude(pk__in=before.get(model, set()))
        seen: set[Any] = set()
        for user in people:
            seen |= set(visible(made, user).values_list("pk", flat=True))
        return [key for key in made.values_list("pk", flat=True) if key not in seen]

    return rows


def all_keys() -> dict[type[models.Model], set[Any]]:
    return {model: set(model._default_manager.values_list("pk", flat=True)) for model in own_models()}
