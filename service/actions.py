"""Visits, waivers, reminders and outcomes: the verbs of doctors, hosts and the office."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.models import Assignment
from core.action import action
from core.errors import AlreadyDone, Refused
from core.notices import notify, sentence
from core.status import lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Enterprise
from officedata.months import Month, local_day
from service import wording
from service.compliance import check_visit
from service.models import MonthlyCheck, Outcome, Reminder, Standing, Visit, Waiver
from service.sources import doctors_visits, facts_of, rules_of, term_of
from service.standings import refresh_standings

VISIT_LOGGED = sentence(
    "visit_logged", gettext_lazy("%(doctor)s logged a visit of %(days)s days from %(first)s: please confirm.")
)
VISIT_CONFIRMED = sentence("visit_confirmed", gettext_lazy("%(host)s confirmed your visit of %(first)s."))
VISIT_DISPUTED = sentence("visit_disputed", gettext_lazy("%(host)s disputes your visit of %(first)s: %(reason)s"))
WAIVER_ASKED = sentence("waiver_asked", gettext_lazy("A waiver of %(month)s is asked for %(doctor)s: %(reason)s"))
WAIVER_DECIDED = sentence(
    "waiver_decided",
    gettext_lazy("The waiver of %(month)s for %(doctor)s: %(decision)s."),
    decision=Waiver.Status,
)
REMINDER = sentence(
    "reminder",
    gettext_lazy("%(month)s: %(days)s of %(due)s days served so far; please plan your next visit. %(note)s"),
)


# -- Visits ------------------------------------------------------------------------------------------------


@action(gettext_lazy("visit logged"))
def log_visit(
    assignment: Assignment,
    *,
    by: User,
    at: datetime,
    on: date,
    enterprise: Enterprise,
    starts_on: date,
    ends_on: date,
    content: str,
    mode: str = Visit.Mode.ONSITE,
    solved: str = "",
    next_step: str = "",
    client_key: UUID | None = None,
) -> Visit:
    """Log a visit; it counts once the enterprise confirms it. Sent again with one client key it is the same visit."""
    lock(assignment)
    if client_key is not None:
        sent = Visit.objects.filter(client_key=client_key, doctor=assignment.doctor_id).first()
        if sent is not None:
            return _same(sent, assignment, {
                "enterprise": enterprise, "starts_on": starts_on, "ends_on": ends_on, "content": content, "mode": mode,
                "solved": solved, "next_step": next_step,
            })  # fmt: skip
    _check_loggable(assignment, enterprise, starts_on, ends_on, content, on=on)
    visit = Visit(
        assignment=assignment, doctor=assignment.doctor, enterprise=enterprise, starts_on=starts_on, ends_on=ends_on,
        mode=mode, content=content.strip(), solved=solved.strip(), next_step=next_step.strip(),
        logged_by=by, logged_at=at, client_key=client_key,
    )  # fmt: skip
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as error:
        if client_key is not None and Visit.objects.filter(client_key=client_key).exists():
            raise Refused(
                _("This entry carries the mark of another one; send it again."), code="foreign_key"
            ) from error
        # Only the race of two entries gets here; what a person can see coming was refused above.
        raise Refused(wording.sentence({"code": "overlap"}), code="overlap") from error
    _tell(enterprise_users(enterprise), VISIT_LOGGED, visit, at=at)
    refresh_standings([assignment], on=on)
    return visit


def says_the_same(visit: Visit, *, enterprise: Enterprise, client_key: UUID | None = None, **facts: Any) -> bool:
    """Whether an entry says what this visit says."""
    said = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    return visit.enterprise_id == enterprise.pk and all(getattr(visit, name) == said[name] for name in said)


def _same(visit: Visit, assignment: Assignment, facts: dict[str, Any]) -> Visit:
    if visit.assignment_id == assignment.pk and says_the_same(visit, **facts):
        return visit
    raise AlreadyDone(
        _(
            "This entry was sent before as the visit to %(name)s from %(first)s to %(last)s, and says something else "
            "now. Nothing was changed; if this is another visit, send it again."
        )
        % {"name": visit.enterprise, "first": _day(visit.starts_on), "last": _day(visit.ends_on)},
        code="sent_before",
    )


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _check_loggable(
    assignment: Assignment, enterprise: Enterprise, starts_on: date, ends_on: date, content: str, *, on: date
) -> None:
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; visits can be logged from its first day."), code="not_begun")
    if not assignment.projects.filter(enterprise=enterprise).exists():
        raise Refused(
            _("%(name)s is not served by this assignment; choose one of its enterprises.") % {"name": enterprise},
            code="not_served",
        )
    if not content.strip():
        raise Refused(_("Say what was done."), code="content_missing")
    facts = facts_of([assignment])[assignment.pk]
    reasons = check_visit(
        rules_of(assignment),
        term_of(assignment),
        starts_on,
        ends_on,
        doctors_visits(assignment.doctor_id, starts_on, ends_on),
        enterprise=enterprise.pk,
        today=on,
        reopened=facts.reopened,
    )
    if reasons:
        first, *others = [wording.sentence(reason) for reason in reasons]
        raise Refused(first, code=reasons[0].code, reasons=others)


@action(gettext_lazy("visit confirmed"))
def confirm_visit(visit: Visit, *, by: User, at: datetime, on: date) -> Visit:
    """The enterprise confirms: the days count."""
    lock(visit.assignment)  # so that its standing is worked out by one at a time
    move(visit, Visit.Status.CONFIRMED, by=by, at=at, confirmed_at=at)
    if visit.doctor.user is not None:
        _tell([visit.doctor.user], VISIT_CONFIRMED, visit, at=at)
    refresh_standings([visit.assignment], on=on)
    return visit


def confirm_visits(visits: Iterable[Visit], *, by: User, at: datetime, on: date) -> tuple[list[Visit], list[str]]:
    """Confirm several; those that are refused stay as they are, and their sentences come back."""
    done, refused = [], []
    for visit in visits:
        try:
            done.append(confirm_visit(visit, by=by, at=at, on=on))
        except Refused as refusal:
            refused.append(refusal.message)
    return done, refused


@action(gettext_lazy("visit disputed"))
def dispute_visit(visit: Visit, *, by: User, at: datetime, on: date, reason: str) -> Visit:
    """The enterprise disputes, with the reason; the doctor is told and can take the visit back."""
    if not reason.strip():
        raise Refused(_("Say what is wrong with the visit; the doctor will read it."), code="reason_missing")
    reason = reason.strip()[:300]
    lock(visit.assignment)  # so that its standing is worked out by one at a time
    move(visit, Visit.Status.DISPUTED, by=by, at=at, why=reason, disputed_at=at, dispute_reason=reason)
    if visit.doctor.user is not None:
        _tell([visit.doctor.user], VISIT_DISPUTED, visit, at=at, reason=reason)
    refresh_standings([visit.assignment], on=on)
    return visit


@action(gettext_lazy("visit taken back"))
def withdraw_visit(visit: Visit, *, by: User, at: datetime, on: date) -> Visit:
    """The doctor takes an unconfirmed visit back; its days can be logged anew."""
    lock(visit.assignment)  # so that its standing is worked out by one at a time
    move(visit, Visit.Status.WITHDRAWN, by=by, at=at, withdrawn_at=at)
    refresh_standings([visit.assignment], on=on)
    return visit


def _tell(people: Iterable[User], kind: str, visit: Visit, *, at: datetime, **params: str) -> None:
    notify(
        people,
        kind,
        key=f"{visit.pk}:{visit.status}:{at.isoformat()}",
        at=at,
        url=visit.get_absolute_url(),
        doctor=visit.doctor.name,
        host=visit.enterprise.name,
        days=visit.length,
        first=visit.starts_on.isoformat(),
        **params,
    )


# -- Waivers (豁免) ----------------------------------------------------------------------------------------


@action(gettext_lazy("waiver asked for"))
def ask_waiver(assignment: Assignment, month: Month, *, by: User, at: datetime, reason: str) -> Waiver:
    """Ask for a month off for cause."""
    if not reason.strip():
        raise Refused(_("Say why no service was possible in this month."), code="reason_missing")
    lock(assignment)
    if month.last < assignment.starts_on or month.first > assignment.last_day:
        raise Refused(_("%(month)s lies outside the term.") % {"month": month}, code="outside_term")
    standing = Waiver.objects.filter(assignment=assignment, month=month.first).exclude(status=Waiver.Status.REFUSED)
    earlier = standing.first()
    if earlier is not None:
        raise AlreadyDone(
            _("A waiver of %(month)s was already asked for; it is “%(status)s”.")
            % {"month": month, "status": earlier.get_status_display()}
        )
    waiver = Waiver.objects.create(
        assignment=assignment, month=month.first, reason=reason.strip()[:300], asked_by=by, asked_at=at
    )
    office = User.objects.filter(role=User.Role.OFFICE, office__kind="city", is_active=True)
    notify(
        office, WAIVER_ASKED, key=str(waiver.pk), at=at, url=reverse("admin:waivers"),
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


# -- Reminders, re-opening, outcomes ---------------------------------------------------------------------------


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


@action(gettext_lazy("outcome registered"))
def register_outcome(
    assignments: Sequence[Assignment],
    *,
    by: User,
    at: datetime,
    kind: str,
    title: str,
    happened_on: date,
    effect: str = "",
    stage: str = "",
) -> Outcome:
    """Register what came of the service; the same outcome of a second assignment is joined to the first, not counted
    twice."""
    if happened_on > local_day(at):
        raise Refused(_("The date lies in the future."), code="future")
    outcome, _made = Outcome.objects.get_or_create(
        kind=kind,
        title=title.strip(),
        happened_on=happened_on,
        defaults={"effect": effect.strip(), "stage": stage, "registered_by": by, "registered_at": at},
    )
    outcome.assignments.add(*assignments)
    return outcome
