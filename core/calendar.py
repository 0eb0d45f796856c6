"""The scheduler of beat: it makes the jobs of the calendar as rows, without a broker and without a file of its own.

Two beats may run at once: each job is asked for once. When work was last asked for is read from its jobs, so that work
missed while nothing ran (or while the database was away) is asked for once, as soon as possible.
"""

import logging
import os
import select
import signal
import time
from datetime import UTC, datetime
from typing import Any

from celery.beat import Scheduler as CelerysScheduler
from django.db import connection, transaction
from django.db.models import Max

from core import heartbeats, jobs
from core.models import Job

logger = logging.getLogger(__name__)

LONGEST_SLEEP = 5
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LOCK = 0x7A1E  # the number of PostgreSQL's advisory lock that a beat holds while it asks


class Scheduler(CelerysScheduler):
    """Celery's scheduler, over rows: an entry is due if its time has come since its kind of job was last asked for."""

    max_interval = LONGEST_SLEEP
    producer = None  # type: ignore[assignment]  # nothing is sent

    def setup_schedule(self) -> None:
        self.process = heartbeats.name_of("beat")
        self.known = False  # whether `last_run_at` of the entries was read from the rows
        self.next_beat = 0.0
        self.told_to_end, self._end = os.pipe()
        os.set_blocking(self._end, False)
        # Celery's handlers close the scheduler wherever the signal meets it, also in the middle of a transaction, where
        # the heartbeat would not be deleted for good. Here the signal is only noted; `tick` ends between two looks.
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: os.write(self._end, b"."))
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *args: Any, **options: Any) -> float:
        """Ask for what is due, one entry a tick, and wait until the next look; a signal to end ends the wait."""
        if select.select([self.told_to_end], [], [], self._look(*args, **options))[0]:
            raise SystemExit
        return 0

    def _look(self, *args: Any, **options: Any) -> float:
        """Ask for what is due, one entry; return the seconds until the next look."""
        try:
            self._live()
            if not self.known:
                self._learn()
        except Exception:
            logger.warning("the database is away; nothing is asked for until it is back", exc_info=True)
            connection.close()
            return LONGEST_SLEEP
        return max(0.0, min(float(super().tick(*args, **options)), LONGEST_SLEEP))

    def apply_async(self, entry: Any, *_args: Any, **_options: Any) -> None:
        """Ask for an entry's job unless another beat did or is doing so; if that fails, the entry is due again."""
        try:
            with transaction.atomic():
                self.known = self._alone()
                if self.known and entry.schedule.is_due(self._last_asked().get(entry.task, LONG_AGO)).is_due:
                    self.app.tasks[entry.task]()
        except Exception:
            self.known = False
            connection.close()
            raise

    def close(self) -> None:
        super().close()
        try:
            heartbeats.stop(self.process)
        except Exception:
            logger.warning("the heartbeat could not be taken away", exc_info=True)

    def _alone(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            return bool(cursor.fetchone()[0])

    def _live(self) -> None:
        if time.monotonic() >= self.next_beat:
            heartbeats.beat(self.process, "beat")
            self.next_beat = time.monotonic() + heartbeats.EVERY

    def _learn(self) -> None:
        asked = self._last_asked()
        entries: dict[str, Any] = self.schedule
        for entry in entries.values():
            entry.last_run_at = asked.get(entry.task, LONG_AGO)
        self.populate_heap()
        self.known = True

    def _last_asked(self) -> dict[str, datetime]:
        """When the work of each task was last asked for, in one query."""
        kinds = Job.objects.filter(kind__in=jobs.KIND_OF.values()).order_by()
        latest = dict(kinds.values_list("kind").annotate(Max("created_at")))
        return {task: latest[kind] for task, kind in jobs.KIND_OF.items() if kind in latest}
