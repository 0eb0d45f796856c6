"""`--as-application`: the connections of tests take the application's role, as web, worker and beat have it.

Only the code around the tests stays the owner: it makes the database and empties its tables after a test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created

from supervisor.roles import APPLICATION
from tests.emptying import empty


def take(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


def on_connection(sender: Any, connection: BaseDatabaseWrapper, **named: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APPLICATION}")


def emptied_by_the_owner(operations: DatabaseOperations, statements: list[str]) -> None:
    take("NONE")
    empty(operations, statements)
    take(APPLICATION)


@pytest.fixture
def owner(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """The owner's role, for a test that does what only the owner may do."""
    take("NONE")
    yield
    take(APPLICATION if request.config.getoption("--as-application") else "NONE")


@pytest.fixture(scope="session", autouse=True)
def application(request: pytest.FixtureRequest) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    if not request.config.getoption("--as-application"):
        patch.setattr(DatabaseOperations, "execute_sql_flush", empty)
        yield
        patch.undo()
        return
    request.getfixturevalue("django_db_setup")
    connection_created.connect(on_connection)
    patch.setattr(DatabaseOperations, "execute_sql_flush", emptied_by_the_owner)
    # This connection was opened before, while the database was made, so it has the owner's role.
    connection.close()
    yield
    patch.undo()
    connection_created.disconnect(on_connection)
    connection.close()
