"""Who gives which indicator of the rules of a service."""

from accounts.models import Office, User
from accounts.rules import is_doctor, is_enterprise, is_office, is_university
from assignments.models import Assignment
from assignments.rules import follows_it, is_its_doctor, receives_it
from core.errors import Refused
from programmes.rulebook import rules_in
from service.indicators import Indicator, indicators_of


def parties_of(user: User, assignment: Assignment) -> set[str]:
    """As which parties of the rules (host, university, office, doctor, department) somebody acts in a service."""
    department = user.office is not None and user.office.kind == Office.Kind.DEPARTMENT
    acts = {
        "host": is_enterprise(user) and receives_it(user, assignment),
        "university": is_university(user) and assignment.doctor.university.liaisons.filter(user=user).exists(),
        "doctor": is_doctor(user) and is_its_doctor(user, assignment),
        "office": is_office(user) and not department and follows_it(user, assignment),
        "department": is_office(user) and department and follows_it(user, assignment),
    }
    return {party for party, acts_so in acts.items() if acts_so}


def given_by(user: User, assignment: Assignment) -> list[Indicator]:
    """The indicators of the rules of a service that somebody gives; none where the rules cannot be read."""
    try:
        known = indicators_of(rules_in(assignment.batch, assignment.batch.rule_set_id))
    except Refused:
        return []
    mine = parties_of(user, assignment) if known else set()
    return [each for each in known if each.by in mine]
