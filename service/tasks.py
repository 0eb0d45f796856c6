"""The work of the months: what each job does, and when beat asks for it."""

from typing import Any

from celery.schedules import crontab
from django.utils import timezone

from core import jobs
from officedata.months import Month
from service import closing, standings


# Hourly, because it costs one query when no month is missing; a machine that slept on the first catches up.
@jobs.work("close_month", every=crontab(minute=5), key="next", due=lambda on: bool(closing.months_to_close(on=on)))
def close_months(run: jobs.Run) -> dict[str, Any]:
    """Close every month that is over and not closed, the oldest first."""
    closed: dict[str, Any] = {}
    while months := closing.months_to_close(on=timezone.localdate()):
        month: Month = months[0]
        closed[str(month)] = closing.close_month(month, at=timezone.now(), progress=run.progress, guard=run.hold)
    return closed


@jobs.work("refresh_checks", every=crontab(minute=25, hour="0,12"))
def refresh_open_checks(run: jobs.Run) -> dict[str, Any]:
    return {"changed": closing.refresh_open_checks(at=timezone.now(), guard=run.hold)}


@jobs.work("refresh_standings", every=crontab(minute=40, hour=0))
def refresh_standings(run: jobs.Run) -> dict[str, Any]:
    return {"standings": standings.refresh_all_standings(on=timezone.localdate())}


@jobs.work(standings.STANDING_OF)
def standing_of(run: jobs.Run) -> dict[str, Any]:
    return {"standings": standings.refresh_standings_of([run.args["assignment"]], on=timezone.localdate())}
