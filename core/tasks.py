"""The Celery task that wakes a worker of a lane for a job, and the jobs of the calendar that belong to `core`."""

from contextlib import suppress
from typing import Any, TypedDict

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone
from django.utils.translation import gettext_lazy

# Each says which entry `seal_ledger` makes of its counts.
import core.persons
import core.refusals
import core.token_reads  # noqa: F401
from core import approvals, backups, jobs, lanes, ledger_checks, ledger_days, retention, tallies, waking
from core.errors import AlreadyDone
from core.models import Proposal
from core.shapes import Nothing


@shared_task(name="core.tasks.run_job")
def run_job(job_id: int) -> str:
    return lanes.answer(job_id)


def _wake(job_id: int, lane: str) -> None:
    waking.wake(lambda: run_job.apply_async((job_id,), queue=lane, retry=False))


# Every hour until the day has its backup, so that a machine that is off at night makes one in the morning.
@jobs.work(
    "backup",
    lane="calendar",
    words=gettext_lazy("daily backup"),
    every=crontab(minute=20),
    key="daily",
    due=backups.is_due,
    args=Nothing,
    result=backups.MadeBackup,
)
def back_up(run: jobs.Run) -> dict[str, Any]:
    return {**backups.make()}


@jobs.work(
    "forget",
    lane="calendar",
    words=gettext_lazy("old records removed"),
    routine=True,
    every=crontab(minute=35, hour="3,15"),
    args=Nothing,
    result=dict[str, int],
)
def forget_old_rows(run: jobs.Run) -> dict[str, Any]:
    """Delete the rows that were kept long enough."""
    return retention.forget(at=timezone.now(), tell=run.progress)


class Sealed(TypedDict):
    """The result of `seal_ledger`: the days that were sealed, and how many tallies made entries."""

    days: list[str]
    tallies: int


@jobs.work(
    "seal_ledger",
    lane="calendar",
    words=gettext_lazy("days of the ledger sealed"),
    routine=True,
    every=crontab(minute="5,20,35,50"),
    args=Nothing,
    result=Sealed,
)
def seal_ledger(run: jobs.Run) -> dict[str, Any]:
    """Write the entries of what was counted on days that are over, and seal the days."""
    folded = tallies.fold(tallies.today())
    return {"days": [str(row.day) for row in ledger_days.seal_days()], "tallies": folded}


@jobs.work(
    "check_ledger",
    lane="calendar",
    words=gettext_lazy("ledger checked"),
    every=crontab(minute=40, hour=4),
    key=ledger_checks.KEY,
    args=Nothing,
    result=ledger_checks.Report,
)
def check_ledger(run: jobs.Run) -> dict[str, Any]:
    """Compare the whole ledger with its digests and seals; the result is an entry, too."""
    return {**ledger_checks.check(by=run.job.asked_by, tell=run.progress)}


@jobs.work(
    "lapse_proposals",
    lane="calendar",
    words=gettext_lazy("proposals that nobody decided"),
    routine=True,
    every=crontab(minute=50),
    args=Nothing,
    result=dict[str, int],
)
def lapse_proposals(run: jobs.Run) -> dict[str, Any]:
    """End the proposals whose time is over."""
    overdue = list(Proposal.objects.overdue(timezone.now()).order_by("pk"))
    for proposal in overdue:
        with suppress(AlreadyDone):  # somebody decided it at this moment
            approvals.lapse(proposal, by=None, at=timezone.now())
    return {"lapsed": len(overdue)}


jobs.set_waking(_wake)
