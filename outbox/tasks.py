"""The job that sends messages: `outbox.post` asks for it when it writes one, the calendar for those that wait."""

from typing import Any

from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from outbox import alarms, sending, shapes  # noqa: F401 - `alarms` declares a kind of message
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
    """Send the messages that are due; one job of this kind runs at a time.

    A server that hangs holds the job no longer than one message may take.
    """
    settled = sending.sweep()
    return {"sent": sum(sending.send_due(medium) for medium in Medium.values), "settled": settled}
