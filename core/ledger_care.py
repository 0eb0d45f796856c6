"""What only the owner of the tables may do with the ledger: take whole days away, and empty what is personal.

The triggers of the ledger refuse both without the setting `talentlink.ledger_care`, and to every other role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction

from core.database_roles import as_owner
from core.models import LedgerDay, LedgerEntry


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


def empty_personal(account: int) -> int:
    """Empty name, address and device in all entries of an account, whose key stays; return how many there were.

    The digests stay as they are, so the chain holds; without the salt nobody can try names against them.
    """
    with caring():
        entries = LedgerEntry.objects.filter(who=account, salt__isnull=False)
        return int(entries.update(who_name="", address="", device="", salt=None))
