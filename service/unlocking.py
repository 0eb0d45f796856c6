"""Checks of months that are open again are not locked, whoever wrote them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, Value
from django.db.models.functions import Greatest

from assignments.models import Assignment
from core.status import lock
from officedata.months import Month
from service.models import Check, Reopening


def lock_with_checks(assignment: Assignment) -> None:
    """Lock a service and its checks, in the order in which whoever judges them does: who writes one of them meanwhile
    is waited for, and what was written is seen afterwards."""
    lock(assignment)
    rows = Check.objects.filter(assignment=assignment.pk).select_for_update(no_key=True)
    list(rows.order_by("pk").values_list("pk"))


def unlock_checks(assignment: int, months: Sequence[Month], until: date, *, also: int = 0) -> int:
    """Let every check of a service be judged anew whose window has days in these months, and the check `also`; they
    lock after the day `until`. How many were locked."""
    rows = Check.objects.filter(assignment=assignment, locked_at__isnull=False)
    touched = rows.filter(Q(first__lte=months[-1].last, last__gte=months[0].first) | Q(pk=also))
    locks_on = date.fromordinal(until.toordinal() + 1)
    return touched.update(locked_at=None, locks_on=Greatest("locks_on", Value(locks_on)))


def unlock_reopened(*, since: datetime, on: date) -> int:
    """Unlock the checks that were written as locked while their month was opened again: who opened it did not see them
    yet. How many; they are judged with the open ones."""
    rows = Reopening.objects.filter(at__gte=since, until__gte=on).order_by("pk")
    found = rows.values_list("assignment_id", "month", "until")
    return sum(unlock_checks(key, [Month.of(month)], until) for key, month, until in found if until is not None)
