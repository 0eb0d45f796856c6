"""Sending as a job: asked for when a message is written, and by the calendar for what waits."""

from typing import Any

from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from outbox import alarms, sending, shapes  # noqa: F401 - alarms declares its kind
from outbox.models import Medium
from outbox.post import SEND


@jobs.work(
    SEND,
    lane="calendar",
    words=gettext_lazy("mail and SMS sent"),
    routine=True,
    every=20.0,
    key="now",
    due=lambda on: sending.anything_to_do(),
    args=Nothing,
    result=shapes.Sent,
)
def send_mail(run: jobs.Run) -> dict[str, Any]:
    """Send what is due. One job sends at a time; a server that hangs holds it no longer than one message may take."""
    settled = sending.sweep()
    return {"sent": sum(sending.send_due(medium) for medium in Medium.values), "settled": settled}
