"""The bell: Celery tasks that wake a worker for rows."""

from celery import shared_task
from django.utils import timezone

from core import jobs


@shared_task(name="core.tasks.run_job")
def run_job(job_id: int) -> str:
    return jobs.run(job_id)


def sweep_jobs() -> int:
    return len(jobs.sweep(at=timezone.now()))


def _ring(job_id: int) -> None:
    run_job.apply_async((job_id,), retry=False)


jobs.ring_every(15.0, "core.tasks.sweep_jobs", sweep_jobs, expires=15)
jobs.set_bell(_ring)
