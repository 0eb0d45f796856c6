"""Who works on a job: a worker takes it under a lease, keeps the lease while it works, and gives it back or ends it.

The clock is the database's throughout: a machine whose own clock is an hour off takes nobody's work away and leaves
none lying.
"""

import logging
import mmap
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest, Now

from core.models import Job
from core.models.jobs import JobQuerySet

logger = logging.getLogger(__name__)

# Claims in a row that brought the work no further; after so many claims in all nothing counts as progress.
MOST_ATTEMPTS = 6
MOST_CLAIMS = 50
DATABASE_AWAY = (OperationalError, InterfaceError)

# Set when the worker of this process is told to end; its pool's processes share the byte, for they are forks of it.
_ending = mmap.mmap(-1, 1)


class LostLease(Exception):
    """Another worker took the job over; this one stops without a trace."""


class Cancelled(Exception):
    """The person who asked for the job asked it to stop."""


class HandedBack(Exception):
    """The worker was told to end: the job goes back at its next step, and others take it at once."""


def end_soon(ending: bool = True) -> None:
    _ending[0] = int(ending)


def ends_soon() -> bool:
    return bool(_ending[0])


def lease_length() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def held(job: Job) -> JobQuerySet:
    """The row of a job as far as it is still held by whoever claimed it."""
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)


# -- Taking --------------------------------------------------------------------------------------------------


def claim(job_id: int, *, kinds: Collection[str]) -> Job | None:
    """Take the job under a lease; None if it is worked on, ended, not due, or of none of these kinds."""
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
    """Write how far the work is and keep the lease; a step that no attempt reached before is progress. False if the
    lease was lost."""
    rows = held(job)
    kept = rows.update(done=min(done, total), total=total, lease_until=Now() + lease_length())
    rows.filter(furthest__lt=done, attempt__lt=MOST_CLAIMS).update(furthest=done, fruitless=0)
    return bool(kept)


def hold(job: Job) -> None:
    """Inside a transaction: lock the job's row and make sure that it is still ours, so that what this transaction
    writes is written by one worker only. Where it is committed the work came further."""
    found = held(job).select_for_update().values_list("fruitless", flat=True).first()
    if found is None:
        raise LostLease
    if found and job.attempt < MOST_CLAIMS:
        held(job).update(fruitless=0)


@contextmanager
def kept(job: Job) -> Iterator[None]:
    """Keep the lease from a second thread while the handler computes."""
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                held(job).update(lease_until=Now() + lease_length())
            except Exception:  # the work itself will meet the same trouble and report it
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
    """What a handler kept in the result on its way stays there when the job did not come to its end."""
    facts = {} if result is None else {"result": result}
    Job.objects.open().filter(pk=job.pk, attempt=job.attempt).update(
        state=state, ended_at=Now(), lease_until=None, error=error, **facts
    )


def hand_back(job: Job) -> None:
    """Let others take the job at once; that this worker had to end is no attempt."""
    _requeue(job, not_before=Now(), fruitless=Greatest(F("fruitless") - 1, Value(0)))


def retry(job: Job, error: Exception) -> None:
    """Back to the queue, a little later each time, until it has been tried often enough.

    An error counts as an attempt even after progress, but for a database that was away: that is like a kill.
    """
    spent = job.fruitless
    if isinstance(error, DATABASE_AWAY):
        spent = held(job).values_list("fruitless", flat=True).first() or 0
    message = f"{type(error).__name__}: {error}"[:2000]
    if spent >= MOST_ATTEMPTS:
        held(job).update(state=Job.State.FAILED, ended_at=Now(), lease_until=None, error=message, fruitless=spent)
    else:
        wait = timedelta(seconds=5 * 2 ** (max(spent, 1) - 1))
        _requeue(job, not_before=Now() + wait, error=message, fruitless=spent)


def _requeue(job: Job, **facts: Any) -> None:
    """Back to the queue, or to an end where the same was asked for again meanwhile: that job does the work."""
    try:
        with transaction.atomic():
            held(job).update(state=Job.State.QUEUED, lease_until=None, **facts)
    except IntegrityError:
        held(job).update(
            state=Job.State.CANCELLED, ended_at=Now(), lease_until=None, error=str(facts.get("error", job.error))
        )
