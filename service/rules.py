"""Who may do what with visits, waivers, monthly checks and outcomes."""

import rules

from accounts.models import User
from accounts.rules import give, is_city_office, is_doctor, is_enterprise, is_office
from assignments.rules import is_its_doctor, receives_it
from service.models import Visit


@rules.predicate
def made_it(user: User, visit: Visit | None) -> bool:
    """The doctor of the visit."""
    return is_doctor(user) if visit is None else visit.doctor.user_id == user.pk


@rules.predicate
def received_it(user: User, visit: Visit | None) -> bool:
    """Acts for the enterprise that was visited."""
    return is_enterprise(user) if visit is None else visit.enterprise.members.filter(user=user).exists()


for model in ("visit", "waiver", "monthlycheck", "standing", "reminder", "outcome"):
    give(f"service.view_{model}", is_office)
give("service.confirm_visit", received_it)
give("service.dispute_visit", received_it)
give("service.withdraw_visit", made_it)
give("service.decide_waiver", is_city_office)
give("service.reopen_monthlycheck", is_city_office)
give("service.remind_standing", is_office)
# Verbs on an assignment that belong to this app.
give("assignments.visit_assignment", is_its_doctor)
give("assignments.waive_assignment", is_its_doctor | receives_it)
give("assignments.outcome_assignment", is_city_office | is_its_doctor | receives_it)
