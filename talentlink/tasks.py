"""The jobs of the watch: what each does, and when beat asks for it."""

from typing import Any

from celery.schedules import crontab
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from talentlink.watch import alarms, history, looking


@jobs.work(
    "watch",
    lane="calendar",
    words=gettext_lazy("check of operation"),
    routine=True,
    every=crontab(minute="*/2"),
    key="now",
    args=Nothing,
    result=dict[str, int],
)
def watch(run: jobs.Run) -> dict[str, Any]:
    """Look at all signs, and tell the city office which troubles are new and which are over."""
    return {"told": len(alarms.follow(looking.look_at_all(), at=timezone.now()))}


@jobs.work(
    "watch_history",
    lane="calendar",
    words=gettext_lazy("check of the records of changes"),
    routine=True,
    every=crontab(minute="7,27,47"),
    key="now",
    args=Nothing,
    result=dict[str, int],
)
def watch_history(run: jobs.Run) -> dict[str, Any]:
    """Count, among the new rows of the history, those that no action wrote."""
    return {"bare": history.look_through(at=timezone.now(), hold=run.hold)}
