"""Which rows are about a person, and whose data was seen: the first look of a day at a person is an entry.

A model whose rows are persons says so by `PERSON`, the path to the account: `PERSON = "user"`.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import ledger, tallies

PERSON_VIEWED = ledger.kind("person_viewed", _("page of a person opened"))
HISTORY_VIEWED = ledger.kind("history_viewed", _("history of a record opened"))
tallies.FOLDS |= {PERSON_VIEWED: tallies.nothing_more, HISTORY_VIEWED: tallies.nothing_more}
DEEPEST = 2  # relations from a row to the person it is about


@cache
def person_models() -> dict[type[models.Model], str]:
    """The models whose rows are persons, each with the path to the account."""
    named = {model: model.PERSON for model in apps.get_models() if hasattr(model, "PERSON")}
    return {User: "pk", **named}


def is_person(row: models.Model) -> bool:
    return type(row) in person_models()


def rows_of(user: User) -> Iterator[tuple[str, str]]:
    """The label and the key of every row that is about this account's person."""
    for model, path in person_models().items():
        keys = model._base_manager.filter(**{path: user.pk}).order_by("pk").values_list("pk", flat=True)
        yield from ((model._meta.label_lower, str(key)) for key in keys)


def viewed(*rows: models.Model, by: Any) -> None:
    """Keep that somebody opened a page with the data of persons, of each once a day; one's own page is not kept."""
    if isinstance(by, User):
        _once(PERSON_VIEWED, [row for row in rows if _account_of(row) != by.pk], by)


def history_viewed(row: models.Model, *, by: User) -> None:
    """Keep that somebody opened the history of a record, once a day."""
    _once(HISTORY_VIEWED, [row], by)


def _once(kind: str, rows: Sequence[models.Model], by: User) -> None:
    marks = {f"{row._meta.label_lower}/{row.pk}": row for row in rows}
    if not marks:
        return
    with transaction.atomic(savepoint=False):
        for mark in sorted(tallies.first_times(kind, by=by, marks=list(marks))):
            ledger.record(kind, by=by, about=marks[mark])


def _account_of(row: models.Model) -> Any:
    path = person_models().get(type(row), "")
    return row.pk if path == "pk" else getattr(row, f"{path}_id", None)


def _relations_of(model: type[models.Model]) -> Iterator[tuple[str, type[models.Model]]]:
    """The relations of a row to other rows, without those to accounts."""
    for field in model._meta.concrete_fields:
        target: Any = field.related_model
        if target is not None and target is not User:
            yield field.name, target


@cache
def path_to_person(model: type[models.Model]) -> tuple[str, type[models.Model]] | None:
    """The shortest path from a row to the person it is about, and the model of that person; None without one.

    Accounts count only as rows of their own: most rows name the account that wrote them.
    """
    if model in person_models():
        return "pk", model
    paths: list[tuple[str, type[models.Model]]] = [("", model)]
    for _depth in range(DEEPEST):
        paths = [(f"{before}{name}__", target) for before, at in paths for name, target in _relations_of(at)]
        for path, target in paths:
            if target in person_models():
                return path.removesuffix("__"), target
    return None
