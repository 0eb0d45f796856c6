"""The messages after an action: visits confirmed, disputed and taken back, waivers asked for, reminders sent."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Refused
from service.actions import Reminded
from service.counting import all_that_count, why_not_logged_anew
from service.models import Check, Standing, Visit, Waiver
from service.outlook import short_number
from service.wording import sentence

MOST_NAMES = 5


def confirmed(visits: Sequence[Visit]) -> str:
    """How many visits were confirmed, and how many of their days count by the rules."""
    words = {"count": len(visits), "days": sum(visit.length for visit in visits)}
    said = ngettext(
        "%(count)d visit was confirmed: %(days)d days.", "%(count)d visits were confirmed: %(days)d days.", len(visits)
    )
    counted = all_that_count(visits)
    if counted is None or counted == words["days"]:
        return said % words
    return f"{said % words} {counted_of(counted)}"


def counted_of(days: Decimal) -> str:
    """That not all the days of a visit count, and how many do."""
    if not days:
        return _("By the rules of this batch none of these days count.")
    return _("By the rules of this batch %(days)s of these days count.") % {"days": short_number(days)}


def disputed(visit: Visit) -> str:
    """Whether the doctor could be told, and what he can do."""
    user = visit.doctor.user
    if user is None or not user.is_active:
        return _("Disputed. The doctor has no open account and could not be told; please speak to him yourself.")
    return _("Disputed. The doctor was told; he can take the entry back and log the visit anew.")


def taken_back(visit: Visit, *, on: date) -> str:
    """Whether the days of a visit that was taken back can be logged again."""
    try:
        why = why_not_logged_anew(visit, on=on)
    except Refused as refusal:
        return f"{_('Taken back.')} {refusal.message}"
    if why:
        return f"{_('Taken back.')} {sentence(why[0])}"
    return _("Taken back. Its days can be logged anew.")


def asked_off(waiver: Waiver) -> str:
    """That the office decides, and that a locked month must be opened before it can help."""
    words = {"month": waiver.window_word}
    if Check.objects.filter(assignment=waiver.assignment_id, window=waiver.window, locked_at__isnull=False).exists():
        return (
            _(
                "The waiver of %(month)s was asked for, but the month is locked: it is taken into account only if the "
                "talent office opens the month again."
            )
            % words
        )
    return _("The waiver of %(month)s was asked for; the talent office decides.") % words


def decided(waiver: Waiver) -> str:
    words = {"month": waiver.window_word, "doctor": waiver.assignment.doctor}
    if waiver.status == Waiver.Status.GRANTED:
        return _("The waiver of %(month)s for %(doctor)s is granted.") % words
    return _("The waiver of %(month)s for %(doctor)s is refused.") % words


def reminded(done: Reminded) -> list[tuple[int, str]]:
    """What is to be said of a reminder, each with its level: who was told, who had been, who could not be."""
    said = []
    if count := _doctors_of(done.told):
        words = ngettext("%(count)s doctor was reminded.", "%(count)s doctors were reminded.", count)
        said.append((messages.SUCCESS, words % {"count": count}))
    if count := _doctors_of(done.before):
        words = ngettext(
            "%(count)s had been reminded today already.", "%(count)s had been reminded today already.", count
        )
        said.append((messages.INFO, words % {"count": count}))
    if done.unreached:
        names = names_of(done.unreached)
        words = _(
            "Not reminded, because they have no open account: %(names)s. Invite them to sign in, or call them or their "
            "university."
        )
        said.append((messages.WARNING, words % {"names": names}))
    return said


def _doctors_of(standings: Iterable[Standing]) -> int:
    """How many doctors: one can have several assignments."""
    return len({each.assignment.doctor_id for each in standings})


def names_of(standings: Iterable[Standing]) -> str:
    """The names of the doctors, the first few of many."""
    names = list(dict.fromkeys(each.assignment.doctor.name for each in standings))
    if len(names) <= MOST_NAMES:
        return "、".join(names)
    first = "、".join(names[:MOST_NAMES])
    return _("%(names)s and %(more)s more") % {"names": first, "more": len(names) - MOST_NAMES}
