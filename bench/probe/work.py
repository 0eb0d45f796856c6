"""Work that writes, done once: seconds by the clock and of the processor, in this process and in PostgreSQL."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.rounds import closing_month
from service import closing, standings

MB = 1_000_000


@dataclass(frozen=True)
class Spent:
    """What the work took. `postgres` is the process of the server that serves this connection: what it writes later, in
    processes of its own, is told by `logged`, the megabytes of its log of changes."""

    clock: float
    python: float
    postgres: float
    logged: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(
            self.clock - before.clock,
            self.python - before.python,
            self.postgres - before.postgres,
            self.logged - before.logged,
        )


def work(what: str) -> dict[str, Any]:
    """Do it on the rows as they are; for how many assignments, and what it took."""
    before = _now()
    count = WORK[what]()
    return {"count": count} | asdict(_now().since(before))


def _now() -> Spent:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
        server, logged = cursor.fetchone()
    # The first number is the nanoseconds that the process ran.
    ran = int(Path(f"/proc/{server}/schedstat").read_text().split()[0])
    return Spent(time.perf_counter(), time.process_time(), ran / 1e9, float(logged) / MB)


def _close() -> int:
    return int(closing.close_month(closing_month(timezone.localdate()), at=timezone.now()))


def _standings() -> int:
    return int(standings.refresh_all_standings(on=timezone.localdate(), at=timezone.now()))


WORK: dict[str, Callable[[], int]] = {"close": _close, "standings": _standings}
