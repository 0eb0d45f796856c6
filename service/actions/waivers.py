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
from programmes.rulebook import rules_in
from programmes.window_words import window_word
from service import wording
from service.models import Waiver
from service.models.checks import A_MONTH
from service.notice_kinds import WAIVER_ASKED, WAIVER_DECIDED
from service.standings import refresh_standings
from service.waivable import Waivable, can_be_waived, waivable_windows


@action(gettext_lazy("waiver asked for"))
def ask_waiver(
    assignment: Assignment, window: Month | str, *, by: User, at: datetime, reason: str, document: str = ""
) -> Waiver:
    """Ask for a window, such as a month, off for cause; `document` names the proof where the rule asks for one."""
    if not reason.strip():
        raise Refused(_("Say why no service was possible in this month."), code="reason_missing")
    lock(assignment)
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; no month of it can be waived."), code="not_begun")
    chosen = _waivable(assignment, str(window), at=at)
    if chosen.documented and not document.strip():
        raise Refused(_("Name the document: its title, its number, its day."), code="document_missing")
    asked = Waiver.objects.filter(assignment=assignment, window=chosen.key).exclude(status=Waiver.Status.REFUSED)
    earlier = asked.first()
    if earlier is not None:
        raise AlreadyDone(
            _("A waiver of %(month)s was already asked for; it is “%(status)s”.")
            % {"month": chosen.words, "status": earlier.get_status_display()},
            code="asked_before",
        )
    waiver = Waiver.objects.create(
        assignment=assignment,
        window=chosen.key,
        month=Month.parse(chosen.key).first if A_MONTH.fullmatch(chosen.key) else None,
        reason=reason.strip()[:300],
        document=document.strip()[:300],
        asked_by=by,
        asked_at=at,
    )
    notify(
        User.objects.operators(), WAIVER_ASKED, key=str(waiver.pk), at=at, url=reverse("admin:waivers"),
        month=chosen.key, doctor=assignment.doctor.name, reason=waiver.reason,
    )  # fmt: skip
    return waiver


def _waivable(assignment: Assignment, key: str, *, at: datetime) -> Waivable:
    """The window as the rules know it."""
    rules = rules_in(assignment.batch, assignment.batch.rule_set_id)
    if not can_be_waived(rules):
        raise Refused(wording.sentence({"code": "waivers_not_allowed"}), code="waivers_not_allowed")
    chosen = next((each for each in waivable_windows(assignment, at=at) if each.key == key), None)
    if chosen is None:
        raise Refused(_("%(month)s lies outside the term.") % {"month": window_word(key)}, code="outside_term")
    return chosen


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
        month=waiver.window, doctor=waiver.assignment.doctor.name,
        decision=str(waiver.status),
    )  # fmt: skip
    refresh_standings([waiver.assignment], on=on)
    return waiver
