"""The job that sends codes for new passwords."""

from typing import Any, TypedDict

from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from identity import resetting


class Answered(TypedDict):
    answered: int


@jobs.work(
    resetting.SEND,
    lane="people",
    words=gettext_lazy("codes for new passwords sent"),
    routine=True,
    args=Nothing,
    result=Answered,
)
def send_reset_codes(run: jobs.Run) -> dict[str, Any]:
    """Send the codes that were asked for."""
    return {"answered": resetting.send_codes()}
