"""How long a process waits for the database: limits by its role, told to PostgreSQL on each connection it opens.

They are set after connecting and not in the startup packet, which poolers such as PgBouncer refuse. A limit that
DATABASE_URL gives in its own `options` stays as given.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

# A list of 50,000 rows for a sheet is read within this.
FOR_AN_EXPORT = "90s"


def limit_connection(connection: Any, **_named: Any) -> None:
    """Receiver of `connection_created`: tell the new session the limits of this process' role."""
    given = connection.settings_dict.get("OPTIONS", {}).get("options", "")
    _set(connection, {name: value for name, value in settings.DATABASE_LIMITS.items() if name not in given})


@contextmanager
def limits(**others: str) -> Iterator[None]:
    """Run what is inside under other limits, such as `limits(statement_timeout="90s")`; a role without limits keeps
    none. In a transaction they end with it at the latest."""
    if not settings.DATABASE_LIMITS:
        yield
        return
    within = connection.in_atomic_block
    before = _now(list(others))
    _set(connection, others, local=within)
    try:
        yield
    except BaseException:
        if not within:
            _restore(before)
        raise  # the transaction that is rolled back takes its limits with it
    else:
        _restore(before, local=within)


def _now(names: list[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['current_setting(%s)'] * len(names))}", names)
        return dict(zip(names, cursor.fetchone(), strict=True))


def _restore(before: Mapping[str, str], *, local: bool = False) -> None:
    try:
        _set(connection, before, local=local)
    except (DatabaseError, InterfaceError):
        connection.close()  # the next one begins with the limits of the role


def _set(connection: Any, values: Mapping[str, str], *, local: bool = False) -> None:
    if values:
        with connection.cursor() as cursor:
            parts = ", ".join(["set_config(%s, %s, %s)"] * len(values))
            cursor.execute(f"SELECT {parts}", [each for pair in values.items() for each in (*pair, local)])
