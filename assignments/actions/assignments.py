"""What begins and ends an assignment, and adds enterprises that it serves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments import capacity
from assignments.acting import Plan, check_act
from assignments.actions.telling import tell_parties
from assignments.models import Assignment, Order, Project
from assignments.notice_kinds import ASSIGNMENT_BEGUN, ASSIGNMENT_CANCELLED, ASSIGNMENT_STOPPED
from core.action import By, action
from core.errors import Refused
from core.status import lock, move
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor
from programmes.actions import check_rules
from programmes.rulebook import last_day_of

# Sent within the transaction, when service begins, and when it was completed or stopped: assignment, by, at.
assignment_begun = Signal()
assignment_ended = Signal()


@contextmanager
def one_service_at_a_time(doctor: Doctor, host: Host) -> Iterator[None]:
    """Refuse, in words, what the database excludes: two services of a doctor at one host on the same days."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "assignment_no_overlap" not in str(error):
            raise
        raise Refused(
            _("An earlier service of %(doctor)s at %(host)s covers some of these days; begin after its last day.")
            % {"doctor": doctor, "host": host},
            code="overlap",
        ) from error


@action(gettext_lazy("service begun"))
def begin_assignment(assignment: Assignment, *, by: User, at: datetime, starts_on: date) -> Assignment:
    """The agreement is signed: service begins on this day and runs for the months that the rules say.

    Refused where the rules of the batch cannot be read: nothing of the service could be judged.
    """
    batch = assignment.batch
    check_rules(batch)
    if not batch.starts_on <= starts_on <= batch.ends_on:
        raise Refused(
            _("Service begins within the batch, from %(first)s to %(last)s.")
            % {"first": batch.starts_on, "last": batch.ends_on},
            code="outside_batch",
        )
    if assignment.order is not None:
        lock(assignment.order.need)
    term: dict[str, Any] = {"starts_on": starts_on, "ends_on": last_day_of(batch, starts_on), "updated_at": at}
    with one_service_at_a_time(assignment.doctor, assignment.host):
        move(assignment, Assignment.Status.ACTIVE, by=by, at=at, **term)
    if assignment.order is not None and assignment.order.need.may_move(Need.Status.IN_SERVICE):
        move(assignment.order.need, Need.Status.IN_SERVICE, by=by, at=at)
    assignment_begun.send(Assignment, assignment=assignment, by=by, at=at)
    tell_parties(assignment, ASSIGNMENT_BEGUN, at=at, day=starts_on.isoformat())
    return assignment


@action(gettext_lazy("assignment called off"))
def cancel_assignment(assignment: Assignment, *, by: User, at: datetime, reason: str) -> Assignment:
    """Cancel an assignment that has not begun: its order ends and the need can be ordered again."""
    if not reason.strip():
        raise Refused(_("Say why the assignment is called off."), code="reason_missing")
    order = assignment.order
    if order is not None:
        need = lock(order.need)
        lock(order)
    move(assignment, Assignment.Status.CANCELLED, by=by, at=at, why=reason, updated_at=at)
    if order is not None:
        move(order, Order.Status.CANCELLED, by=by, at=at, why=reason)
        if need.status == Need.Status.ORDERED:
            move(need, Need.Status.PUBLISHED, by=by, at=at)
    tell_parties(assignment, ASSIGNMENT_CANCELLED, at=at, reason=reason.strip())
    return assignment


@action(gettext_lazy("service completed"))
def complete_assignment(assignment: Assignment, *, at: datetime, on: date, by: By = None) -> Assignment:
    """Complete an assignment whose term is over."""
    if on <= assignment.agreed_until:
        words = {"day": date_format(assignment.agreed_until)}
        raise Refused(_("The term runs until %(day)s.") % words, code="term_runs")
    move(assignment, Assignment.Status.COMPLETED, by=by, at=at, updated_at=at)
    assignment_ended.send(Assignment, assignment=assignment, by=by, at=at)
    return assignment


@action(gettext_lazy("service stopped"))
def stop_assignment(
    assignment: Assignment, *, by: User, at: datetime, last_day: date, reason: str, why: str = ""
) -> Assignment:
    """End a service early, with its last day and the reason; the year's target shrinks pro rata. For the rules of its
    batch it is announced now; `why` answers what they ask."""
    if not reason.strip():
        raise Refused(_("Say why the service is stopped."), code="reason_missing")
    lock(assignment)
    if not assignment.first_day <= last_day <= assignment.agreed_until:
        raise Refused(
            _("The last day lies within the term, from %(first)s to %(last)s.")
            % {"first": assignment.first_day, "last": assignment.agreed_until},
            code="outside_term",
        )
    if assignment.may_move(Assignment.Status.STOPPED):
        check_act(_stop(assignment, last_day, at), why=why)
    move(
        assignment, Assignment.Status.STOPPED, by=by, at=at, why=reason,
        stopped_on=last_day, stopped_at=at, stop_reason=reason.strip(), updated_at=at,
    )  # fmt: skip
    assignment_ended.send(Assignment, assignment=assignment, by=by, at=at)
    tell_parties(assignment, ASSIGNMENT_STOPPED, at=at, day=last_day.isoformat(), reason=reason.strip())
    return assignment


def _stop(assignment: Assignment, last_day: date, at: datetime) -> Plan:
    doctor, enterprise = assignment.doctor, assignment.host.enterprise
    told_on = timezone.localdate(at)
    return Plan("stop", assignment.batch, last_day, at, doctor, enterprise, told_on=told_on, service=assignment)


@action(gettext_lazy("served enterprise added"))
def add_served_enterprise(
    assignment: Assignment, enterprise: Enterprise, *, by: User, at: datetime, title: str, need: Need | None = None
) -> Project:
    """Add one of the N enterprises that the doctor serves besides the lead project."""
    (doctor,) = capacity.lock_doctors([assignment.doctor])
    lock(assignment)
    if assignment.status not in (Assignment.Status.PREPARING, Assignment.Status.ACTIVE):
        raise Refused(_("Enterprises can be added while the assignment runs."), code="not_running")
    capacity.check_interest(doctor, enterprise)
    project, made = Project.objects.get_or_create(
        assignment=assignment,
        enterprise=enterprise,
        defaults={"kind": Project.Kind.SERVED, "need": need, "title": title.strip()[:120]},
    )
    if not made:
        raise Refused(_("%(name)s is already served by this assignment.") % {"name": enterprise}, code="served")
    return project
