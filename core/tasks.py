"""The bell: Celery tasks that wake a worker for rows."""

from celery import shared_task
from django.utils import timezone

from core import jobs


@shared_task(name="core.tasks.run_job")
def run_job(job_id: int) -> str:
    return jobs.run(job_id)


@shared_task(name="core.tasks.sweep_jobs")
def sweep_jobs() -> int:
    return len(jobs.sweep(at=timezone.now()))


jobs.set_bell(lambda job_id: run_job.apply_async([job_id], retry=False))
