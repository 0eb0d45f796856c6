"""Waivers (豁免): doctors and hosts ask for them, the office decides."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.models import Assignment
from core.action import action
from core.errors import AlreadyDone, Refused
from core.notices import notify
from core.status import lock, move
from officedata.months import Month
from service import wording
from service.models import Waiver
from service.notice_kinds import WAIVER_ASKED, WAIVER_DECIDED
from service.sources import rules_of
from service.standings import refresh_standings


@action(gettext_lazy("waiver asked for"))
def ask_waiver(assignment: Assignment, month: Month, *, by: User, at: datetime, reason: str) -> Waiver:
    """Ask for a month off for cause."""
    if not reason.strip():
        raise Refused(_("Say why no service was possible in this month."), code="reason_missing")
    lock(assignment)
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; no month of it can be waived."), code="not_begun")
    if not rules_of(assignment).waivers_allowed:
        raise Refused(wording.sentence({"code": "waivers_not_allowed"}), code="waivers_not_allowed")
    if month.last < assignment.starts_on or month.first > assignment.last_day:
        raise Refused(_("%(month)s lies outside the term.") % {"month": wording.month_word(month)}, code="outside_term")
    asked = Waiver.objects.filter(assignment=assignment, month=month.first).exclude(status=Waiver.Status.REFUSED)
    earlier = asked.first()
    if earlier is not None:
        raise AlreadyDone(
            _("A waiver of %(month)s was already asked for; it is “%(status)s”.")
            % {"month": wording.month_word(month), "status": earlier.get_status_display()},
            code="asked_before",
        )
    waiver = Waiver.objects.create(
        assignment=assignment,
        window=str(month),
        month=month.first,
        reason=reason.strip()[:300],
        asked_by=by,
        asked_at=at,
    )
    notify(
        User.objects.operators(), WAIVER_ASKED, key=str(waiver.pk), at=at, url=reverse("admin:waivers"),
        month=str(month), doctor=assignment.doctor.name, reason=waiver.reason,
    )  # fmt: skip
    return waiver


@action(gettext_lazy("waiver decided"))
def decide_waiver(waiver: Waiver, *, by: User, at: datetime, on: date, granted: bool, reason: str = "") -> Waiver:
    """Grant or refuse a waiver; a refusal needs a reason."""
    if not granted and not reason.strip():
        raise Refused(_("Say why the waiver is refused."), code="reason_missing")
    lock(waiver.assignment)  # so that its standing is worked out by one at a time
    to = Waiver.Status.GRANTED if granted else Waiver.Status.REFUSED
    move(waiver, to, by=by, at=at, why=reason, decision_reason=reason.strip()[:300])
    people = [user for user in [waiver.asked_by, waiver.assignment.doctor.user] if user is not None]
    notify(
        set(people), WAIVER_DECIDED, key=str(waiver.pk), at=at, url=waiver.assignment.get_absolute_url(),
        month=str(Month.of(waiver.month)), doctor=waiver.assignment.doctor.name,
        decision=str(waiver.status),
    )  # fmt: skip
    refresh_standings([waiver.assignment], on=on)
    return waiver
