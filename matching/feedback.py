"""Records what became of suggestions, in the transaction of the act that decided it; `lessons` learns from the rows."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from accounts.rules import is_enterprise
from assignments import capacity
from assignments.models import Assignment, Dispatch, Order
from core.errors import Refused
from enterprises.models import Need
from experts.models import Doctor
from matching.models import Feedback, Suggestion

Kind = Feedback.Kind
# An offer the university took back says nothing about the pair, nor does a service that was called off before it began.
ANSWERS: dict[str, str] = {
    Dispatch.Status.ACCEPTED: Kind.ACCEPTED,
    Dispatch.Status.DECLINED: Kind.DECLINED,
    Dispatch.Status.EXPIRED: Kind.EXPIRED,
}
ENDS: dict[str, str] = {
    Assignment.Status.COMPLETED: Kind.ENDED_WELL,
    Assignment.Status.STOPPED: Kind.ENDED_BADLY,
}


def record(
    need: Need, doctor: Doctor, kind: str, *, by: User | None, at: datetime, reason: str = ""
) -> Feedback | None:
    """Keep what became of a pair, with what the engine had said of it; nothing where it never suggested the pair.

    The suggestion in force counts, or else the latest former one; lines of a cancelled run were never shown.
    """
    lines = Suggestion.objects.filter(need=need, doctor=doctor, run__finished_at__isnull=False)
    line = lines.select_related("run").order_by("-current", "-pk").first()
    return _keep(line, kind, by=by, at=at, reason=reason) if line else None


def record_order(order: Order, doctors: Sequence[Doctor], *, by: User, at: datetime) -> None:
    """An order names doctors: they were ordered, and lines of the shortlist beside them were passed over.

    An enterprise chooses from its shortlist, so every other doctor on it whom it could have ordered was passed over,
    above and below: the lines above alone would all be evidence against the weights that ranked them, whoever chooses
    and however. Whoever orders for others, as by the plan of a batch, may have kept a better line for another need;
    only the lines below the last one ordered were passed over then. Nothing is recorded for doctors who were not on the
    shortlist, or where the choice was left to a university.
    """
    chosen = {doctor.pk for doctor in doctors}
    lines = list(order.need.suggestions.current().select_related("run", "doctor"))
    ranks = [line.rank for line in lines if line.doctor_id in chosen]
    for line in lines if ranks else ():
        if line.doctor_id in chosen:
            _keep(line, Kind.ORDERED, by=by, at=at)
        elif (is_enterprise(by) or line.rank > max(ranks)) and _free(line.doctor, order):
            _keep(line, Kind.PASSED_OVER, by=by, at=at)


def record_answer(dispatch: Dispatch, *, by: User | None, at: datetime) -> None:
    """The doctor accepted, declined with a reason, or let the day pass."""
    if dispatch.status in ANSWERS:
        need, kind = dispatch.order.need, ANSWERS[dispatch.status]
        record(need, dispatch.doctor, kind, by=by, at=at, reason=dispatch.reason)


def record_end(assignment: Assignment, *, by: User | None, at: datetime) -> None:
    """A service that ran its term ended well; one that was stopped ended badly, whatever the reason, which is kept.

    A stop that nobody could prevent is noise; learning separates noise from evidence anyway.
    """
    if assignment.order is not None and assignment.status in ENDS:
        kind, reason = ENDS[assignment.status], assignment.stop_reason
        record(assignment.order.need, assignment.doctor, kind, by=by, at=at, reason=reason)


def _free(doctor: Doctor, order: Order) -> bool:
    """Whether no hard limit kept this doctor from being ordered as well."""
    try:
        capacity.check(doctor, order.host.enterprise, order.need)
    except Refused:
        return False
    return True


def _keep(line: Suggestion, kind: str, *, by: User | None, at: datetime, reason: str = "") -> Feedback:
    return Feedback.objects.create(
        suggestion=line,
        need_id=line.need_id,
        doctor_id=line.doctor_id,
        kind=kind,
        reason=reason.strip(),
        engine=line.run.engine,
        engine_version=line.run.engine_version,
        rank=line.rank,
        score=line.score,
        points=line.points,
        by=by,
        at=at,
    )
