"""Lanes: people who wait, batch runs and the calendar have workers of their own, which look for jobs in the database.

A message of Celery's wakes a worker at once; the worker reads from the rows which job to do. Besides, each process of a
worker's pool looks for jobs every two seconds, so that work goes on while the broker is away, hung or empty. A process
does one job at a time, whether a message or its own look found the job.
"""

import logging
import random
import threading
from collections.abc import Sequence

from django.db import close_old_connections, connection

from core import jobs, leases

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two looks for jobs, while there are none
AFTER_TROUBLE = 5.0
SECONDS_TO_END = 15.0  # how long a process that must end waits for the present step of its job
# The order in which a worker of several lanes looks into them: a batch run is long, work of the calendar is short.
LANES: tuple[jobs.Lane, ...] = ("people", "calendar", "rounds")
# The lanes in which the processes of this worker look for jobs. Every worker serves "people", and before its own lanes.
served: list[str] = []

_at_work = threading.Lock()


def kinds_of(lane: str) -> list[str]:
    return [kind for kind, its in jobs.LANE_OF.items() if its == lane and kind in jobs.HANDLERS]


def answer(job_id: int) -> str:
    """Answer a message of Celery's: do the job that waits longest in the lanes of this worker.

    Nothing is done if this process is doing a job; a process that is free finds the waiting one.
    """
    return do_next(served) if served else jobs.run(job_id)


def do_next(lanes: Sequence[str]) -> str:
    """Do the job of these lanes that waits longest; return the outcome as a word, empty if none waits."""
    if not _at_work.acquire(blocking=False):
        return ""
    try:
        close_old_connections()
        for lane in LANES:
            job = leases.claim_next(kinds_of(lane)) if lane in lanes else None
            if job is not None:
                return jobs.do(job)
        return ""
    finally:
        _at_work.release()


class Sweeper(threading.Thread):
    """A thread that looks for jobs of this worker's lanes until `end` is called."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        pause = EVERY * random.random()  # noqa: S311  # processes started together look at different times
        while not self.ended.wait(pause) and not leases.ends_soon():
            pause = self.look()

    def look(self) -> float:
        """Do a job if one waits; return the seconds until the next look."""
        try:
            return 0 if do_next(served) else EVERY
        except Exception:
            logger.warning("the database was not there to look for work", exc_info=True)
            connection.close()
            return AFTER_TROUBLE

    def end(self) -> None:
        """Stop looking for jobs, and wait for the running one, at most `SECONDS_TO_END`."""
        self.ended.set()
        self.join(SECONDS_TO_END)
