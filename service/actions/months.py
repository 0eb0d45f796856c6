"""What the office does about a month: doctors are reminded of it, and a locked one is opened again."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.errors import AlreadyDone, Refused
from core.notices import notify, sentence
from core.status import lock
from officedata.months import Month, local_day
from service.models import MonthlyCheck, Reminder, Standing

REMINDER = sentence(
    "reminder",
    gettext_lazy("%(month)s: %(days)s of %(due)s days served so far; please plan your next visit. %(note)s"),
)


@action(gettext_lazy("doctor reminded"))
def remind(standings: Sequence[Standing], *, by: User, at: datetime, on: date, note: str = "") -> int:
    """Remind the doctors of these assignments about the month; each at most once a day. How many were reminded now."""
    rows = [
        Reminder(assignment=each.assignment, month=each.month, sent_on=on, sent_by=by, note=note) for each in standings
    ]
    before = set(
        Reminder.objects.filter(assignment__in=[row.assignment_id for row in rows], sent_on=on).values_list(
            "assignment_id", flat=True
        )
    )
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    for each in standings:
        doctor = each.assignment.doctor
        if doctor.user is not None:
            notify(
                [doctor.user], REMINDER, key=f"{each.pk}:{on.isoformat()}", at=at,
                url=each.assignment.get_absolute_url(), month=str(Month.of(each.month)),
                days=f"{each.month_days.normalize():f}", due=f"{each.month_due.normalize():f}", note=note,
            )  # fmt: skip
    stored = Standing.objects.filter(pk__in=[each.pk for each in standings])
    list(stored.select_for_update(no_key=True).order_by("pk").values_list("pk"))  # by key, so nobody waits in a circle
    stored.update(reminded_on=on)
    return len({each.pk for each in standings} - before)


@action(gettext_lazy("month opened again"))
def reopen_month(check: MonthlyCheck, *, by: User, at: datetime, until: date, reason: str) -> MonthlyCheck:
    """Open a locked month again until the end of a day, with the reason."""
    if not reason.strip():
        raise Refused(_("Say why the month is opened again."), code="reason_missing")
    lock(check)
    if check.locked_at is None:
        raise AlreadyDone(_("This month is not locked: entries are still taken."))
    if until < local_day(at):
        raise Refused(_("The day until which it is open lies in the past."), code="past")
    check.reopened_at, check.reopened_until, check.reopened_reason = at, until, reason.strip()[:300]
    check.locked_at = None
    check.locks_on = date.fromordinal(until.toordinal() + 1)
    check.save()
    return check
