"""What the parties of a service give for the indicators of its rules."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.models import Assignment
from core.action import action
from core.errors import Refused
from core.status import lock
from officedata.months import local_day
from service.givers import given_by
from service.indicators import DOCUMENT, GRADE, Indicator
from service.models import Given


@action(gettext_lazy("value given"))
def give_value(
    assignment: Assignment, *, by: User, at: datetime, indicator: str, value: str, on: date, note: str = ""
) -> Given:
    """Give a value for an indicator of the rules, for a day of the service; a later one stands in place of it."""
    lock(assignment)
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; nothing can be given for it yet."), code="not_begun")
    known = next((each for each in given_by(by, assignment) if each.code == indicator), None)
    if known is None:
        raise Refused(_("The rules of this service do not let you give this."), code="not_yours")
    stored = known.read(value)
    if stored is None:
        raise Refused(_wrong(known), code="wrong_value")
    if known.kind == DOCUMENT and not note.strip():
        raise Refused(_("Name the document: its title, its number, its day."), code="note_missing")
    if not assignment.starts_on <= on <= min(assignment.last_day, local_day(at)):
        raise Refused(_("Choose a day of the service that is not in the future."), code="outside_term")
    return Given.objects.create(
        assignment=assignment, indicator=indicator, value=stored, on=on, note=note.strip()[:300], by=by, known_at=at
    )


def _wrong(indicator: Indicator) -> str:
    if indicator.kind == GRADE:
        return _("Choose one of these grades: %(grades)s.") % {"grades": "、".join(indicator.grades.values())}
    return _("Give a number with at most four decimals.")
