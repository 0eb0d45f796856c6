"""The Celery task that wakes a worker of a lane for a job, and the jobs of the calendar that belong to `core`."""

from typing import Any

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import backups, jobs, lanes, retention, waking
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


jobs.set_waking(_wake)
