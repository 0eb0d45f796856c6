"""The office accepts lines of a plan: each becomes an order, a dispatch, or one more enterprise a doctor serves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from assignments import capacity
from assignments.acting import has_rules, lock_host
from assignments.actions.assignments import add_served_enterprise
from assignments.actions.dispatches import dispatch_doctor
from assignments.actions.orders import host_for, place_order
from assignments.models import Assignment, Dispatch, Order, Project
from core import jobs
from core.action import action
from core.errors import AlreadyDone, Refused
from core.models import Job
from core.permissions import may
from core.set_aside import NOT_ABOUT_A_ROW, named_work, resolve, set_aside
from core.status import lock
from enterprises.models import Need
from experts.models import Doctor
from matching.actions.plans import decided
from matching.models import MatchRun, Override, PlanLine
from programmes.models import Batch

# The kind of job that accepts many lines; there is one at a time of each batch.
ACCEPT_PLAN = "accept_plan"
# The kind of row that is set aside: a line of a plan that could neither be accepted nor refused.
ACCEPT_LINE = named_work(ACCEPT_PLAN, gettext_lazy("accepted lines of a plan"))

MOST_CHOICES = 3  # doctors of one order
HELD = [Dispatch.Status.OFFERED, Dispatch.Status.ACCEPTED]
Outcome = Literal["placed", "dispatched", "served", "already"]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of each line: an order placed, its doctor dispatched for an order that waited, an enterprise served
    beside a lead project, nothing because it was accepted before, or a refusal with its reason. `asking` are those of
    the refused of which a rule of the batch asks for a reason."""

    placed: list[PlanLine] = field(default_factory=list)
    dispatched: list[PlanLine] = field(default_factory=list)
    served: list[PlanLine] = field(default_factory=list)
    already: list[PlanLine] = field(default_factory=list)
    refused: list[tuple[PlanLine, str]] = field(default_factory=list)
    asking: list[PlanLine] = field(default_factory=list)

    @property
    def done(self) -> int:
        return len(self.placed) + len(self.dispatched) + len(self.served)


class Tried(NamedTuple):
    """What became of a line, or why nothing did, and whether a rule of the batch asks for a reason."""

    outcome: Outcome | None
    why_not: str = ""
    asks: bool = False


def accept_plan_lines(
    run: MatchRun, lines: Iterable[PlanLine], *, by: User, at: datetime, on: date, why: str = ""
) -> Acceptance:
    """Turn lines of a plan into orders, each for itself: one that is refused leaves the others, and is named with the
    reason. What was accepted before stays as it is. `why` answers what the rules of the batch ask."""
    found = Acceptance()
    for line in lines:
        tried = try_line(run, line, by=by, at=at, on=on, why=why)
        if tried.outcome is None:
            found.refused.append((line, tried.why_not))
            found.asking.extend([line] if tried.asks else [])
        else:
            getattr(found, tried.outcome).append(line)
    return found


def try_line(run: MatchRun, line: PlanLine, *, by: User, at: datetime, on: date, why: str = "") -> Tried:
    """Accept one line in a transaction of its own.

    A refusal is returned as the line's result; after an unexpected error the line is set aside.
    """
    try:
        with transaction.atomic():
            outcome = accept_plan_line(run, line, by=by, at=at, on=on, why=why)
            resolve(ACCEPT_LINE, PlanLine, [line.pk], at=at, about=str(run.batch_id))
    except Refused as refusal:
        return Tried(None, refusal.message, refusal.code == "rule_asks")
    except NOT_ABOUT_A_ROW:
        raise
    except Exception as error:  # noqa: BLE001  # kept with its cause, and logged
        return Tried(None, set_aside(ACCEPT_LINE, line, error, at=at, about=str(run.batch_id)).cause)
    return Tried(outcome)


@action(gettext_lazy("acceptance of a plan asked for"))
def ask_for_acceptance(run: MatchRun, lines: Iterable[PlanLine], *, by: User, at: datetime, why: str = "") -> Job:
    """Ask a worker to accept lines of a plan one after the other, in this order; refused while an earlier acceptance of
    the batch is under way. `why` answers what the rules of the batch ask of these lines."""
    batch = lock(run.batch) if run.batch else None
    if batch is None:
        raise Refused(_("This line belongs to another plan."), code="other_plan")
    if Job.objects.open().filter(kind=ACCEPT_PLAN, key=str(batch.pk)).exists():
        raise AlreadyDone(_("Lines of this plan are being accepted already; wait until that has ended."))
    # Refusals are kept as sentences, in the language of whoever asked.
    args = {"run": run.pk, "lines": [line.pk for line in lines], "language": get_language(), "why": why.strip()}
    return jobs.enqueue(ACCEPT_PLAN, str(batch.pk), by=by, at=at, args=args)


