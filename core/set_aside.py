"""A row that fails is set aside with its cause, and never stops the others: the next run tries it again.

Refusals and unexpected errors are set aside. Whatever is not about the row goes on up: a lease that was lost, a job
that was cancelled, a database that is away or ended a circle of locks.
"""

import logging
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.errors import Refused
from core.jobs import Cancelled, LostLease
from core.models import SetAside

logger = logging.getLogger(__name__)

NOT_ABOUT_A_ROW = (LostLease, Cancelled, OperationalError, InterfaceError)


def named_work(kind: str, words: Any) -> str:
    """Register what a kind of work is called; a second name for one kind is a mistake."""
    if kind in SetAside.WORDS:
        raise KeyError(kind)
    SetAside.WORDS[kind] = words
    return kind


@contextmanager
def setting_aside(kind: str, thing: models.Model, *, at: datetime, about: str = "") -> Iterator[None]:
    """Do one row's work in a transaction of its own (or a savepoint); where it fails, set the row aside and go on."""
    model = type(thing)
    try:
        with transaction.atomic():
            yield
            resolve(kind, model, [thing.pk], at=at, about=about)
    except NOT_ABOUT_A_ROW:
        raise
    except Exception as error:  # noqa: BLE001  # kept with its cause, and logged
        set_aside(kind, thing, error, at=at, about=about)


def in_parts(
    kind: str,
    model: type[models.Model],
    keys: Sequence[int],
    act: Callable[[Sequence[int]], int],
    *,
    at: datetime,
    about: str = "",
) -> int:
    """Do `act` for rows of a model, given by key, all in one transaction; the sum of what it returned.

    Where that fails the rows are halved until those that fail stand alone and are set aside. `act` may therefore be
    called again for rows whose first transaction was rolled back.
    """
    if not keys:
        return 0
    try:
        with transaction.atomic():
            done = act(keys)
            resolve(kind, model, keys, at=at, about=about)
            return done
    except NOT_ABOUT_A_ROW:
        raise
    except Exception as error:  # noqa: BLE001  # kept with its cause, and logged
        if len(keys) == 1:
            thing = model._default_manager.filter(pk=keys[0]).first()
            if thing is not None:
                set_aside(kind, thing, error, at=at, about=about)
            return 0
    half = len(keys) // 2
    return sum(in_parts(kind, model, part, act, at=at, about=about) for part in (keys[:half], keys[half:]))


@transaction.atomic
def set_aside(kind: str, thing: models.Model, error: Exception, *, at: datetime, about: str = "") -> SetAside:
    """Keep why a row's work failed; one that failed before is the same row once more."""
    logger.warning("%s %s: %s %s is set aside", kind, about, thing._meta.label_lower, thing.pk, exc_info=error)
    facts: dict[str, Any] = {
        "name": str(thing)[:200],
        "cause": _cause(error),
        "detail": "".join(traceback.format_exception(error))[-4000:].replace("\x00", ""),
        "last_at": at,
    }
    row, made = SetAside.objects.get_or_create(
        kind=kind,
        about=about,
        content_type=ContentType.objects.get_for_model(thing),
        object_id=thing.pk,
        resolved_at=None,
        defaults={**facts, "first_at": at},
    )
    if not made:
        facts["last_at"] = max(at, row.last_at)
        SetAside.objects.filter(pk=row.pk).update(**facts, times=F("times") + 1)
        row.refresh_from_db()
    return row


def _cause(error: Exception) -> str:
    """The sentence of a refusal; what nobody foresaw is named as such."""
    if isinstance(error, Refused):
        return " ".join([error.message, *error.reasons])
    words = {"error": f"{type(error).__name__}: {error}"[:300].replace("\x00", "")}
    return _("Something nobody foresaw went wrong (%(error)s); tell whoever operates the system.") % words


def resolve(kind: str, model: type[models.Model], keys: Collection[int], *, at: datetime, about: str = "") -> int:
    """These rows passed: what was set aside of them is settled. How many were."""
    return _settle(_open(kind, model, about), at, lambda key: key in keys)


def resolve_gone(kind: str, model: type[models.Model], keys: Collection[int], *, at: datetime, about: str = "") -> int:
    """Rows that are not among those to be done any more need no second try."""
    return _settle(_open(kind, model, about), at, lambda key: key not in keys)


def _open(kind: str, model: type[models.Model], about: str) -> list[tuple[int, int]]:
    content_type = ContentType.objects.get_for_model(model)
    rows = SetAside.objects.open().filter(kind=kind, about=about, content_type=content_type)
    return list(rows.order_by("pk").values_list("pk", "object_id"))


def _settle(rows: list[tuple[int, int]], at: datetime, chosen: Callable[[int], bool]) -> int:
    passed = [pk for pk, key in rows if chosen(key)]
    return SetAside.objects.open().filter(pk__in=passed).update(resolved_at=at) if passed else 0
