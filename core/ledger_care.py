"""What only the owner of the tables may do with the ledger: take whole days away.

The triggers of the ledger refuse it without the setting `talentlink.ledger_care`, and to every other role. With it they
also let an erasure empty what is personal in entries (privacy.history_function).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction

from core.database_roles import as_owner
from core.models import LedgerDay


@contextmanager
def caring() -> Iterator[None]:
    """One transaction of the owner in which the ledger may be cared for."""
    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('talentlink.ledger_care', 'on', true)")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('talentlink.ledger_care', '', true)")


def take_away_days(before: date) -> tuple[int, int]:
    """Delete the entries of the sealed days before this one; their seals stay. Return the numbers of days and entries.

    The caller sees to it that the days are past their time.
    """
    with caring(), connection.cursor() as cursor:
        days = LedgerDay.objects.filter(day__lt=before, emptied_at=None)
        gone = list(days.order_by("day").values_list("day", flat=True))
        cursor.execute("UPDATE core_ledgerday SET emptied_at = clock_timestamp() WHERE day = ANY(%s)", [gone])
        cursor.execute("DELETE FROM core_ledgerentry WHERE day = ANY(%s)", [gone])
        return len(gone), cursor.rowcount
