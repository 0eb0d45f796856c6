"""How long a process waits for the database: limits by its role, set on each connection that it opens.

They are set after connecting and not in the startup packet, because poolers such as PgBouncer refuse them there. A
limit that DATABASE_URL gives in its own `options` is kept.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

# Long enough to read a list of 50,000 rows for an export.
FOR_AN_EXPORT = "90s"


def limit_connection(connection: Any, **_named: Any) -> None:
    """Receiver of `connection_created`: set the limits of this process' role for the new session."""
    given = connection.settings_dict.get("OPTIONS", {}).get("options", "")
    _set(connection, {name: value for name, value in settings.DATABASE_LIMITS.items() if name not in given})


@contextmanager
def limits(**others: str) -> Iterator[None]:
    """Set other limits within the block, such as `limits(statement_timeout="90s")`.

    A role without limits keeps none. Inside a transaction the limits end with it at the latest.
    """
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
        raise  # the rollback of the transaction restores the limits
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
        connection.close()  # the next connection has the limits of the role


def _set(connection: Any, values: Mapping[str, str], *, local: bool = False) -> None:
    if values:
        with connection.cursor() as cursor:
            parts = ", ".join(["set_config(%s, %s, %s)"] * len(values))
            cursor.execute(f"SELECT {parts}", [each for pair in values.items() for each in (*pair, local)])
