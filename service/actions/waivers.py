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
from service.due import judged_rules, slot_named
from service.models import Waiver
from service.notice_kinds import WAIVER_ASKED, WAIVER_DECIDED
from service.sources import rules_of, term_of
from service.standings import refresh_standings
from servicerules import span_of


@action(gettext_lazy("waiver asked for"))
def ask_waiver(assignment: Assignment, month: Month | str, *, by: User, at: datetime, reason: str) -> Waiver:
    """Ask for a window off for cause: a month, or any other by its key."""
    if not reason.strip():
        raise Refused(_("Say why no service was possible in this month."), code="reason_missing")
    lock(assignment)
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; no month of it can be waived."), code="not_begun")
    window = str(month)
    _check_waivable(assignment, window, at)
    asked = Waiver.objects.filter(assignment=assignment, window=window).exclude(status=Waiver.Status.REFUSED)
    earlier = asked.first()
    if earlier is not None:
        raise AlreadyDone(
            _("A waiver of %(month)s was already asked for; it is “%(status)s”.")
            % {"month": wording.window_word(window), "status": earlier.get_status_display()},
            code="asked_before",
        )
    waiver = Waiver.objects.create(
        assignment=assignment,
        window=window,
        month=month.first if isinstance(month, Month) else None,
        reason=reason.strip()[:300],
        asked_by=by,
        asked_at=at,
    )
    notify(
        User.objects.operators(), WAIVER_ASKED, key=str(waiver.pk), at=at, url=reverse("admin:waivers"),
        month=window, doctor=assignment.doctor.name, reason=waiver.reason,
    )  # fmt: skip
    return waiver


def _check_waivable(assignment: Assignment, window: str, at: datetime) -> None:
    """Raise Refused where no rule of the batch lets this window be waived."""
    rules = rules_of(assignment)
    waivable = [rule for rule in judged_rules(rules) if rule.waivable != "no"]
    if not waivable:
        raise Refused(wording.sentence({"code": "waivers_not_allowed"}), code="waivers_not_allowed")
    span = span_of(term_of(assignment), rules, at)
    slots = [slot_named(rule, window, span, rules) for rule in waivable]
    if not any(slot is not None and slot.asked.days > 0 for slot in slots):
        words = {"month": wording.window_word(window)}
        raise Refused(_("%(month)s lies outside the term.") % words, code="outside_term")


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
