"""Lanes: people who wait, rounds and the calendar have workers of their own, who look into the database for work.

A message of Celery's wakes a worker at once; which job is done then is told by the rows. Beside it each process of a
worker's pool looks every two seconds, so that work goes on while the broker is away, hung or empty. One process does
one job at a time, whichever of the two found it.
"""

import logging
import random
import threading
from collections.abc import Sequence

from django.db import close_old_connections, connection

from core import jobs, leases

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two looks of a process that has nothing to do
AFTER_TROUBLE = 5.0
SECONDS_TO_END = 15.0  # a process told to end waits so long for the step it is at
# The order in which a worker of several lanes looks into them: a round is long, and the calendar asks for little.
LANES: tuple[jobs.Lane, ...] = ("people", "calendar", "rounds")
# What the processes of this worker look for. Those of other lanes help people first, between two of their own jobs.
served: list[str] = []

_at_work = threading.Lock()


def kinds_of(lane: str) -> list[str]:
    return [kind for kind, its in jobs.LANE_OF.items() if its == lane and kind in jobs.HANDLERS]


def answer(job_id: int) -> str:
    """What a message is for: do the job that waits in the lanes of this worker. Where this process is at work already
    nothing is done, for whoever is free finds the job."""
    return do_next(served) if served else jobs.run(job_id)


def do_next(lanes: Sequence[str]) -> str:
    """Do the job of these lanes that waits longest; the outcome as a word, empty if none waits."""
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
    """Looks for work of this worker's lanes until it is told to end."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        pause = EVERY * random.random()  # noqa: S311  # processes started together look one after the other
        while not self.ended.wait(pause) and not leases.ends_soon():
            pause = self.look()

    def look(self) -> float:
        """Do a job if one waits; how long to wait before the next look."""
        try:
            return 0 if do_next(served) else EVERY
        except Exception:
            logger.warning("the database was not there to look for work", exc_info=True)
            connection.close()
            return AFTER_TROUBLE

    def end(self) -> None:
        """Look no more, and wait for the job at hand as long as a worker may take to stop."""
        self.ended.set()
        self.join(SECONDS_TO_END)
