"""The columns of the exports of visits, of assignments and of waivers."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment
from officedata.months import Month
from service.models import Standing
from ui.exports import Column


def _standing(read: Callable[[Standing], Any]) -> Callable[[Assignment], Any]:
    """A column of a field of the `Standing`, which an assignment has once it was judged."""

    def of(assignment: Assignment) -> Any:
        standing = getattr(assignment, "standing", None)
        return read(standing) if standing is not None else None

    return of


VISIT = [
    Column(_("First day"), 12, "starts_on"),
    Column(_("Last day"), 12, "ends_on"),
    Column(_("Days"), 8, "length"),
    Column(_("Doctor"), 12, "doctor.name"),
    Column(_("University"), 24, "doctor.university.name"),
    Column(_("Enterprise"), 36, "enterprise.name"),
    Column(_("Unified social credit code"), 24, "enterprise.credit_code"),
    Column(_("Batch"), 20, "assignment.batch.name"),
    Column(_("How"), 10, lambda visit: visit.get_mode_display()),
    Column(_("What was done"), 60, "content"),
    Column(_("Problem solved"), 30, "solved"),
    Column(_("Next step"), 30, "next_step"),
    Column(_("Status"), 12, lambda visit: visit.get_status_display()),
    Column(_("Logged on"), 17, "logged_at"),
    Column(_("Confirmed on"), 17, "confirmed_at"),
    Column(_("Why disputed"), 30, "dispute_reason"),
]
OF_MONTHS = [
    Column(_("Month"), 10, _standing(lambda standing: Month.of(standing.month) if standing.month else None)),
    Column(_("Days due this month"), 12, _standing(lambda standing: standing.month_due)),
    Column(_("Days done this month"), 12, _standing(lambda standing: standing.month_days)),
    Column(_("Days this month awaiting confirmation"), 14, _standing(lambda standing: standing.month_awaiting)),
    Column(_("Months not met"), 10, _standing(lambda standing: standing.months_missed)),
]
ASSIGNMENT = [
    Column(_("Doctor"), 12, "doctor.name"),
    Column(_("University"), 24, "doctor.university.name"),
    Column(_("College"), 20, "doctor.college"),
    Column(_("Host"), 36, "host.enterprise.name"),
    Column(_("Unified social credit code"), 24, "host.enterprise.credit_code"),
    Column(_("Batch"), 20, "batch.name"),
    Column(_("First day of service"), 12, "first_day"),
    Column(_("Last day of service"), 12, "last_day"),
    Column(_("Status"), 12, lambda row: row.get_status_display()),
    *OF_MONTHS[:4],
    Column(_("Days served"), 10, _standing(lambda standing: standing.days_counted)),
    Column(_("Days awaiting confirmation"), 14, _standing(lambda standing: standing.days_awaiting)),
    Column(_("Days promised"), 10, _standing(lambda standing: standing.target)),
    Column(_("Owed"), 10, _standing(lambda standing: standing.owed)),
    OF_MONTHS[4],
    Column(_("Last visit"), 12, _standing(lambda standing: standing.last_visit_on)),
    Column(_("Pace"), 16, _standing(lambda standing: standing.get_pace_display())),
    Column(_("Can be saved until"), 12, _standing(lambda standing: standing.save_by)),
]
WAIVER = [
    Column(_("Doctor"), 12, "assignment.doctor.name"),
    Column(_("University"), 24, "assignment.doctor.university.name"),
    Column(_("Enterprise"), 36, "assignment.host.enterprise.name"),
    Column(_("Unified social credit code"), 24, "assignment.host.enterprise.credit_code"),
    Column(_("District"), 14, "assignment.host.enterprise.district.name"),
    Column(_("Window"), 14, "window_word"),
    Column(_("Reason"), 50, "reason"),
    Column(_("Document"), 30, "document"),
    Column(_("Asked by"), 14, "asked_by.name"),
    Column(_("Asked on"), 17, "asked_at"),
]
