"""Reading the database piece by piece within a given time, each piece by itself."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

T = TypeVar("T")
# One piece takes no longer than this, so that a slow one leaves time for the others.
LONGEST_PIECE = 1.0
LEAST = 0.02


class NoTime(Exception):
    """The pieces before took all the time there was."""


class Bounded:
    """A transaction in which pieces are read; one that fails or takes too long hurts no other.

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
        """What `read` says of this moment; raises what it raises, and NoTime where none is left."""
        left = min(self.until - time.monotonic(), LONGEST_PIECE)
        if left < LEAST:
            raise NoTime(_("there was no time left"))
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(1000 * left))])
            return read(self.at)
