"""Beat's bells for the months, and the jobs they wake."""

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from assignments.actions import STANDING_OF
from core import jobs
from officedata.months import Month
from service import closing, standings

CLOSE_MONTH = "close_month"
REFRESH_CHECKS = "refresh_checks"
REFRESH_STANDINGS = "refresh_standings"


@shared_task(name="service.tasks.close_months")
def close_months() -> list[str]:
    """Ask for every month that is over and not closed: one job closes them, the oldest first."""
    now = timezone.now()
    months = closing.months_to_close(on=timezone.localdate(now))
    if months:
        jobs.enqueue(CLOSE_MONTH, "next", by=None, at=now)
    return [str(month) for month in months]


@shared_task(name="service.tasks.refresh_open_checks")
def refresh_open_checks() -> None:
    now = timezone.now()
    jobs.enqueue(REFRESH_CHECKS, str(timezone.localdate(now)), by=None, at=now)


@shared_task(name="service.tasks.refresh_standings")
def refresh_standings() -> None:
    now = timezone.now()
    jobs.enqueue(REFRESH_STANDINGS, str(timezone.localdate(now)), by=None, at=now)


@jobs.handler(CLOSE_MONTH)
def _close_months(run: jobs.Run) -> dict[str, Any]:
    """Close every missing month, the oldest first."""
    closed: dict[str, Any] = {}
    while months := closing.months_to_close(on=timezone.localdate()):
        month: Month = months[0]
        closed[str(month)] = closing.close_month(month, at=timezone.now(), progress=run.progress, guard=run.hold)
    return closed


@jobs.handler(REFRESH_CHECKS)
def _refresh_checks(run: jobs.Run) -> dict[str, Any]:
    return {"changed": closing.refresh_open_checks(at=timezone.now(), guard=run.hold)}


@jobs.handler(STANDING_OF)
def _standing_of(run: jobs.Run) -> dict[str, Any]:
    return {"standings": standings.refresh_standings_of([run.args["assignment"]], on=timezone.localdate())}


@jobs.handler(REFRESH_STANDINGS)
def _refresh_standings(run: jobs.Run) -> dict[str, Any]:
    on: date = timezone.localdate()
    return {"standings": standings.refresh_all_standings(on=on)}
