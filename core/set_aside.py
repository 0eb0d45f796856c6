"""Sets a row whose work failed aside, with its cause, so that it does not stop the others; the next run tries it again.

A row is set aside after a refusal or an unexpected error. Errors that are not about the row are raised: a lost lease, a
cancelled job, a database that is away or that ended a deadlock.
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

from core.away import is_away
from core.errors import Refused
from core.jobs import Cancelled, LostLease
from core.models import SetAside

logger = logging.getLogger(__name__)

NOT_ABOUT_A_ROW = (LostLease, Cancelled, OperationalError, InterfaceError)


def named_work(kind: str, words: Any) -> str:
    """Register the words for a kind of work; raise KeyError if the kind has some."""
    if kind in SetAside.WORDS:
        raise KeyError(kind)
    SetAside.WORDS[kind] = words
    return kind


@contextmanager
def setting_aside(kind: str, thing: models.Model, *, at: datetime, about: str = "") -> Iterator[None]:
    """Do the work of one row in its own transaction (or savepoint); if it fails, set the row aside and go on."""
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
    """Do `act` for rows of a model, given by key, all in one transaction; return the sum of what `act` returned.

    If that fails, the rows are halved until each row that fails is alone and is set aside. So `act` may be called again
    for rows whose first transaction was rolled back.
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
    """Write why the work of `thing` failed; if it failed before, update its row of SetAside and count once more. An
    error of a lost connection is raised again: it is not about the row."""
    if is_away(error):
        raise error
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
    """The sentence of a refusal; of another error, a sentence that calls it unforeseen."""
    if isinstance(error, Refused):
        return " ".join([error.message, *error.reasons])
    words = {"error": f"{type(error).__name__}: {error}"[:300].replace("\x00", "")}
    return _("Something nobody foresaw went wrong (%(error)s); tell whoever operates the system.") % words


def resolve(kind: str, model: type[models.Model], keys: Collection[int], *, at: datetime, about: str = "") -> int:
    """Settle these rows, whose work succeeded, where they were set aside; return how many were."""
    return _settle(_open(kind, model, about), at, lambda key: key in keys)


def resolve_gone(kind: str, model: type[models.Model], keys: Collection[int], *, at: datetime, about: str = "") -> int:
    """Settle the rows set aside that are not among `keys`, the rows still to be done; return how many were."""
    return _settle(_open(kind, model, about), at, lambda key: key not in keys)


def _open(kind: str, model: type[models.Model], about: str) -> list[tuple[int, int]]:
    content_type = ContentType.objects.get_for_model(model)
    rows = SetAside.objects.open().filter(kind=kind, about=about, content_type=content_type)
    return list(rows.order_by("pk").values_list("pk", "object_id"))


def _settle(rows: list[tuple[int, int]], at: datetime, chosen: Callable[[int], bool]) -> int:
    passed = [pk for pk, key in rows if chosen(key)]
    return SetAside.objects.open().filter(pk__in=passed).update(resolved_at=at) if passed else 0
