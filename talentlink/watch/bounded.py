"""Runs several reads of the database within a time limit; each read can fail without the others."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

T = TypeVar("T")
# The most seconds of one read, so that a slow read leaves time for the others.
LONGEST_PIECE = 1.0
LEAST = 0.02


class NoTime(Exception):
    """The earlier reads used up the time limit."""


class Bounded:
    """Context manager: a transaction for several reads; one that fails or takes too long does not stop the others.

    `at` is the moment by the clock of the database.
    """

    at: datetime

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            opening.enter_context(transaction.atomic())
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                self.at = cursor.fetchone()[0]
            self.stack = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.__exit__(kind, error, trace)

    def run(self, read: Callable[[datetime], T]) -> T:
        """Call `read` with `at` and return its result; raises its errors, and NoTime if no time is left."""
        left = min(self.until - time.monotonic(), LONGEST_PIECE)
        if left < LEAST:
            raise NoTime(_("there was no time left"))
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(1000 * left))])
            return read(self.at)
