"""Locks a row in another session, as an open psql can do, and gives connections limits like those of a web process."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models, transaction


class Held:
    """Context manager: the row is locked within the block, or until `let_go` is called."""

    def __init__(self, thing: models.Model) -> None:
        self.thing = thing
        self._holds, self._free = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, daemon=True)

    def __enter__(self) -> "Held":
        self._thread.start()
        assert self._holds.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self.let_go()

    def let_go(self) -> None:
        self._free.set()
        self._thread.join(10)

    def _hold(self) -> None:
        with transaction.atomic():
            type(self.thing)._default_manager.select_for_update().get(pk=self.thing.pk)
            self._holds.set()
            self._free.wait(120)
        connection.close()


@pytest.fixture
def like_web(transactional_db: None, settings: Any) -> Iterator[None]:
    """Connections of this test, and of its live server, have limits like those of a web process, but shorter."""
    settings.DATABASE_LIMITS = {"lock_timeout": "150ms", "statement_timeout": "2s"}
    connection.close()
    yield
    connection.close()
