"""Who may do what with orders, dispatches and assignments."""

import rules

from accounts.models import User
from accounts.rules import give, is_city_office, is_doctor, is_enterprise, is_office, is_university
from assignments.models import Assignment, Dispatch, Order


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
        return order.university.liaisons.filter(user=user).exists()  # type: ignore[union-attr]
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


for model in ("order", "dispatch", "assignment", "project"):
    give(f"assignments.view_{model}", is_office)
give("assignments.place_order", orders_for_it | is_city_office)
give("assignments.cancel_order", orders_for_it | is_city_office)
give("assignments.read_order", orders_for_it | is_asked_university | is_office)
give("assignments.dispatch_order", is_asked_university | is_city_office)
give("assignments.accept_dispatch", is_its_doctor)
give("assignments.decline_dispatch", is_its_doctor)
give("assignments.withdraw_dispatch", sent_it | is_city_office)
give("assignments.begin_assignment", receives_it | is_city_office)
give("assignments.stop_assignment", is_city_office)
give("assignments.cancel_assignment", is_city_office)
give("assignments.change_assignment", is_city_office)
give("assignments.serve_assignment", receives_it | is_city_office)
