"""Edits of a row together with its child rows: nobody's newer edit is lost, and rows not edited keep their keys.

The version of a row is the key of its last history row and, for each relation that its model names in `edited_with`,
the key of the last history row of the child rows: "812.40.7". A form contains the version it was made from; the action
compares it with the present one after it locked the row (`lock_version`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Max, Value
from django.utils.translation import gettext as _

from core.errors import Refused
from core.status import lock

M = TypeVar("M", bound=models.Model)
VERSION = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})*")


class ChangedMeanwhile(Refused):
    """The form was made from an older version, `seen`; `now` is the version with which the form can be sent again."""

    status = 409

    def __init__(self, row: models.Model, *, seen: str, now: str) -> None:
        message = _("Somebody else changed this while you were writing. Nothing was saved; what you typed stands here.")
        super().__init__(message, code="changed_meanwhile")
        self.row, self.seen, self.now = row, seen, now


@dataclass(frozen=True)
class Rows:
    """The child rows of a row as a form gives them.

    `given`: values of rows; one with `key` changes the row with that key, one without is a new row. `removed`: the keys
    of the rows to delete. A row in neither stays as it is.
    """

    given: Sequence[Mapping[str, Any]] = ()
    removed: Sequence[str] = ()


def histories(model: type[models.Model], key: Any) -> Iterator[tuple[type[models.Model], models.QuerySet[Any]]]:
    """The history of a row and those of the rows edited with it, each with its model."""
    yield model, _events(model).filter(pgh_obj_id=key)
    for name in getattr(model, "edited_with", ()):
        relation: Any = model._meta.get_field(name)
        under = relation.related_model
        yield under, _events(under).filter(**{relation.field.attname: key})


def _events(model: type[models.Model]) -> models.QuerySet[Any]:
    relation: Any = model._meta.get_field("events")
    rows: models.QuerySet[Any] = relation.related_model._default_manager.order_by("pgh_id")
    return rows


def version_of(model: type[models.Model], key: Any) -> str:
    """The version of the row with this key.

    Read the version before the row. A version older than the values on the page only makes the form ask once more; a
    newer one would let an edit be lost.
    """
    if isinstance(key, int) and not 0 < key < 2**63:
        return ""  # no row has such a key
    first, *others = [
        events.order_by().values(at=Value(at)).annotate(last=Max("pgh_id")).values_list("at", "last")
        for at, (_model, events) in enumerate(histories(model, key))
    ]
    lasts: dict[int, int | None] = dict(first.union(*others, all=True))
    return ".".join(str(lasts.get(at) or 0) for at in range(1 + len(others)))


def lock_version(row: M, seen: str | None) -> M:
    """Lock and refresh the row; raise ChangedMeanwhile if its version is not `seen`.

    A caller without a form gives None, and nothing is compared.
    """
    lock(row)
    if seen is not None:
        now = version_of(row._meta.model, row.pk)
        if seen != now:
            raise ChangedMeanwhile(row, seen=seen, now=now)
    return row


def marks_of(version: str) -> list[int]:
    """The keys of history rows in a version; an empty list where the text is no version."""
    return [int(part) for part in version.split(".")] if VERSION.fullmatch(version) else []


def write_facts(row: models.Model, facts: Mapping[str, Any]) -> list[str]:
    """Set the fields that the facts name; return the names of the fields whose values changed.

    A model names in `WRITTEN` the fields that a person may write. Raises ValueError for a fact that is not named there:
    it is a programmer's mistake, and its value would be lost without a message.
    """
    written: Sequence[str] = getattr(row, "WRITTEN")  # noqa: B009 - a model that names none has nothing to write
    if unknown := sorted(facts.keys() - set(written)):
        raise ValueError(f"{row._meta.label}.WRITTEN does not name {', '.join(unknown)}")
    changed = []
    for name in written:
        if name in facts:
            field: Any = row._meta.get_field(name)
            before = getattr(row, field.attname)
            field.save_form_data(row, facts[name])
            if getattr(row, field.attname) != before:
                changed.append(name)
    return changed


def write_rows(
    under: Any,
    rows: Rows | None,
    *,
    own: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Write the rows of a relation (`under`, such as `doctor.works`) as a form gives them; None changes nothing.

    A given key that the relation does not have belongs to a row that was removed meanwhile: its values become a new
    row. Only rows with the values of `own` are changed; a new row gets the values of `own` and of `new`.
    """
    if rows is None:
        return
    own = own or {}
    locked = under.filter(**own).select_for_update(of=("self",), no_key=True)
    stored = {str(row.pk): row for row in locked.order_by("pk")}
    made = {**own, **(new or {})}
    try:
        with transaction.atomic():
            for key in rows.removed:
                if key in stored:
                    stored.pop(key).delete()
            for facts in rows.given:
                _write_row(under, stored, facts, made)
    except IntegrityError as error:
        raise Refused(_("Two rows of a list say the same; each can be given once."), code="row_twice") from error


def _write_row(
    under: Any, stored: Mapping[str, models.Model], given: Mapping[str, Any], made: Mapping[str, Any]
) -> None:
    facts = {name: value for name, value in given.items() if name != "key"}
    row = stored.get(str(given.get("key", "")))
    if row is None:
        row = under.model(**{under.field.name: under.instance}, **made)
        write_facts(row, facts)
        row.save(force_insert=True)
    elif changed := write_facts(row, facts):
        row.save(update_fields=changed)
