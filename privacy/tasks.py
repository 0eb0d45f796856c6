"""The work of the calendar about personal data."""

from typing import Any

from celery.schedules import crontab
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from privacy import erased_list, proposals
from privacy.actions.erasures import WRITE_LIST


@jobs.work(
    "propose_erasures",
    lane="calendar",
    words=gettext_lazy("erasures proposed"),
    routine=True,
    every=crontab(minute=50, hour="4"),
    args=Nothing,
    result=dict[str, int],
)
def propose_erasures(run: jobs.Run) -> dict[str, Any]:
    """Propose to erase whom nothing has needed for years."""
    return proposals.propose(at=timezone.now(), on=timezone.localdate())


@jobs.work(
    WRITE_LIST,
    lane="calendar",
    words=gettext_lazy("list of erasures beside the backups"),
    routine=True,
    every=crontab(minute=15),
    key="now",
    due=lambda on: erased_list.is_behind(),
    args=Nothing,
    result=dict[str, int],
)
def write_erased_list(run: jobs.Run) -> dict[str, Any]:
    """Write beside the backups who was erased since the oldest of them, for a restore."""
    return {"erased": erased_list.write()}
