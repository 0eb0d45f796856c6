"""Background work as rows: ask for it, claim it under a lease, run it, and let a sweeper ring again.

A job may run twice (its worker may die after the work and before the last line), so every handler is written to be
repeated: it finds what an earlier attempt finished and goes on from there.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.edges import edge
from core.models import Job
from core.shapes import fault

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
Handler = Callable[["Run"], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}
# What beat rings for, as Celery wants it; filled while the apps load their tasks.
SCHEDULE: dict[str, dict[str, Any]] = {}
# The declared form of a kind's input and of its result, see core.shapes.
SHAPES: dict[str, tuple[Any, Any]] = {}
# Set by core.tasks: rings a worker for a job id. Losing a ring costs one sweep, never the job.
_bell: list[Callable[[int], None]] = []


class LostLease(Exception):
    """Another worker took the job over; this one stops without a trace."""


class Cancelled(Exception):
    """The person who asked for the job asked it to stop."""


def work(
    kind: str,
    *,
    args: Any = dict[str, Any],
    result: Any = dict[str, Any],
    every: Any = None,
    key: str = "",
    due: Callable[[date], bool] = lambda on: True,
) -> Callable[[Handler], Handler]:
    """Declare a piece of work: the function does jobs of this kind, with the form of its input and of its result.

    With `every` (a schedule of Celery's) beat rings for it: a task named after the function asks for the job, under
    `key` (the day where none is given, so once a day), whenever it is `due`.
    """

    def ask() -> None:
        now = timezone.now()
        today = timezone.localdate(now)
        if due(today):
            enqueue(kind, key or str(today), by=None, at=now)

    def declare(function: Handler) -> Handler:
        HANDLERS[kind] = function
        SHAPES[kind] = (args, result)
        if every is not None:
            ring_every(every, f"{function.__module__}.{function.__name__}", ask)
        return function

    return declare


def ring_every(every: Any, name: str, ring: Callable[[], Any], **options: Any) -> None:
    """Let beat run a task of this name."""
    shared_task(name=name)(ring)
    entry = name.rpartition(".")[2].replace("_", "-")
    SCHEDULE[entry] = {"task": name, "schedule": every, "options": options}


def set_bell(ring: Callable[[int], None]) -> None:
    _bell[:] = [ring]


def ring(job_id: int) -> None:
    """Wake a worker; a broker that is away is no error, because the sweeper rings again."""
    try:
        for bell in _bell:
            bell(job_id)
    except Exception:
        logger.warning("job %s: the broker did not answer, the sweeper will ring again", job_id, exc_info=True)


def enqueue(
    kind: str,
    key: str,
    *,
    by: User | None,
    at: datetime,
    args: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> Job:
    """Ask for a piece of work once: while one of the same kind and key is open, that one is returned.

    Raises ValueError for an input that the kind does not take.
    """
    _check(kind, 0, args or {})
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, key=key, args=args or {}, asked_by=by, not_before=not_before or at)
    except IntegrityError:
        found = Job.objects.open().filter(kind=kind, key=key).first()
        if found is None:  # it ended between the two statements
            return enqueue(kind, key, by=by, at=at, args=args, not_before=not_before)
        return found
    transaction.on_commit(lambda: ring(job.pk))
    return job


def _check(kind: str, which: int, value: dict[str, Any]) -> None:
    if kind in SHAPES and (wrong := fault(SHAPES[kind][which], value)):
        raise ValueError(f"{kind}, {('input', 'result')[which]}{wrong}")


def cancel(job: Job, *, by: User, at: datetime) -> bool:
    """Ask a job to stop: at once when nobody works on it, else at its next step. False if it had ended."""
    stopped = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=at)
    return bool(stopped or Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True))


def sweep(*, at: datetime) -> list[int]:
    """Ring for every job nobody works on; give up on those that failed too often."""
    ids = list(Job.objects.waiting(at).values_list("pk", flat=True)[:500])
    for job_id in ids:
        ring(job_id)
    return ids


def claim(job_id: int, *, at: datetime) -> Job | None:
    """Take the job under a lease, or return None if it is being worked on, ended, or not due."""
    with transaction.atomic():
        job = Job.objects.waiting(at).select_for_update(skip_locked=True).filter(pk=job_id).first()
        if job is None:
            return None
        if job.attempt >= MOST_ATTEMPTS:
            _end(job, Job.State.FAILED, at=at, error=job.error or "too many attempts")
            return None
        job.state, job.attempt = Job.State.RUNNING, job.attempt + 1
        job.started_at = job.started_at or at
        job.lease_until = at + lease_length()
        job.save(update_fields=["state", "attempt", "started_at", "lease_until"])
    return job


def lease_length() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


class Run:
    """One attempt at a job, in the hands of its handler."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @property
    def args(self) -> dict[str, Any]:
        return dict(self.job.args)

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is and keep the lease; raises LostLease or Cancelled when the work should stop."""
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt, state=Job.State.RUNNING)
        kept = mine.update(done=min(done, total), total=total, lease_until=timezone.now() + lease_length())
        if not kept:
            raise LostLease
        if mine.filter(cancel_asked=True).exists():
            raise Cancelled

    def hold(self) -> None:
        """Inside a transaction: lock the job row and make sure it is still ours, so that what this transaction
        writes is written by one worker only."""
        mine = Job.objects.select_for_update().filter(pk=self.job.pk, attempt=self.job.attempt, state=Job.State.RUNNING)
        if not mine.values_list("pk", flat=True).first():
            raise LostLease


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Keep the lease alive from a second thread while the handler computes."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
                Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING).update(
                    lease_until=timezone.now() + lease_length()
                )
        except Exception:  # the work itself will meet the same trouble and report it
            logger.warning("job %s: heartbeat lost", job.pk, exc_info=True)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def run(job_id: int) -> str:
    """Claim and do one job; the outcome as a word, for the log."""
    close_old_connections()
    job = claim(job_id, at=timezone.now())
    if job is None:
        return "not ours"
    attempt = Run(job)
    try:
        with _heartbeat(job), edge(f"job {job.kind} {job.key}"):
            result = HANDLERS[job.kind](attempt) or {}
            _check(job.kind, 1, result)
        _end(job, Job.State.DONE, at=timezone.now(), result=result)
    except LostLease:
        return "lease lost"
    except Cancelled:
        _end(job, Job.State.CANCELLED, at=timezone.now())
    except Exception as error:
        logger.exception("job %s (%s %s), attempt %s", job.pk, job.kind, job.key, job.attempt)
        _retry(job, error)
        return "failed, will be tried again"
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def _end(job: Job, state: str, *, at: datetime, result: dict[str, Any] | None = None, error: str = "") -> None:
    """What a handler kept in the result on its way stays there when the job did not come to its end."""
    facts = {} if result is None else {"result": result}
    Job.objects.filter(pk=job.pk, attempt=job.attempt, state__in=[Job.State.RUNNING, Job.State.QUEUED]).update(
        state=state, ended_at=at, lease_until=None, error=error, **facts
    )


def _retry(job: Job, error: Exception) -> None:
    """Back to the queue, a little later each time, until it has been tried often enough."""
    mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)
    message = f"{type(error).__name__}: {error}"[:2000]
    now = timezone.now()
    if job.attempt >= MOST_ATTEMPTS:
        mine.update(state=Job.State.FAILED, ended_at=now, lease_until=None, error=message)
    else:
        wait = timedelta(seconds=5 * 2 ** (job.attempt - 1))
        mine.update(state=Job.State.QUEUED, lease_until=None, not_before=now + wait, error=message, done=F("done"))
