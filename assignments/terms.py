"""What the calendar does by itself: offers nobody answered lapse, terms that are over are completed."""

from contextlib import suppress
from datetime import date, datetime

from assignments.actions import complete_assignment, lapse_dispatch
from assignments.models import Assignment, Dispatch
from core.errors import AlreadyDone


def lapse_overdue(*, at: datetime, on: date) -> int:
    """Lapse every offer whose day to answer has passed; the next alternates are offered."""
    overdue = Dispatch.objects.overdue(on).select_related("order__need", "order__host__batch", "doctor").order_by("pk")
    lapsed = 0
    for dispatch in overdue:
        with suppress(AlreadyDone):  # answered in this very moment
            lapse_dispatch(dispatch, at=at, on=on)
            lapsed += 1
    return lapsed


def complete_ended(*, at: datetime, on: date) -> int:
    """Complete every assignment whose last day has passed."""
    ended = Assignment.objects.active().filter(ends_on__lt=on).order_by("pk")
    completed = 0
    for assignment in ended:
        with suppress(AlreadyDone):  # stopped in this very moment
            complete_assignment(assignment, at=at, on=on)
            completed += 1
    return completed
