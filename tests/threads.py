"""Runs acts at the same time, such that a test can be certain whether the second waited for the first."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

Act = Callable[[], Any]


class Side(threading.Thread):
    """An act in a thread with its own database connection; `outcome` is what the act returned or raised."""

    def __init__(self, act: Act, *, before: Act = lambda: None, hold: Act | None = None) -> None:
        super().__init__(daemon=True)
        self.act, self.before, self.hold = act, before, hold
        self.backend = 0
        self.outcome: Any = None
        self.began, self.acted = threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            self.before()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = cursor.fetchone()[0]
            self.began.set()
            if self.hold is None:
                self.outcome = self.act()
            else:
                with transaction.atomic():
                    self.outcome = self.act()
                    self.acted.set()
                    self.hold()
        except Exception as error:  # noqa: BLE001  it is the outcome
            self.outcome = error
        finally:
            self.began.set()
            self.acted.set()
            connection.close()


def race(first: Act, second: Act) -> tuple[Any, Any]:
    """Run `first` in a transaction and `second` at the same time; return what each returned or raised.

    The transaction is committed only when `second` waits for it, or has ended without waiting.
    """
    two = Side(second)

    def until_blocked() -> None:
        two.start()
        two.began.wait(10)
        until = time.monotonic() + 10
        while two.is_alive() and not _blocked(two.backend):
            if time.monotonic() > until:
                pytest.fail("the second act neither ended nor waited")

    one = Side(first, hold=until_blocked)
    one.start()
    one.join(30)
    if not two.ident:  # `first` was refused, so there was nothing to wait for
        two.start()
    two.join(30)
    assert not one.is_alive()
    assert not two.is_alive()
    return one.outcome, two.outcome


def _blocked(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
        return bool(cursor.fetchone()[0])


def together(*acts: Act) -> list[Any]:
    """Run all acts at the same time; return what each returned or raised."""
    start = threading.Barrier(len(acts))
    sides = [Side(act, before=start.wait) for act in acts]
    for side in sides:
        side.start()
    for side in sides:
        side.join(60)
        assert not side.is_alive()
    return [side.outcome for side in sides]
