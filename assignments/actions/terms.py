"""What becomes of the agreed term of a service: it was begun late, it is extended."""

from datetime import date, datetime

from django.dispatch import Signal
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.acting import Plan, check_act, months_until
from assignments.actions.assignments import one_service_at_a_time
from assignments.actions.telling import tell_parties
from assignments.models import Assignment
from assignments.notice_kinds import ASSIGNMENT_EXTENDED, ASSIGNMENT_LATE
from core.action import action
from core.errors import AlreadyDone, Refused
from core.status import earlier, lock
from programmes.models import Batch

# Sent within the transaction, when the first or the last day of a running service has changed: assignment, by, at.
term_changed = Signal()


@action(gettext_lazy("late start noted"))
def note_late_start(assignment: Assignment, *, by: User, at: datetime, started_on: date, reason: str) -> Assignment:
    """Set the first day really served, which lies after the agreed one; nothing is asked for the days before."""
    if not reason.strip():
        raise Refused(_("Say why the service began late."), code="reason_missing")
    _lock_running(assignment)
    if not assignment.starts_on < started_on <= assignment.agreed_until:
        raise Refused(
            _("A late start lies after %(first)s, the agreed first day, and not after %(last)s.")
            % {"first": date_format(assignment.starts_on), "last": date_format(assignment.agreed_until)},
            code="outside_term",
        )
    if assignment.started_on == started_on:
        raise AlreadyDone(
            _("The service is on record as begun on %(day)s already.") % {"day": date_format(started_on)},
            code="already_done",
        )
    assignment.started_on, assignment.started_known_at, assignment.updated_at = started_on, at, at
    assignment.save(update_fields=["started_on", "started_known_at", "updated_at"])
    _tell(assignment, ASSIGNMENT_LATE, started_on, by=by, at=at, reason=reason)
    return assignment


@action(gettext_lazy("term extended"))
def extend_term(
    assignment: Assignment, *, by: User, at: datetime, on: date, extended_to: date, reason: str, why: str = ""
) -> Assignment:
    """Let a running service last longer than agreed; refused where the rules of its batch allow no such term."""
    if not reason.strip():
        raise Refused(_("Say why the term is extended."), code="reason_missing")
    _lock_running(assignment)
    if extended_to <= assignment.agreed_until:
        raise Refused(
            _("The term runs until %(day)s already; choose a later day.")
            % {"day": date_format(assignment.agreed_until)},
            code="not_later",
        )
    months = months_until(assignment.starts_on, extended_to)
    doctor, enterprise = assignment.doctor, assignment.host.enterprise
    plan = Plan("renew", assignment.batch, on, at, doctor, enterprise, months=months, service=assignment)
    check_act(plan, why=why)
    assignment.extended_to, assignment.extended_known_at, assignment.updated_at = extended_to, at, at
    with one_service_at_a_time(doctor, assignment.host):
        assignment.save(update_fields=["extended_to", "extended_known_at", "updated_at"])
    _tell(assignment, ASSIGNMENT_EXTENDED, extended_to, by=by, at=at, reason=reason)
    return assignment


def _lock_running(assignment: Assignment) -> None:
    """Lock an assignment that is in service, of a batch that is not closed; of two acts the second sees the first."""
    if lock(assignment).status != Assignment.Status.ACTIVE:
        raise AlreadyDone(earlier(assignment), code="already_done")
    if assignment.batch.status == Batch.Status.CLOSED:
        raise Refused(_("The batch is closed; the terms of its services stay as they are."), code="batch_closed")


def _tell(assignment: Assignment, of_kind: str, day: date, *, by: User, at: datetime, reason: str) -> None:
    term_changed.send(Assignment, assignment=assignment, by=by, at=at)
    tell_parties(assignment, of_kind, at=at, key=day.isoformat(), day=day.isoformat(), reason=reason.strip())
