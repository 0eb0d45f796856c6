"""Background work as rows of `Job`: ask for it, claim it under a lease, run it.

A job may run twice (its worker may die after the work and before the row is written), so every handler can be repeated:
it finds what an earlier attempt finished and goes on from there.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Literal

from celery import shared_task
from django.db import IntegrityError, close_old_connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import leases
from core.edges import edge
from core.errors import AlreadyDone, Refused
from core.leases import Cancelled, HandedBack, LostLease
from core.logs import of_job
from core.models import Job
from core.models.jobs import JobQuerySet
from core.shapes import fault

__all__ = ["Cancelled", "LostLease", "Run", "cancel", "enqueue", "run", "run_again", "unknown_kinds", "work"]
logger = logging.getLogger(__name__)

# For whom the work is done: a person who waits at a page, a batch run or a plan, the calendar.
Lane = Literal["people", "rounds", "calendar"]
Handler = Callable[["Run"], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}
LANE_OF: dict[str, Lane] = {}
# The entries of Celery's beat schedule, and the kind of job of each task; filled while the apps load their tasks.
SCHEDULE: dict[str, dict[str, Any]] = {}
KIND_OF: dict[str, str] = {}
# The declared types of a kind's input and of its result, see core.shapes.
SHAPES: dict[str, tuple[Any, Any]] = {}
# For a kind: the table of the row that its jobs are about, and the key of the input that holds the row's key.
ABOUT: dict[str, tuple[str, str]] = {}
# Kinds that run all day long; lists leave their jobs out.
ROUTINE: set[str] = set()
# Set by core.tasks: wakes a worker of a lane for a job id. If the message is lost, the next sweep finds the job.
_waking: list[Callable[[int, str], None]] = []


def work(
    kind: str,
    *,
    lane: Lane,
    words: Any,
    about: tuple[str, str] | None = None,
    routine: bool = False,
    args: Any = dict[str, Any],
    result: Any = dict[str, Any],
    every: Any = None,
    key: str = "",
    due: Callable[[date], bool] = lambda on: True,
) -> Callable[[Handler], Handler]:
    """Declare a kind of job: the decorated function does jobs of this kind, in this lane.

    `words` name the kind to people. `about` is the table of the row that a job is about, and the key of the input that
    holds the row's key. `args` and `result` are the types of input and result. Lists leave out jobs of a `routine`
    kind, unless they failed or are asked for.

    With `every` (a schedule of Celery's) beat asks for a job under `key` (by default the day), if `due` allows it: once
    for each time of the schedule, and once for all times that were missed.
    """

    def ask() -> None:
        today = timezone.localdate()
        if due(today):
            enqueue(kind, key or str(today), by=None, at=timezone.now())

    def declare(function: Handler) -> Handler:
        HANDLERS[kind], LANE_OF[kind] = function, lane
        SHAPES[kind] = (args, result)
        Job.WORDS[kind] = words
        if about is not None:
            ABOUT[kind] = about
        if routine:
            ROUTINE.add(kind)
        if every is not None:
            _schedule(every, kind, f"{function.__module__}.{function.__name__}", ask)
        return function

    return declare


def _schedule(every: Any, kind: str, name: str, ask: Callable[[], None]) -> None:
    shared_task(name=name)(ask)
    entry = name.rpartition(".")[2].replace("_", "-")
    SCHEDULE[entry] = {"task": name, "schedule": every}
    KIND_OF[name] = kind


def set_waking(wake: Callable[[int, str], None]) -> None:
    _waking[:] = [wake]


@contextmanager
def silent() -> Iterator[list[Callable[[int, str], None]]]:
    """Wake no worker within the block; workers find the jobs by themselves. Yields the functions that wake workers."""
    kept = list(_waking)
    _waking.clear()
    try:
        yield kept
    finally:
        _waking[:] = kept


def wake(job_id: int, lane: str) -> None:
    """Wake a worker; a broker that is away is no error, because workers look for jobs themselves."""
    try:
        for wake_worker in _waking:
            wake_worker(job_id, lane)
    except Exception:
        logger.warning("job %s: the broker did not answer, the sweeper will find it", job_id, exc_info=True)


# -- Asking --------------------------------------------------------------------------------------------------


def enqueue(
    kind: str,
    key: str,
    *,
    by: User | None,
    at: datetime,
    args: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> Job:
    """Ask for a job; if one of the same kind and key waits, that one is returned.

    A running job has read its rows already, so a new job waits until it ended and does the work once more. A job that
    waits is locked until the transaction ends, so the worker that takes it reads what this transaction wrote. Raises
    ValueError for an input that does not fit the declared type of the kind.
    """
    _check(kind, 0, args or {})
    facts = {"args": args or {}, "asked_by": by, "not_before": not_before or Now()}
    while True:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, **facts)
            break
        except IntegrityError:
            queued = Job.objects.filter(state=Job.State.QUEUED, kind=kind, key=key)
            with transaction.atomic():
                found = queued.select_for_update(of=("self",)).first()
            if found is not None:  # else the job was taken or ended between the two statements
                return found
    job.refresh_from_db(fields=["not_before"])
    transaction.on_commit(lambda: wake(job.pk, LANE_OF.get(kind, "people")))
    return job


def _check(kind: str, which: int, value: dict[str, Any]) -> None:
    if kind in SHAPES and (wrong := fault(SHAPES[kind][which], value)):
        raise ValueError(f"{kind}, {('input', 'result')[which]}{wrong}")


def cancel(job: Job, *, by: User, at: datetime) -> bool:
    """Stop a job: at once if no worker runs it, else at its next step. Return False if it had ended."""
    stopped = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=at)
    logger.info("job %s (%s %s) is to stop, asked by user %s", job.pk, job.kind, job.key, by.pk)
    return bool(stopped or Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True))


def run_again(job: Job, *, by: User) -> Job:
    """Put a job that failed for good back into the queue; it goes on from what it finished.

    Raises Refused if it did not fail, AlreadyDone if the same work was asked for since.
    """
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    again = {"state": Job.State.QUEUED, "fruitless": 0, "ended_at": None, "cancel_asked": False}
    try:
        with transaction.atomic():
            if not failed.update(**again, not_before=Now()):
                raise Refused(_("Only work that failed is done again."), code="not_failed")
    except IntegrityError:
        raise AlreadyDone(_("The same work was asked for since and waits already.")) from None
    logger.info("job %s (%s %s) is run again, asked by user %s", job.pk, job.kind, job.key, by.pk)
    transaction.on_commit(lambda: wake(job.pk, LANE_OF.get(job.kind, "people")))
    return job


def unknown_kinds() -> JobQuerySet:
    """Open jobs of kinds that this release does not know: a later release asked for them, and its workers do them."""
    return Job.objects.open().exclude(kind__in=HANDLERS)


# -- Doing ---------------------------------------------------------------------------------------------------


def claim(job_id: int) -> Job | None:
    """Take the job under a lease; None if another worker runs it, it ended, is not due, or its kind is unknown."""
    return leases.claim(job_id, kinds=HANDLERS)


class Run:
    """One attempt at a job; the argument of the job's handler."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @property
    def args(self) -> dict[str, Any]:
        return dict(self.job.args)

    def progress(self, done: int, total: int) -> None:
        """Write how many steps are done and keep the lease.

        Raises LostLease, Cancelled or HandedBack when the work should stop; HandedBack not after the last step.
        """
        if not leases.progressed(self.job, done, total):
            raise LostLease
        if leases.held(self.job).filter(cancel_asked=True).exists():
            raise Cancelled
        if leases.ends_soon() and done < total:
            raise HandedBack

    def hold(self) -> None:
        """Inside a transaction: make sure that this worker holds the job until it ends, see `leases.hold`."""
        leases.hold(self.job)


def run(job_id: int) -> str:
    """Claim and do one job; return the outcome as a word, for the log."""
    close_old_connections()
    job = claim(job_id)
    return "not ours" if job is None else do(job)


@of_job
def do(job: Job) -> str:
    """Do a job that was claimed; return the outcome as a word, for the log."""
    try:
        with leases.kept(job), edge(f"job {job.kind} {job.key}"):
            result = HANDLERS[job.kind](Run(job)) or {}
            _check(job.kind, 1, result)
        leases.end(job, Job.State.DONE, result=result)
    except LostLease:
        return "lease lost"
    except Cancelled:
        leases.end(job, Job.State.CANCELLED)
    except HandedBack:
        leases.hand_back(job)
        return "handed back"
    except Exception as error:
        logger.exception("job %s (%s %s), attempt %s", job.pk, job.kind, job.key, job.attempt)
        leases.retry(job, error)
        return "failed, will be tried again"
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))
