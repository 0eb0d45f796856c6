"""What each app stores of a person, and what becomes of it when the person is erased.

An app declares it in its module `personal`: which rows belong to whom (`holds`), where texts may name anybody
(`mentions`), why somebody cannot be erased now (`blocks`), and what has to be done besides (`on_erasing`). The app
`privacy` shows these rows to the person, copies them, and writes the pseudonyms into rows and history.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise

Words = str | Promise
# What stands where a text that must not be empty was erased, and where a name was within a text. The second is as short
# as the shortest name, so that no text grows beyond its column.
REMOVED, SOMEBODY = "（已删除）", "某某"
SHORTEST = len(SOMEBODY)


class Becomes(StrEnum):
    """What a column holds after its person was erased."""

    EMPTY = "empty"  # nothing: an empty text, NULL, or the default of a column that has neither
    NAME = "name"  # the pseudonym
    PINYIN = "pinyin"  # the pinyin of the pseudonym
    KEY = "key"  # a pseudonym that no other account has
    REMOVED = "removed"  # a fixed text; stands where a text is demanded
    FREED = "freed"  # the text without the names, numbers and addresses of the person
    NOT_HIS = "not_his"  # nothing, if it is a name, a number or an address of the person; else as it was


@dataclass(frozen=True)
class Subject:
    """Whose data: the kind is a model's label, such as "accounts.user", the key that of its row."""

    kind: str
    key: int


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Rows of a model that belong to a person.

    `of` gives for a kind of subject the path from the row to the subject's row. `shown` are what the person sees:
    fields, or attributes with their words. `identifies` are the fields by which texts name him. `becomes` says what is
    left of the columns; with `removed` the rows are deleted, and `becomes` speaks of their history.
    """

    model: type[models.Model]
    title: Words
    of: Mapping[str, str]
    shown: tuple[str | tuple[str, Words], ...] = ()
    identifies: tuple[str, ...] = ()
    becomes: Mapping[str, Becomes] = field(default_factory=dict)
    removed: bool = False
    order: int = 50  # of the sections on the person's page

    def paths(self, subjects: Iterable[Subject], event: bool) -> Q:
        """The condition on rows, or on rows of the history, of these subjects."""
        found = [
            Q(**{_on_event(self.model, self.of[each.kind]) if event else self.of[each.kind]: each.key})
            for each in subjects
            if each.kind in self.of
        ]
        return reduce(or_, found) if found else Q(pk__in=[])

    def rows(self, subjects: Iterable[Subject]) -> QuerySet[Any]:
        rows = self.model._base_manager.filter(self.paths(subjects, event=False))
        # A subquery: a path over several rows would give a row several times.
        return self.model._base_manager.filter(pk__in=rows.order_by().values("pk")).order_by("pk")

    def events(self, subjects: Iterable[Subject]) -> QuerySet[Any] | None:
        """The rows of the history; None where the model has none."""
        history = history_of(self.model)
        return None if history is None else history._base_manager.filter(self.paths(subjects, event=True)).distinct()


@dataclass(frozen=True)
class Mention:
    """Texts of a model that may name anybody, without a relation that says whom: they are searched for the names."""

    model: type[models.Model]
    columns: tuple[str, ...]

    def rows(self, known: Iterable[str]) -> QuerySet[Any]:
        return _mentioning(self.model, self.columns, known)

    def events(self, known: Iterable[str]) -> QuerySet[Any] | None:
        history = history_of(self.model)
        return None if history is None else _mentioning(history, self.columns, known)

    @property
    def becomes(self) -> Mapping[str, Becomes]:
        return dict.fromkeys(self.columns, Becomes.FREED)


HOLDINGS: list[Holding] = []
MENTIONS: list[Mention] = []
Block = Callable[[list[Subject]], Iterable[Words]]
BLOCKS: list[Block] = []
Follow = Callable[..., None]
FOLLOWS: list[Follow] = []
# Relations from a row to another of the same person, as (kind, path to its key, kind): a doctor and his account.
SAME: list[tuple[type[models.Model], str, str]] = []


@dataclass(frozen=True)
class Page:
    """A page on which a person changes his own row: the verb of the rules, the address, its label."""

    verb: str
    address: str
    label: Words


# Kind of subject → the page on which the person changes that row himself.
EDITED_AT: dict[str, Page] = {}


def holds(model: type[models.Model], title: Words, of: Mapping[str, str], **more: Any) -> Holding:
    """Declare rows of a person."""
    holding = Holding(model=model, title=title, of=of, **more)
    for name in [*(each for each in holding.shown if isinstance(each, str)), *holding.identifies, *holding.becomes]:
        model._meta.get_field(name)  # raises FieldDoesNotExist
    HOLDINGS.append(holding)
    return holding


def mentions(model: type[models.Model], *columns: str) -> None:
    """Declare texts in which anybody may be named."""
    for name in columns:
        model._meta.get_field(name)
    MENTIONS.append(Mention(model, columns))


def blocks(found: Block) -> Block:
    """Declare why a person cannot be erased now: sentences, none if nothing speaks against it."""
    BLOCKS.append(found)
    return found


def on_erasing(follow: Follow) -> Follow:
    """Declare what else is done when a person is erased, before the columns are written; called with `subjects`, `by`,
    `at` and `known`, the names, numbers and addresses of the person."""
    FOLLOWS.append(follow)
    return follow


def same_person(model: type[models.Model], path: str, kind: str) -> None:
    """Declare that a row and the row its relation `path` leads to, of the given kind, are one person."""
    SAME.append((model, path, kind))


Rows = Callable[[datetime], QuerySet[Any]]
# Name of a rule → rows of persons whom nothing has needed since a moment; the settings say after how many years the
# calendar proposes to erase them (PROPOSE_ERASURE_YEARS).
UNNEEDED: dict[str, tuple[Words, Rows]] = {}


def unneeded(name: str, why: Words) -> Callable[[Rows], Rows]:
    """Declare rows of persons whom nothing has needed since a moment; `why` is what the office reads."""

    def declare(rows: Rows) -> Rows:
        if name in UNNEEDED:
            raise KeyError(name)
        UNNEEDED[name] = (why, rows)
        return rows

    return declare


def subjects_of(kind: str, key: int) -> list[Subject]:
    """The subject and what else is the same person."""
    found = [Subject(kind, key)]
    for model, path, other in SAME:
        label = model._meta.label_lower
        if kind == other:
            keys = model._base_manager.filter(**{path: key}).order_by("pk").values_list("pk", flat=True)
            found += [Subject(label, each) for each in keys]
        elif kind == label:
            keys = model._base_manager.filter(pk=key).exclude(**{path: None}).values_list(path, flat=True)
            found += [Subject(other, each) for each in keys]
    return found


def history_of(model: type[models.Model]) -> type[models.Model] | None:
    """The model of the history of a model."""
    return next((each for each in model._meta.apps.get_models() if _follows(each, model)), None)


def _follows(history: Any, model: type[models.Model]) -> bool:
    return getattr(history, "pgh_tracked_model", None) is model


def _on_event(model: type[models.Model], path: str) -> str:
    """The same path from a row of the history: by its own columns, where it begins with one, so that rows that were
    deleted since are found too."""
    if path == "pk":
        return "pgh_obj"
    try:
        concrete = getattr(model._meta.get_field(path.partition("__")[0]), "concrete", False)
    except FieldDoesNotExist:
        concrete = False
    many = concrete and model._meta.get_field(path.partition("__")[0]).many_to_many
    return path if concrete and not many else f"pgh_obj__{path}"


def _mentioning(model: type[models.Model], columns: Iterable[str], known: Iterable[str]) -> QuerySet[Any]:
    texts = {f"{name}_text": Cast(name, TextField()) for name in columns}
    wanted = [Q(**{f"{name}__contains": value}) for name in texts for value in known]
    rows: QuerySet[Any] = model._base_manager.alias(**texts)
    return rows.filter(reduce(or_, wanted)).order_by("pk") if wanted else rows.none()


def everything() -> list[Holding | Mention]:
    """All that is declared, in one order."""
    return [*HOLDINGS, *MENTIONS]


def declared(model: type[models.Model]) -> set[str]:
    """The columns of a model of which something becomes when a person is erased, or whose rows are deleted then."""
    own = [each for each in everything() if each.model is model]
    found = {name for each in own for name in each.becomes}
    if any(isinstance(each, Holding) and each.removed for each in own):
        found |= {column.name for column in model._meta.concrete_fields}
    return found
