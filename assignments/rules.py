"""Who may do what with orders, dispatches and assignments, and in which state of them."""

import rules
from django.utils import timezone

from accounts.models import User
from accounts.rules import give, is_doctor, is_enterprise, is_office, is_operator, is_university
from assignments.models import Assignment, Dispatch, Order
from core.permissions import can_become
from core.scope import WITHOUT_BUSINESS, body_of
from enterprises.models import Need
from enterprises.rules import is_its_enterprise
from experts.models import Doctor
from experts.rules import is_himself, is_its_university
from programmes.models import Batch


@rules.predicate
def orders_for_it(user: User, order: Order | None) -> bool:
    """Acts for the enterprise whose order this is."""
    return is_enterprise(user) if order is None else order.host.enterprise.members.filter(user=user).exists()


@rules.predicate
def is_asked_university(user: User, order: Order | None) -> bool:
    """Acts for the university the order names, or for that of one of the doctors asked for."""
    if order is None:
        return is_university(user)
    if order.university_id is not None:
        return order.university.liaisons.filter(user=user).exists()  # type: ignore[union-attr, misc]
    return order.doctors.filter(university__liaisons__user=user).exists()


@rules.predicate
def is_its_doctor(user: User, dispatch: Dispatch | Assignment | None) -> bool:
    return is_doctor(user) if dispatch is None else dispatch.doctor.user_id == user.pk


@rules.predicate
def sent_it(user: User, dispatch: Dispatch | None) -> bool:
    """Acts for the dispatched doctor's university."""
    return is_university(user) if dispatch is None else dispatch.doctor.university.liaisons.filter(user=user).exists()


@rules.predicate
def receives_it(user: User, assignment: Assignment | None) -> bool:
    """Acts for the host of the assignment."""
    if assignment is None:
        return is_enterprise(user)
    return assignment.host.enterprise.members.filter(user=user).exists()


@rules.predicate
def follows_it(user: User, assignment: Assignment | None) -> bool:
    """Sees the whole service: its months, verdicts and outcomes, not only that it is served beside the lead project."""
    if assignment is None:
        return body_of(user) not in WITHOUT_BUSINESS
    return Assignment.objects.followed_by(user).filter(pk=assignment.pk).exists()


@rules.predicate
def serves_its_area(user: User, doctor: Doctor | None) -> bool:
    """Of an office: the doctor serves, or is about to serve, in its area."""
    if doctor is None or not is_office(user):
        return is_office(user)
    return Assignment.objects.visible_to(user).taking_a_place().filter(doctor=doctor).exists()


@rules.predicate
def is_dispatched_for_it(user: User, need: Need | None) -> bool:
    """The doctor named for the need, and his university, from the offer on."""
    if need is None:
        return is_doctor(user) or is_university(user)
    named = Dispatch.objects.filter(order__need=need, status__in=[Dispatch.Status.OFFERED, Dispatch.Status.ACCEPTED])
    return named.visible_to(user).exists()


@rules.predicate
def is_open(user: User, order: Order) -> bool:
    """Nobody has accepted yet. A settled order ends when its assignment ends."""
    return order.status in (Order.Status.PLACED, Order.Status.DISPATCHED)


@rules.predicate
def is_in_time(user: User, dispatch: Dispatch) -> bool:
    """The day to answer by has not passed."""
    return timezone.localdate() <= dispatch.answer_by


@rules.predicate
def is_running(user: User, assignment: Assignment) -> bool:
    """Not ended, whether the service has begun or not."""
    return assignment.status in (Assignment.Status.PREPARING, Assignment.Status.ACTIVE)


@rules.predicate
def in_open_batch(user: User, assignment: Assignment) -> bool:
    """The service runs, and its batch is not closed: its term can change."""
    running = assignment.status == Assignment.Status.ACTIVE
    return running and assignment.batch.status != Batch.Status.CLOSED


@rules.predicate
def was_begun(user: User, assignment: Assignment) -> bool:
    """The service runs, or ran and has ended."""
    return assignment.status not in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED)


@rules.predicate
def is_not_taken(user: User, need: Need) -> bool:
    """No doctor has accepted an order for it: a service is stopped first."""
    return not need.orders.filter(status=Order.Status.SETTLED).exists()


for model in ("order", "dispatch", "assignment", "project"):
    give(f"assignments.view_{model}", is_office)
give("assignments.place_order", is_operator | orders_for_it)
give("assignments.cancel_order", is_operator | orders_for_it, when=is_open)
give("assignments.read_order", is_office | orders_for_it | is_asked_university)
give("assignments.dispatch_order", is_operator | is_asked_university, when=can_become(Order.Status.DISPATCHED))
give("assignments.accept_dispatch", is_its_doctor, when=can_become(Dispatch.Status.ACCEPTED) & is_in_time)
give("assignments.decline_dispatch", is_its_doctor, when=can_become(Dispatch.Status.DECLINED))
give("assignments.withdraw_dispatch", is_operator | sent_it, when=can_become(Dispatch.Status.WITHDRAWN))
give("assignments.begin_assignment", is_operator | receives_it, when=can_become(Assignment.Status.ACTIVE))
give("assignments.stop_assignment", is_operator, when=can_become(Assignment.Status.STOPPED))
give("assignments.late_assignment", is_operator, when=in_open_batch)
give("assignments.extend_assignment", is_operator, when=in_open_batch)
give("assignments.cancel_assignment", is_operator, when=can_become(Assignment.Status.CANCELLED))
give("assignments.change_assignment", is_operator)
give("assignments.serve_assignment", is_operator | receives_it, when=is_running)
give("assignments.follow_assignment", follows_it)
give(
    "enterprises.withdraw_need",
    is_operator | is_its_enterprise,
    when=can_become(Need.Status.WITHDRAWN) & is_not_taken,
)
# Who may see a phone number.
give("experts.reveal_doctor", is_himself | is_operator | is_its_university | serves_its_area)
give("enterprises.reveal_need", is_office | is_its_enterprise | is_dispatched_for_it)
