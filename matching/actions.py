"""From a published need to an assignment: the verbs of offices, enterprises, universities and doctors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import jobs
from core.errors import Refused
from core.models import Job
from core.months import term_end
from core.notices import notify, sentence
from core.status import check_move, lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor, University
from matching import capacity
from matching.models import Assignment, Dispatch, MatchRun, Order, OrderChoice, Project
from matching.sources import ENGINE
from programmes.models import Batch

NEED_PUBLISHED = sentence("need_published", gettext_lazy("Your need “%(title)s” was published."))
ORDER_PLACED = sentence("order_placed", gettext_lazy("%(host)s ordered a doctor for “%(title)s”: please dispatch."))
ORDER_CANCELLED = sentence("order_cancelled", gettext_lazy("The order for “%(title)s” was cancelled."))
ORDER_FAILED = sentence("order_failed", gettext_lazy("Nobody was found for “%(title)s”; choose other doctors."))
DISPATCH_OFFERED = sentence(
    "dispatch_offered", gettext_lazy("%(host)s asks for you for “%(title)s”: please answer by %(answer_by)s.")
)
DISPATCH_ANSWERED = sentence(
    "dispatch_answered", gettext_lazy("%(doctor)s answered for “%(title)s”: %(answer)s."), answer=Dispatch.Status
)
ASSIGNMENT_BEGUN = sentence("assignment_begun", gettext_lazy("The service of %(doctor)s at %(host)s began on %(day)s."))
ASSIGNMENT_STOPPED = sentence(
    "assignment_stopped", gettext_lazy("The service of %(doctor)s at %(host)s ended on %(day)s: %(reason)s")
)
ASSIGNMENT_CANCELLED = sentence(
    "assignment_cancelled", gettext_lazy("The service of %(doctor)s at %(host)s was called off: %(reason)s")
)

MATCH_NEED = "match_need"
MATCH_BATCH = "match_batch"


# -- Needs --------------------------------------------------------------------------------------------


@transaction.atomic
def publish_need(need: Need, *, by: User, at: datetime) -> Need:
    """Publish a reviewed need and ask for its shortlist."""
    move(need, Need.Status.PUBLISHED, by=by, at=at, published_at=at)
    notify(
        enterprise_users(need.enterprise),
        NEED_PUBLISHED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=need.get_absolute_url(),
        title=need.title,
    )
    ask_for_match(need, by=by, at=at)
    return need


def ask_for_match(need: Need, *, by: User, at: datetime) -> Job:
    """Ask a worker for a fresh shortlist of one need."""
    return jobs.enqueue(MATCH_NEED, str(need.pk), by=by, at=at, args={"need": need.pk})


@transaction.atomic
def ask_for_batch_match(batch: Batch, *, by: User, at: datetime) -> MatchRun:
    """Ask a worker to match every open need and to propose a plan; while one is under way, that one is returned."""
    lock(batch)
    job = jobs.enqueue(MATCH_BATCH, str(batch.pk), by=by, at=at, args={"batch": batch.pk})
    run, _made = MatchRun.objects.get_or_create(
        job=job,
        defaults={"batch": batch, "engine": ENGINE.name, "engine_version": ENGINE.version, "started_at": at},
    )
    return run


@transaction.atomic
def withdraw_need(need: Need, *, by: User, at: datetime, reason: str) -> Need:
    """Take a need back; an open order for it, and the offers made for that, end with it."""
    if not reason.strip():
        raise Refused(_("Say why the need is withdrawn."), code="reason_missing")
    lock(need)
    order = need.orders.open().first()
    if order is not None:
        if order.status == Order.Status.SETTLED:
            raise Refused(_("A doctor already serves this need; ask the office to stop the service first."))
        cancel_order(order, by=by, at=at, reason=reason, release=False)
    return move(need, Need.Status.WITHDRAWN, by=by, at=at, why=reason)


# -- Orders (企业点单) ------------------------------------------------------------------------------------


@transaction.atomic
def place_order(
    need: Need,
    *,
    by: User,
    at: datetime,
    on: date,
    doctors: Sequence[Doctor] = (),
    university: University | None = None,
    batch: Batch | None = None,
    remark: str = "",
) -> Order:
    """Order up to three doctors in order of preference, or whom a university proposes, for a published need."""
    host = host_for(need, batch, on)
    _check_choice(doctors, university)
    lock(need)
    if need.status != Need.Status.PUBLISHED:
        raise Refused(
            _("Only a published need can be ordered for; this one is “%(status)s”.")
            % {"status": need.get_status_display()},
            code="need_not_published",
        )
    for doctor in capacity.lock_doctors(doctors):
        capacity.check(doctor, host.enterprise, need)
    order = Order.objects.create(
        need=need, host=host, university=university, remark=remark.strip(), placed_by=by, placed_at=at
    )
    OrderChoice.objects.bulk_create(
        OrderChoice(order=order, doctor=doctor, preference=rank) for rank, doctor in enumerate(doctors, start=1)
    )
    move(need, Need.Status.ORDERED, by=by, at=at)
    notify(
        liaisons_of(order),
        ORDER_PLACED,
        key=str(order.pk),
        at=at,
        url=order.get_absolute_url(),
        host=str(host),
        title=need.title,
    )
    return order


def host_for(need: Need, batch: Batch | None, on: date) -> Host:
    """The host an order for this need would be placed for; refused, with what to do, where there is none."""
    hosts = Host.objects.filter(enterprise=need.enterprise_id).select_related("batch", "enterprise")
    hosts = hosts.filter(batch=batch) if batch else hosts.filter(batch__in=Batch.objects.current())
    host = hosts.order_by("-batch__starts_on", "-pk").first()
    if host is None:
        raise Refused(
            _("%(name)s is not a receiving enterprise of the running batch; ask the talent office to choose it first.")
            % {"name": need.enterprise},
            code="no_host",
        )
    if not host.batch.takes_orders(on):
        raise Refused(
            _("Orders of %(batch)s are taken from %(first)s to %(last)s.")
            % {"batch": host.batch, "first": host.batch.orders_from, "last": host.batch.orders_until},
            code="order_window",
        )
    return host


def _check_choice(doctors: Sequence[Doctor], university: University | None) -> None:
    if bool(doctors) == (university is not None):
        raise Refused(_("Choose one to three doctors, or leave the choice to a university."), code="choice")
    if len(doctors) > 3:
        raise Refused(_("At most three doctors can be chosen."), code="choice")
    if len({doctor.pk for doctor in doctors}) != len(doctors):
        raise Refused(_("Each doctor can be chosen once."), code="choice")


@transaction.atomic
def cancel_order(order: Order, *, by: User, at: datetime, reason: str, release: bool = True) -> Order:
    """Take an order back before it is settled; a pending offer is withdrawn and the need can be ordered anew."""
    need = lock(order.need)
    lock(order)
    if order.status == Order.Status.SETTLED:
        raise Refused(_("This order is settled; the service it led to can only be stopped."), code="settled")
    move(order, Order.Status.CANCELLED, by=by, at=at, why=reason)
    for dispatch in order.dispatches.pending():
        move(dispatch, Dispatch.Status.WITHDRAWN, by=by, at=at, why=reason, reason=reason.strip()[:300])
        _tell_doctor(dispatch, ORDER_CANCELLED, at=at, title=need.title)
    if release:
        move(need, Need.Status.PUBLISHED, by=by, at=at)
    return order


# -- Dispatches (学校派单) ----------------------------------------------------------------------------------


@transaction.atomic
def dispatch_doctor(order: Order, doctor: Doctor, *, by: User | None, at: datetime, on: date) -> Dispatch:
    """Name a doctor for an order, with a day to answer by; his place is held until then.

    An order for named doctors takes one of these; an order to a university takes any of its doctors. `by` is None when
    the next alternate is offered by itself.
    """
    need = lock(order.need)
    (doctor,) = capacity.lock_doctors([doctor])
    check_move(lock(order), Order.Status.DISPATCHED)
    _check_named(order, doctor)
    capacity.check(doctor, order.host.enterprise, need)
    move(order, Order.Status.DISPATCHED, by=by, at=at)
    answer_by = date.fromordinal(on.toordinal() + order.host.batch.answer_days)
    dispatch = Dispatch.objects.create(order=order, doctor=doctor, offered_by=by, offered_at=at, answer_by=answer_by)
    _tell_doctor(
        dispatch, DISPATCH_OFFERED, at=at, host=str(order.host), title=need.title, answer_by=answer_by.isoformat()
    )
    return dispatch


def _check_named(order: Order, doctor: Doctor) -> None:
    if order.university_id is not None:
        if doctor.university_id != order.university_id:
            raise Refused(
                _("%(doctor)s is not a doctor of the university asked.") % {"doctor": doctor}, code="not_asked"
            )
    elif not order.choices.filter(doctor=doctor).exists():
        raise Refused(_("%(doctor)s is not one of the doctors asked for.") % {"doctor": doctor}, code="not_asked")
    if order.dispatches.filter(doctor=doctor).exclude(status=Dispatch.Status.OFFERED).exists():
        raise Refused(_("%(doctor)s was already asked for this order.") % {"doctor": doctor}, code="asked_before")


@transaction.atomic
def accept_dispatch(dispatch: Dispatch, *, by: User, at: datetime, on: date) -> Assignment:
    """Settle the order on this doctor and prepare the assignment, for one year (博士接单)."""
    order = dispatch.order
    need = lock(order.need)
    (doctor,) = capacity.lock_doctors([dispatch.doctor])
    lock(order)
    lock(dispatch)
    if dispatch.status == Dispatch.Status.OFFERED:
        _check_deadline(dispatch, on)
        capacity.check(doctor, order.host.enterprise, need, holding=dispatch)
    move(dispatch, Dispatch.Status.ACCEPTED, by=by, at=at, answered_on=on)
    move(order, Order.Status.SETTLED, by=by, at=at)
    batch = order.host.batch
    starts_on = max(on, batch.starts_on)
    with _one_service_at_a_time(doctor, order.host):
        assignment = Assignment.objects.create(
            order=order, batch=batch, host=order.host, doctor=doctor, starts_on=starts_on, ends_on=term_end(starts_on)
        )
    Project.objects.create(
        assignment=assignment, kind=Project.Kind.LEAD, enterprise=order.host.enterprise, need=need, title=need.title
    )
    _tell_others(dispatch, at=at)
    return assignment


@transaction.atomic
def decline_dispatch(dispatch: Dispatch, *, by: User, at: datetime, on: date, reason: str) -> Dispatch:
    """Say no, with the reason; the next alternate is offered."""
    if not reason.strip():
        raise Refused(_("Say why you decline; the enterprise and your university will read it."), code="reason_missing")
    return _end_offer(
        dispatch, Dispatch.Status.DECLINED, by=by, at=at, on=on, answered_on=on, reason=reason.strip()[:300]
    )


def lapse_dispatch(dispatch: Dispatch, *, at: datetime, on: date) -> Dispatch:
    """The day to answer by has passed; the next alternate is offered."""
    return _end_offer(dispatch, Dispatch.Status.EXPIRED, by=None, at=at, on=on)


def withdraw_dispatch(dispatch: Dispatch, *, by: User, at: datetime, on: date, reason: str) -> Dispatch:
    """The university takes its offer back; the order waits for another doctor."""
    return _end_offer(dispatch, Dispatch.Status.WITHDRAWN, by=by, at=at, on=on, reason=reason.strip()[:300])


@transaction.atomic
def _end_offer(
    dispatch: Dispatch, to: str, *, by: User | None, at: datetime, on: date, reason: str = "", **facts: Any
) -> Dispatch:
    order = dispatch.order
    lock(order.need)
    lock(order)
    move(dispatch, to, by=by, at=at, why=reason, reason=reason, **facts)
    move(order, Order.Status.PLACED, by=by, at=at)
    _tell_others(dispatch, at=at)
    _offer_next(order, at=at, on=on)
    return dispatch


def _offer_next(order: Order, *, at: datetime, on: date) -> Dispatch | None:
    """Offer the next doctor of the order's preferences who is still free; without one the order has failed, unless a
    university was asked to choose."""
    if order.university_id is not None:
        return None
    asked = order.dispatches.values("doctor")
    for choice in order.choices.exclude(doctor__in=asked).select_related("doctor").order_by("preference"):
        try:
            with transaction.atomic():
                return dispatch_doctor(order, choice.doctor, by=None, at=at, on=on)
        except Refused:
            continue  # full or in conflict by now: the next one
    move(order, Order.Status.FAILED, by=None, at=at)
    need = move(order.need, Need.Status.PUBLISHED, by=None, at=at)
    notify(
        enterprise_users(need.enterprise),
        ORDER_FAILED,
        key=str(order.pk),
        at=at,
        url=need.get_absolute_url(),
        title=need.title,
    )
    return None


def _check_deadline(dispatch: Dispatch, on: date) -> None:
    if on > dispatch.answer_by:
        raise Refused(
            _("The answer was due by %(day)s; the offer has lapsed.") % {"day": dispatch.answer_by.isoformat()},
            code="lapsed",
        )


# -- Assignments -----------------------------------------------------------------------------------------


@contextmanager
def _one_service_at_a_time(doctor: Doctor, host: Host) -> Iterator[None]:
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


@transaction.atomic
def begin_assignment(assignment: Assignment, *, by: User, at: datetime, starts_on: date) -> Assignment:
    """The agreement is signed: service begins on this day and runs for one year."""
    batch = assignment.batch
    if not batch.starts_on <= starts_on <= batch.ends_on:
        raise Refused(
            _("Service begins within the batch, from %(first)s to %(last)s.")
            % {"first": batch.starts_on, "last": batch.ends_on},
            code="outside_batch",
        )
    if assignment.order is not None:
        lock(assignment.order.need)
    term: dict[str, Any] = {"starts_on": starts_on, "ends_on": term_end(starts_on), "updated_at": at}
    with _one_service_at_a_time(assignment.doctor, assignment.host):
        move(assignment, Assignment.Status.ACTIVE, by=by, at=at, **term)
    if assignment.order is not None and assignment.order.need.may_move(Need.Status.IN_SERVICE):
        move(assignment.order.need, Need.Status.IN_SERVICE, by=by, at=at)
    _tell_parties(assignment, ASSIGNMENT_BEGUN, at=at, day=starts_on.isoformat())
    return assignment


@transaction.atomic
def cancel_assignment(assignment: Assignment, *, by: User, at: datetime, reason: str) -> Assignment:
    """Call off an assignment that has not begun: its order ends and the need can be ordered anew."""
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
    _tell_parties(assignment, ASSIGNMENT_CANCELLED, at=at, reason=reason.strip())
    return assignment


def complete_assignment(assignment: Assignment, *, at: datetime, on: date) -> Assignment:
    """The term is over."""
    if on <= assignment.ends_on:
        raise Refused(_("The term runs until %(day)s.") % {"day": assignment.ends_on.isoformat()}, code="term_runs")
    return move(assignment, Assignment.Status.COMPLETED, by=None, at=at, updated_at=at)


@transaction.atomic
def stop_assignment(assignment: Assignment, *, by: User, at: datetime, last_day: date, reason: str) -> Assignment:
    """End a service early, with its last day and the reason; the year's target shrinks pro rata."""
    if not reason.strip():
        raise Refused(_("Say why the service is stopped."), code="reason_missing")
    if not assignment.starts_on <= last_day <= assignment.ends_on:
        raise Refused(
            _("The last day lies within the term, from %(first)s to %(last)s.")
            % {"first": assignment.starts_on, "last": assignment.ends_on},
            code="outside_term",
        )
    move(
        assignment, Assignment.Status.STOPPED, by=by, at=at, why=reason,
        stopped_on=last_day, stopped_at=at, stop_reason=reason.strip(), updated_at=at,
    )  # fmt: skip
    _tell_parties(assignment, ASSIGNMENT_STOPPED, at=at, day=last_day.isoformat(), reason=reason.strip())
    return assignment


