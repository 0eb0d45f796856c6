"""Counts what happens too often for an entry each time: one row for a day, an account, a kind and a mark.

When the day is over, `fold` writes the entries of the ledger that the counts make.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core.models import LedgerTally

COUNT = """
    INSERT INTO core_ledgertally (day, kind, who, mark, times, rows) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (day, kind, who, mark) DO UPDATE SET
        times = core_ledgertally.times + excluded.times, rows = core_ledgertally.rows + excluded.rows,
        last_at = now()
    RETURNING times
"""
FIRST = """
    INSERT INTO core_ledgertally (day, kind, who, mark, times, rows)
    SELECT %s, %s, %s, mark, 1, 0 FROM unnest(%s::text[]) AS mark ORDER BY mark
    ON CONFLICT DO NOTHING RETURNING mark
"""
BATCH = 500
Fold = Callable[[LedgerTally, User | None], None]
# The kind of tallies → what writes an entry of each when its day is over.
FOLDS: dict[str, Fold] = {}


def nothing_more(row: LedgerTally, by: User | None) -> None:
    """The fold of what was an entry when it happened."""


def today() -> date:
    return timezone.localdate()


def count(kind: str, *, by: User | None, mark: str, times: int = 1, rows: int = 0) -> int:
    """Count it, and return how often it happened today."""
    return int(_asked(COUNT, today(), kind, by.pk if by else 0, mark, times, rows)[0][0])


def first_times(kind: str, *, by: User, marks: Sequence[str]) -> set[str]:
    """Those of the marks that come for the first time today; later times are not counted and write nothing."""
    return {mark for (mark,) in _asked(FIRST, today(), kind, by.pk, list(marks))}


def _asked(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def fold(before: date) -> int:
    """Write the entries of the days that are over, and remove their tallies; return how many tallies there were."""
    done = 0
    over = LedgerTally.objects.filter(day__lt=before, kind__in=FOLDS)
    while keys := list(over.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows = list(LedgerTally.objects.filter(pk__in=keys).select_for_update())
            people = User.objects.in_bulk({row.who for row in rows})
            for row in rows:
                FOLDS[row.kind](row, people.get(row.who))
            LedgerTally.objects.filter(pk__in=[row.pk for row in rows]).delete()
        done += len(keys)
    return done
