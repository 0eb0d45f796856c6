"""The jobs of this app, and when beat asks for them."""

from typing import Any

from celery.schedules import crontab
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from officedata.months import Month
from service import closing, meanwhile, shapes, standings
from service.closing import CLOSE_MONTH, REFRESH_CHECKS
from service.standings import REFRESH_STANDINGS, REJUDGE_BATCH, STANDING_OF


# Hourly, because it costs one query when no month is missing; a machine that was down on the first of a month catches
# up.
@jobs.work(
    CLOSE_MONTH,
    lane="calendar",
    words=gettext_lazy("monthly close"),
    every=crontab(minute=5),
    key="next",
    due=lambda on: bool(closing.months_to_close(on=on)),
    args=Nothing,
    result=dict[str, int],
)
def close_months(run: jobs.Run) -> dict[str, Any]:
    """Close every missing month, the oldest first, each once: a row that was set aside waits for the next job. What
    somebody changed meanwhile is settled at the end."""
    closed: dict[str, Any] = {}
    began = timezone.now()
    while months := [each for each in closing.months_to_close(on=timezone.localdate()) if str(each) not in closed]:
        month: Month = months[0]
        closed[str(month)] = closing.close_month(month, at=timezone.now(), progress=run.progress, guard=run.hold)
    if closed:
        meanwhile.settle_meanwhile(began, at=timezone.now(), on=timezone.localdate(), guard=run.hold)
    return closed


@jobs.work(
    REFRESH_CHECKS,
    lane="calendar",
    words=gettext_lazy("open monthly checks judged anew"),
    every=crontab(minute=25, hour="0,12"),
    args=Nothing,
    result=shapes.Changed,
)
def refresh_open_checks(run: jobs.Run) -> dict[str, Any]:
    return {"changed": closing.refresh_open_checks(at=timezone.now(), guard=run.hold)}


@jobs.work(
    REFRESH_STANDINGS,
    lane="calendar",
    words=gettext_lazy("service progress of all assignments"),
    every=crontab(minute=40, hour=0),
    args=Nothing,
    result=shapes.Standings,
)
def refresh_standings(run: jobs.Run) -> dict[str, Any]:
    return {"standings": standings.refresh_all_standings(on=timezone.localdate(), at=timezone.now())}


@jobs.work(
    STANDING_OF,
    lane="people",
    words=gettext_lazy("service progress of an assignment"),
    about=("assignments.Assignment", "assignment"),
    args=shapes.OfAssignment,
    result=shapes.Standings,
)
def standing_of(run: jobs.Run) -> dict[str, Any]:
    """The standing of a service, and its checks: its term may have changed what ends in a closed month."""
    now, today, keys = timezone.now(), timezone.localdate(), [run.args["assignment"]]
    closing.settle_services(keys, at=now, guard=run.hold)
    return {"standings": standings.refresh_or_set_aside(keys, on=today, at=now)}


@jobs.work(
    REJUDGE_BATCH,
    lane="calendar",
    words=gettext_lazy("monthly checks of a batch judged by its new rules"),
    about=("programmes.Batch", "batch"),
    args=shapes.OfBatch,
    result=shapes.Rejudged,
)
def rejudge_batch(run: jobs.Run) -> dict[str, Any]:
    """Judge what is not locked of a batch by the rules it has now."""
    now, batch = timezone.now(), run.args["batch"]
    return {
        "changed": closing.refresh_open_checks(at=now, guard=run.hold, batch=batch),
        "standings": standings.refresh_all_standings(on=timezone.localdate(), at=now, batch=batch),
    }
