"""The office reminds doctors about a month and opens a locked month again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.errors import AlreadyDone, Refused
from core.notices import notify
from core.status import lock
from officedata.months import Month, local_day
from service.models import Check, Reminder, Reopening, Standing
from service.notice_kinds import REMINDER, REMINDER_TERM
from service.unlocking import lock_with_checks, unlock_checks
from servicerules import number_text


@dataclass(frozen=True)
class Reminded:
    """Of the standings asked about: those whose doctor was told now, those reminded today before, and those whose
    doctor has no open account to read it."""

    told: Sequence[Standing]
    before: Sequence[Standing]
    unreached: Sequence[Standing]


@action(gettext_lazy("doctor reminded"))
def remind(standings: Sequence[Standing], *, by: User, at: datetime, on: date, note: str = "") -> Reminded:
    """Remind the doctors of these assignments about the month, or about the term where no rule is about months; each at
    most once a day. No row is kept for those who could not be told."""
    keys = [each.pk for each in standings]
    stored = Standing.objects.filter(pk__in=keys)
    list(stored.select_for_update(no_key=True).order_by("pk").values_list("pk"))  # by key, so nobody waits in a circle
    sent = set(Reminder.objects.filter(assignment__in=keys, sent_on=on).values_list("assignment_id", flat=True))
    before = [each for each in standings if each.pk in sent]
    told = [each for each in standings if each.pk not in sent and _reader_of(each) is not None]
    this_month = Month.of(on).first
    Reminder.objects.bulk_create(
        [
            Reminder(assignment=each.assignment, month=each.month or this_month, sent_on=on, sent_by=by, note=note)
            for each in told
        ],
        ignore_conflicts=True,
    )
    for each in told:
        _remind(each, at=at, on=on, note=note)
    stored.filter(pk__in=[each.pk for each in told]).update(reminded_on=on)
    unreached = [each for each in standings if each.pk not in sent and _reader_of(each) is None]
    return Reminded(told, before, unreached)


def _reader_of(standing: Standing) -> User | None:
    """The doctor's account, where he has one that is open."""
    user = standing.assignment.doctor.user
    return user if user is not None and user.is_active else None


def _remind(standing: Standing, *, at: datetime, on: date, note: str) -> None:
    reader = _reader_of(standing)
    about: dict[str, str] = {}
    if standing.month is None:
        days, due = standing.days_counted, standing.target
    else:
        days, due = standing.month_days, standing.month_due
        about = {"month": str(Month.of(standing.month))}
    notify(
        [reader] if reader is not None else [], REMINDER if about else REMINDER_TERM,
        key=f"{standing.pk}:{on.isoformat()}", at=at, url=standing.assignment.get_absolute_url(), note=note,
        days=number_text(days), due=number_text(due), **about,
    )  # fmt: skip


@action(gettext_lazy("month opened again"))
def reopen_month(check: Check, *, by: User, at: datetime, until: date, reason: str) -> Check:
    """Open a locked month again until the end of a day, with the reason."""
    if not reason.strip():
        raise Refused(_("Say why it is opened again."), code="reason_missing")
    lock_with_checks(check.assignment)
    lock(check)
    if check.locked_at is None:
        raise AlreadyDone(_("%(month)s is not locked: entries are still taken.") % {"month": check.window_word})
    if until < local_day(at):
        raise Refused(_("The day until which it is open lies in the past."), code="past")
    months = [check.month] if check.month is not None else Month.between(check.first, check.last)
    Reopening.objects.bulk_create(
        Reopening(
            assignment=check.assignment, month=month.first, at=at, until=until, reason=reason.strip()[:300], by=by
        )
        for month in months
    )  # fmt: skip
    unlock_checks(check.assignment_id, months, until, also=check.pk)
    check.refresh_from_db(fields=["locked_at", "locks_on"])
    return check
