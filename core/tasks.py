"""The bell: a Celery task that wakes a worker of a lane for a row."""

from celery import shared_task

from core import bell, jobs, lanes


@shared_task(name="core.tasks.run_job")
def run_job(job_id: int) -> str:
    return lanes.answer(job_id)


def _ring(job_id: int, lane: str) -> None:
    bell.ring(lambda: run_job.apply_async((job_id,), queue=lane, retry=False))


jobs.set_bell(_ring)