@transaction.atomic
def add_served_enterprise(
    assignment: Assignment, enterprise: Enterprise, *, by: User, at: datetime, title: str, need: Need | None = None
) -> Project:
    """Add one of the N enterprises the doctor serves beside the lead project."""
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


# -- Who is told --------------------------------------------------------------------------------------------


def liaisons_of(order: Order) -> Sequence[User]:
    """The liaison people of the university asked, or of the doctors asked for."""
    people = User.objects.filter(is_active=True, role=User.Role.UNIVERSITY)
    if order.university_id is not None:
        return list(people.filter(liaison__university=order.university_id))
    return list(people.filter(liaison__university__doctors__in=order.doctors.all()).distinct())


def _tell_doctor(dispatch: Dispatch, kind: str, *, at: datetime, **params: str) -> None:
    if dispatch.doctor.user is not None:
        url = dispatch.get_absolute_url()
        notify([dispatch.doctor.user], kind, key=f"{dispatch.pk}:{dispatch.status}", at=at, url=url, **params)


def _tell_others(dispatch: Dispatch, *, at: datetime) -> None:
    """Tell the enterprise and the university what the doctor answered."""
    order = dispatch.order
    notify(
        [*enterprise_users(order.host.enterprise), *liaisons_of(order)],
        DISPATCH_ANSWERED,
        key=f"{dispatch.pk}:{dispatch.status}",
        at=at,
        url=order.get_absolute_url(),
        doctor=dispatch.doctor.name,
        title=order.need.title,
        answer=str(dispatch.status),
    )


def _tell_parties(assignment: Assignment, kind: str, *, at: datetime, **params: str) -> None:
    people = [*enterprise_users(assignment.host.enterprise)]
    people += User.objects.filter(liaison__university=assignment.doctor.university_id, role=User.Role.UNIVERSITY)
    if assignment.doctor.user is not None:
        people.append(assignment.doctor.user)
    notify(
        people,
        kind,
        key=f"{assignment.pk}:{assignment.status}",
        at=at,
        url=assignment.get_absolute_url(),
        doctor=assignment.doctor.name,
        host=str(assignment.host),
        **params,
    )
