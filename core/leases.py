"""Leases of jobs: a worker takes a job under a lease, renews the lease while it works, and gives back or ends the job.

All times are of the database's clock, so a machine whose own clock is wrong neither takes a job from another worker nor
leaves a job undone.
"""

import logging
import mmap
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest, Now

from core.away import is_away
from core.models import Job
from core.models.jobs import JobQuerySet

logger = logging.getLogger(__name__)

# A job fails after so many claims in a row without progress. After `MOST_CLAIMS` claims in all, nothing counts as
# progress any more.
MOST_ATTEMPTS = 6
MOST_CLAIMS = 50

# 1 when the worker of this process was told to end. The processes of its pool are forks of it and share this byte.
_ending = mmap.mmap(-1, 1)


class LostLease(Exception):
    """Another worker took the job over; this one stops and writes nothing more."""


class Cancelled(Exception):
    """The person who asked for the job asked it to stop."""


class HandedBack(Exception):
    """The worker was told to end: it gives the job back at the next step, and another worker takes it at once."""


def end_soon(ending: bool = True) -> None:
    _ending[0] = int(ending)


def ends_soon() -> bool:
    return bool(_ending[0])


def lease_length() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def held(job: Job) -> JobQuerySet:
    """The row of a job if the worker that claimed `job` still holds it, else no row."""
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)


# -- Taking --------------------------------------------------------------------------------------------------


def claim(job_id: int, *, kinds: Collection[str]) -> Job | None:
    """Take the job under a lease; None if another worker holds it, it ended, is not due, or of none of these kinds."""
    return _take(Job.objects.waiting().filter(pk=job_id, kind__in=kinds))


def claim_next(kinds: Collection[str]) -> Job | None:
    """Take the job of these kinds that waits longest, or None when none waits."""
    return _take(Job.objects.waiting().filter(kind__in=kinds)) if kinds else None


def _take(rows: JobQuerySet) -> Job | None:
    while True:
        with transaction.atomic():
            job = rows.select_for_update(skip_locked=True, of=("self",)).first()
            if job is None:
                return None
            if job.fruitless < MOST_ATTEMPTS:
                return _taken(job)
            end(job, Job.State.FAILED, error=job.error or "too many attempts")


def _taken(job: Job) -> Job:
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING,
        attempt=F("attempt") + 1,
        fruitless=F("fruitless") + 1,
        started_at=Coalesce("started_at", Now()),
        lease_until=Now() + lease_length(),
    )
    job.refresh_from_db()
    return job


# -- Keeping -------------------------------------------------------------------------------------------------


def progressed(job: Job, done: int, total: int) -> bool:
    """Write how many steps are done and renew the lease; return False if the lease was lost.

    A step that no earlier attempt reached counts as progress.
    """
    rows = held(job)
    kept = rows.update(done=min(done, total), total=total, lease_until=Now() + lease_length())
    rows.filter(furthest__lt=done, attempt__lt=MOST_CLAIMS).update(furthest=done, fruitless=0)
    return bool(kept)


def hold(job: Job) -> None:
    """Inside a transaction: lock the job's row; raise LostLease if this worker does not hold the job any more.

    So only one worker writes the work of a job. The commit of such a transaction counts as progress.
    """
    found = held(job).select_for_update().values_list("fruitless", flat=True).first()
    if found is None:
        raise LostLease
    if found and job.attempt < MOST_CLAIMS:
        held(job).update(fruitless=0)


@contextmanager
def kept(job: Job) -> Iterator[None]:
    """Renew the lease from a second thread while the handler runs."""
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                held(job).update(lease_until=Now() + lease_length())
            except Exception:  # the handler will get the same error and report it
                logger.warning("job %s: the lease could not be kept", job.pk, exc_info=True)
                connection.close()
        connection.close()

    thread = threading.Thread(target=keep, name=f"lease-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


# -- Giving back, ending ---------------------------------------------------------------------------------------


def end(job: Job, state: str, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    """End the job with this state. Without `result`, the result that the handler wrote so far is kept."""
    facts = {} if result is None else {"result": result}
    Job.objects.open().filter(pk=job.pk, attempt=job.attempt).update(
        state=state, ended_at=Now(), lease_until=None, error=error, **facts
    )


def hand_back(job: Job) -> None:
    """Let other workers take the job at once; the attempt of this worker, which had to end, does not count."""
    _requeue(job, not_before=Now(), fruitless=Greatest(F("fruitless") - 1, Value(0)))


def retry(job: Job, error: Exception) -> None:
    """Put the job back into the queue, each time for later; after `MOST_ATTEMPTS` attempts it fails.

    An error counts as an attempt even after progress, except when the database was away: then progress counts, as it
    does when a worker is killed.
    """
    spent = job.fruitless
    if is_away(error):
        spent = held(job).values_list("fruitless", flat=True).first() or 0
    message = f"{type(error).__name__}: {error}"[:2000]
    if spent >= MOST_ATTEMPTS:
        held(job).update(state=Job.State.FAILED, ended_at=Now(), lease_until=None, error=message, fruitless=spent)
    else:
        wait = timedelta(seconds=5 * 2 ** (max(spent, 1) - 1))
        _requeue(job, not_before=Now() + wait, error=message, fruitless=spent)


def _requeue(job: Job, **facts: Any) -> None:
    """Put the job back into the queue; cancel it if the same work was asked for meanwhile, for that job does it."""
    try:
        with transaction.atomic():
            held(job).update(state=Job.State.QUEUED, lease_until=None, **facts)
    except IntegrityError:
        held(job).update(
            state=Job.State.CANCELLED, ended_at=Now(), lease_until=None, error=str(facts.get("error", job.error))
        )
