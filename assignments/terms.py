"""What the schedule does without a person: offers nobody answered lapse after a reminder, terms that are over are
completed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.utils.translation import gettext_lazy

from assignments.actions.assignments import complete_assignment
from assignments.actions.dispatches import lapse_dispatch
from assignments.actions.telling import OFFER_ENDING, write_to_doctors
from assignments.models import Assignment, Dispatch
from core.errors import AlreadyDone
from core.set_aside import named_work, resolve_gone, setting_aside

LAPSE = named_work("lapse_dispatch", gettext_lazy("offers that lapse"))
COMPLETE = named_work("complete_assignment", gettext_lazy("terms that end"))


def lapse_overdue(*, at: datetime, on: date) -> int:
    """Lapse every offer whose day to answer has passed; the next alternates are offered. One that
    cannot is set aside."""
    overdue = Dispatch.objects.overdue(on).select_related("order__need", "order__host__batch", "doctor").order_by("pk")
    lapsed = 0
    for dispatch in overdue:
        with setting_aside(LAPSE, dispatch, at=at), _unless_moved(dispatch):  # answered since the query
            lapse_dispatch(dispatch, at=at, on=on)
            lapsed += 1
    resolve_gone(LAPSE, Dispatch, {dispatch.pk for dispatch in overdue}, at=at)
    return lapsed


def remind_of_offers(*, at: datetime, on: date) -> int:
    """Write to each doctor whose day to answer by is today or tomorrow; once for each offer, however often asked."""
    ending = (
        Dispatch.objects.ending(on)
        .select_related("order__need", "order__host__enterprise", "doctor__user")
        .order_by("pk")
    )
    return write_to_doctors(ending, OFFER_ENDING, at=at)


def complete_ended(*, at: datetime, on: date) -> int:
    """Complete every assignment whose last day has passed; one that cannot be is set aside."""
    ended = Assignment.objects.active().term_over(on).order_by("pk")
    completed = 0
    for assignment in ended:
        with setting_aside(COMPLETE, assignment, at=at), _unless_moved(assignment):  # stopped since the query
            complete_assignment(assignment, at=at, on=on)
            completed += 1
    resolve_gone(COMPLETE, Assignment, {assignment.pk for assignment in ended}, at=at)
    return completed


@contextmanager
def _unless_moved(row: Dispatch | Assignment) -> Iterator[None]:
    """Nothing is wrong where somebody decided meanwhile; the row's status shows it."""
    status = row.status
    try:
        yield
    except AlreadyDone:
        row.refresh_from_db(fields=["status"])
        if row.status == status:
            raise
