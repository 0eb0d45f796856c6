"""Writes the ledger: one entry for each thing that happened and that the history of the tables does not hold.

An entry never holds a value of a person: no name or text that somebody typed, no phone number. What was typed where
nobody is known by it, such as a sign-in name, is kept as `keyed_digest`.
"""

import hashlib
import hmac
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections, models
from django.utils import timezone

from accounts.models import User
from core.ledger_kinds import KINDS, kind
from core.logs import masked_numbers
from core.models import LedgerEntry
from core.origin import origin

__all__ = ["keyed_digest", "kind", "record", "record_apart"]
logger = logging.getLogger(__name__)

Fact = str | int | bool | None
# The row an entry is about, or the label of its model and its key.
About = models.Model | tuple[str, str] | None
LONGEST_FACT = 200
APART = "apart"  # the alias of the second connection; each thread has its own connections


def record(
    kind: str,
    *,
    by: User | None,
    at: datetime | None = None,
    about: About = None,
    rows: int | None = None,
    held: Sequence[int] | None = None,
    **facts: Fact,
) -> None:
    """Write one entry, in the present transaction if there is one.

    The moment is that of the database's clock. `at`, the moment of an action, is kept as a fact if it is another day,
    as in a demo. `rows` is how many rows were given out; `held` are their keys if they are persons.
    """
    _entry(kind, by=by, at=at, about=about, rows=rows, held=held, facts=facts).save(force_insert=True)


def record_apart(
    kind: str,
    *,
    by: User | None,
    at: datetime | None = None,
    about: About = None,
    rows: int | None = None,
    held: Sequence[int] | None = None,
    **facts: Fact,
) -> None:
    """Write one entry that stays if the present transaction is rolled back, as for a refusal.

    Within a transaction it is written by a connection of its own, which is closed at once. A database that is away
    does not stop the refusal: the log says that the entry is missing.
    """
    entry = _entry(kind, by=by, at=at, about=about, rows=rows, held=held, facts=facts)
    try:
        if _in_transaction():
            _insert_apart(entry)
        else:
            entry.save(force_insert=True)
    except DatabaseError:
        logger.exception("an entry of the ledger could not be written: %s", kind)


def keyed_digest(text: str) -> str:
    """A digest of a text that nobody can find by trying texts, unless he knows the site's secret key."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def _entry(
    kind: str,
    *,
    by: User | None,
    at: datetime | None,
    about: About,
    rows: int | None,
    held: Sequence[int] | None,
    facts: dict[str, Fact],
) -> LedgerEntry:
    if kind not in KINDS:
        raise KeyError(f"the kind {kind} is not declared")
    came = origin.get()
    if at is not None and timezone.localdate(at) != timezone.localdate():
        facts = {**facts, "at": at.isoformat(timespec="seconds")}
    return LedgerEntry(
        kind=kind,
        **_who(by),
        address=came.address,
        device=came.device[:60],
        request=came.request[:36],
        path=came.path[:200],
        **_about(about),
        rows=rows,
        held=sorted(held) if held is not None else None,
        facts={name: _fact(value) for name, value in facts.items()},
    )


def _who(by: User | None) -> dict[str, Any]:
    return {"who": by.pk, "who_name": str(by)[:60], "who_role": by.role} if by is not None else {}


def _about(about: About) -> dict[str, str]:
    if about is None:
        return {}
    label, key = (about._meta.label_lower, str(about.pk)) if isinstance(about, models.Model) else about
    return {"about_label": label, "about_key": key[:40]}


def _fact(value: Fact) -> Fact:
    """The fact, shortened and without numbers of persons, in case a caller gives one by mistake."""
    return masked_numbers(value)[:LONGEST_FACT] if isinstance(value, str) else value


def _in_transaction() -> bool:
    """Whether a transaction of ours is open; the one that a test runs in does not count, as for Django's `durable`."""
    return any(not block._from_testcase for block in connection.atomic_blocks)  # type: ignore[attr-defined]


def _insert_apart(entry: LedgerEntry) -> None:
    """Insert the entry by a second connection to the same database, with the same role."""
    connections[APART] = connection.copy(alias=APART)
    try:
        entry.save(force_insert=True, using=APART)
    finally:
        connections[APART].close()
        del connections[APART]
