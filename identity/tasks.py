"""The jobs that send codes for new passwords, and that end invitations whose time is over."""

from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from identity import invitations, resetting
from identity.models import Invitation


class Answered(TypedDict):
    answered: int


class Expired(TypedDict):
    expired: int


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


@jobs.work(
    "expire_invitations",
    lane="calendar",
    words=gettext_lazy("invitations expired"),
    routine=True,
    every=3600.0,
    key="now",
    due=lambda on: Invitation.objects.lapsed(timezone.now()).exists(),
    args=Nothing,
    result=Expired,
)
def expire_invitations(run: jobs.Run) -> dict[str, Any]:
    """End the invitations whose time is over; a link ends by its time in any case."""
    return {"expired": invitations.expire_invitations(by=None, at=timezone.now())}
