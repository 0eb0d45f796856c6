"""The days of the ledger: sealed soon after they are over, and checked against their entries."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Min
from psycopg2.errors import LockNotAvailable

from core.models import LedgerDay, LedgerEntry

logger = logging.getLogger(__name__)

# The entries of a day: key, first characters of the digest, and whether the entry is as it was written. Of an entry of
# somebody who was erased the name is empty, and only the rest is compared: address and device may stay, as the law
# demands, and without the name nothing can be compared with `personal`.
ENTRIES = """
    SELECT id, left(encode(digest, 'hex'), 12),
        digest = core_ledger_digest(entry)
        AND (salt IS NOT NULL AND personal = core_ledger_personal(entry)
             OR salt IS NULL AND who_name = '')
    FROM core_ledgerentry AS entry WHERE day = %s ORDER BY id
"""
CONTENT = "SELECT sha256(COALESCE(string_agg(digest, ''::bytea ORDER BY id), '')) FROM core_ledgerentry WHERE day = %s"


class Wrong(StrEnum):
    """What a check finds."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    SEAL = "seal"
    MISSING = "missing"


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written: on which day, which entry if it is one, and what."""

    day: date
    what: Wrong
    entry: int | None = None


@dataclass
class Checked:
    """What a check looked at and found."""

    days: int = 0
    entries: int = 0
    faults: list[Fault] = field(default_factory=list)


# -- Sealing --------------------------------------------------------------------------------------------------


def days_to_seal() -> list[date]:
    """The days that are over and not sealed, by the clock of the database, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")
        today: date = cursor.fetchall()[0][0]
    last = LedgerDay.objects.aggregate(last=Max("day"))["last"]
    first = last + timedelta(days=1) if last else LedgerEntry.objects.aggregate(first=Min("day"))["first"]
    return [first + timedelta(days=n) for n in range((today - first).days)] if first else []


def seal_days() -> list[LedgerDay]:
    """Seal the days that are over, each in a transaction of its own; stop at one with entries not yet committed.

    The log gets each seal, so that it can be compared with one that the database held at that time.
    """
    sealed = []
    for day in days_to_seal():
        try:
            with transaction.atomic():
                row = LedgerDay.objects.create(day=day)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            logger.info("the day %s of the ledger waits for a transaction that is open", day)
            break
        row.refresh_from_db()
        logger.info("the day %s of the ledger is sealed: %s entries, seal %s", day, row.entries, in_groups(row.seal))
        sealed.append(row)
    return sealed


def in_groups(digest: bytes | memoryview) -> str:
    """A digest as people compare it, in groups of four characters."""
    text = bytes(digest).hex()
    return ":".join(text[at : at + 4] for at in range(0, len(text), 4))


# -- Checking -------------------------------------------------------------------------------------------------


def check(*, tell: Callable[[int, int], None] = lambda done, total: None) -> Checked:
    """Compare all entries with their digests and the days with their seals, from the first day to the present one."""
    found = Checked()
    sealed = list(LedgerDay.objects.order_by("day"))
    last = sealed[-1].day if sealed else date.min
    open_days = LedgerEntry.objects.filter(day__gt=last).order_by("day").values_list("day", flat=True).distinct()
    days = len(sealed) + len(open_days)
    for number, fault in _check_seals(sealed, found):
        found.faults += fault
        tell(number, days)
    for number, day in enumerate(open_days, len(sealed) + 1):
        entries = _entries_of(day)
        found.entries += len(entries)
        found.faults += [Fault(day, Wrong.ALTERED, key) for key, _mark, whole in entries if not whole]
        tell(number, days)
    found.faults += _outside(sealed)
    found.days = days
    return found


def _check_seals(sealed: Sequence[LedgerDay], found: Checked) -> Iterator[tuple[int, list[Fault]]]:
    before: LedgerDay | None = None
    for number, day in enumerate(sealed, 1):
        faults = []
        if before is not None and day.day != before.day + timedelta(days=1):
            faults.append(Fault(before.day + timedelta(days=1), Wrong.MISSING))
        if bytes(day.seal) != seal_of(day, bytes(before.seal) if before else b""):
            faults.append(Fault(day.day, Wrong.SEAL))
        if day.emptied_at is None:
            faults += _check_day(day, found)
        yield number, faults
        before = day


def seal_of(day: LedgerDay, before: bytes) -> bytes:
    """The seal that follows from the day's row and the seal of the day before."""
    return hashlib.sha256(before + f"{day.day.isoformat()}|{day.entries}|".encode() + bytes(day.content)).digest()


def _check_day(day: LedgerDay, found: Checked) -> list[Fault]:
    """Compare the entries of a sealed day with what its row says of each of them."""
    entries = _entries_of(day.day)
    found.entries += len(entries)
    kept = dict(zip(day.keys, day.marks, strict=False))
    present = {key for key, _mark, _whole in entries}
    faults = [Fault(day.day, Wrong.REMOVED, key) for key in day.keys if key not in present]
    for key, mark, whole in entries:
        if key not in kept:
            faults.append(Fault(day.day, Wrong.INSERTED, key))
        elif not whole or mark != kept[key]:
            faults.append(Fault(day.day, Wrong.ALTERED, key))
    if not faults and _asked(CONTENT, day.day)[0][0].tobytes() != bytes(day.content):
        faults.append(Fault(day.day, Wrong.SEAL))
    return faults


def _outside(sealed: Sequence[LedgerDay]) -> list[Fault]:
    """Entries on days where none can be: before the first sealed day, on a missing one, on one taken away."""
    if not sealed:
        return []
    full = [day.day for day in sealed if day.emptied_at is None]
    rows = LedgerEntry.objects.filter(day__lte=sealed[-1].day).exclude(day__in=full).order_by("id")[:100]
    return [Fault(row.day, Wrong.INSERTED, row.pk) for row in rows]


def _entries_of(day: date) -> list[tuple[int, str, bool]]:
    return [(key, mark, bool(whole)) for key, mark, whole in _asked(ENTRIES, day)]


def _asked(question: str, day: date) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, [day])
        return list(cursor.fetchall())