@action(gettext_lazy("plan line accepted"))
def accept_plan_line(run: MatchRun, line: PlanLine, *, by: User, at: datetime, on: date, why: str = "") -> Outcome:
    """Accept one line of a plan; refused with the reason where it cannot be accepted any more. `why` answers what the
    rules of the batch ask of an order, a choice or a dispatch.

    A need gets an order for its doctor, with the alternates that still pass every limit as second and third choice; for
    an order that waits for its university the doctor is dispatched; one of the N served needs is added to the
    assignment the doctor has.
    """
    doctor = line.doctor
    if line.run_id != run.pk or run.batch is None:
        raise Refused(_("This line belongs to another plan."), code="other_plan")
    if doctor is None:
        raise Refused(_("The plan has nobody for this need."), code="nobody")
    need = lock(line.need)
    line.refresh_from_db(fields=["order"])
    _check_overrides(run.batch, need, doctor)
    if not line.lead:
        return _serve(run.batch, need, doctor, by=by, at=at)
    order = need.orders.open().select_related("host__batch").first()
    if order is None:
        _check_not_served(need)
        order = _order(run.batch, line, doctor, by=by, at=at, on=on, why=why)
        outcome: Outcome = "placed"
    elif order.pk == line.order_id or order.dispatches.filter(doctor=doctor, status__in=HELD).exists():
        outcome = "already"
    else:
        _dispatch(order, doctor, by=by, at=at, on=on, why=why)
        outcome = "dispatched"
    PlanLine.objects.filter(pk=line.pk).update(order=order)
    line.order = order
    return outcome


def _check_not_served(need: Need) -> None:
    project = Project.objects.serving().filter(need=need).select_related("assignment__doctor").first()
    if project is not None:
        raise Refused(
            _("%(doctor)s serves this need already, beside a lead project.") % {"doctor": project.assignment.doctor},
            code="need_served",
        )


def _check_overrides(batch: Batch, need: Need, doctor: Doctor) -> None:
    """Refuse a line that contradicts an override of the office made after the plan."""
    for override in decided(batch, need).select_related("doctor"):
        mine = override.doctor_id == doctor.pk
        if mine and override.kind == Override.Kind.FORBID:
            raise Refused(
                _("The office forbade this pair since: %(reason)s Run the plan again.") % {"reason": override.reason},
                code="forbidden_since",
            )
        if not mine and override.kind == Override.Kind.PIN:
            raise Refused(
                _("The office pinned this need to %(doctor)s since; run the plan again.") % {"doctor": override.doctor},
                code="pinned_since",
            )


def _order(batch: Batch, line: PlanLine, doctor: Doctor, *, by: User, at: datetime, on: date, why: str) -> Order:
    """An order for the line's doctor, with its alternates as second and third choice as far as they are free."""
    keys = [row["doctor"] for row in line.alternates if row["doctor"] != doctor.pk]
    forbidden = decided(batch, line.need).filter(kind=Override.Kind.FORBID).values("doctor")
    known = Doctor.objects.exclude(pk__in=forbidden).in_bulk(keys)
    others = [known[key] for key in keys if key in known]
    if has_rules(batch, "order"):
        lock_host(host_for(line.need, batch, on), "order")  # before the doctors, as an order does
    # All locked at once, by key, so that two acceptances cannot wait for each other.
    first, *alternates = capacity.lock_doctors([doctor, *others])
    free = [other for other in alternates if _passes(other, line.need)]
    chosen = [first, *free[: MOST_CHOICES - 1]]
    return place_order(line.need, by=by, at=at, on=on, doctors=chosen, batch=batch, why=why)


def _passes(doctor: Doctor, need: Need) -> bool:
    try:
        capacity.check(doctor, need.enterprise, need)
    except Refused:
        return False
    return True


def _dispatch(order: Order, doctor: Doctor, *, by: User, at: datetime, on: date, why: str) -> Dispatch:
    if order.status != Order.Status.PLACED:
        raise Refused(
            _("The order for this need is “%(status)s” with another doctor.") % {"status": order.get_status_display()},
            code="ordered",
        )
    if not may(by, "dispatch", order):
        raise Refused(_("An order waits for its university, and you may not dispatch for it."), code="not_yours")
    return dispatch_doctor(order, doctor, by=by, at=at, on=on, why=why)


def _serve(batch: Batch, need: Need, doctor: Doctor, *, by: User, at: datetime) -> Outcome:
    """Add the need's enterprise to what the doctor serves beside his lead project.

    The need stays published, for it has no order; while it is served it is in no further plan.
    """
    running = Assignment.objects.taking_a_place().filter(batch=batch, doctor=doctor)
    project = Project.objects.filter(assignment__in=running, enterprise=need.enterprise_id).order_by("pk").first()
    if project is not None and project.need_id == need.pk:
        return "already"
    names = {"doctor": doctor, "enterprise": need.enterprise}
    if project is not None:
        raise Refused(_("%(doctor)s serves %(enterprise)s for another need already.") % names, code="served")
    if need.status != Need.Status.PUBLISHED:
        raise Refused(
            _("The need is “%(status)s” by now; run the plan again.") % {"status": need.get_status_display()},
            code="need_not_published",
        )
    _check_not_served(need)
    assignment = running.order_by("pk").first()
    if assignment is None:
        raise Refused(
            _("%(doctor)s serves this enterprise beside a lead project; accept it when he has taken that one.") % names,
            code="no_lead",
        )
    capacity.check_asked(doctor, need.enterprise, need)
    add_served_enterprise(assignment, need.enterprise, by=by, at=at, title=need.title, need=need)
    return "served"
