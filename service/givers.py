"""Who gives which indicator of the rules of a service."""

import rules
from django.db.models import Exists, OuterRef

from accounts.models import Office, User
from accounts.rules import is_doctor, is_enterprise, is_office, is_university
from assignments.models import Assignment
from assignments.rules import follows_it, is_its_doctor, receives_it
from core.errors import Refused
from programmes.models import Batch
from programmes.rulebook import rules_in
from service.indicators import Indicator, indicators_of
from service.models import Given
from service.progress import batches_with

KINDS: dict[str, rules.Predicate] = {
    "host": is_enterprise, "university": is_university, "doctor": is_doctor, "office": is_office,
    "department": is_office,
}  # fmt: skip


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


def values_wanted(user: User) -> list[tuple[Indicator, Assignment, int]]:
    """The indicators that somebody gives and that nobody gave yet for a running service: each with the first such
    service and how many there are."""
    found = []
    running = Assignment.objects.visible_to(user).active()
    for batch in batches_with(running, "batch"):
        for indicator in _of_batch(batch, user):
            given = Given.objects.filter(assignment=OuterRef("pk"), indicator=indicator.code)
            rows = running.filter(~Exists(given), batch=batch).select_related("batch", "doctor", "host__enterprise")
            mine = [each for each in rows.order_by("ends_on", "pk") if indicator in given_by(user, each)]
            found += [(indicator, mine[0], len(mine))] if mine else []
    return found


def _of_batch(batch: Batch, user: User) -> list[Indicator]:
    """The indicators of the rules of a batch that are given by parties of this kind."""
    try:
        known = indicators_of(rules_in(batch, batch.rule_set_id))
    except Refused:
        return []
    return [each for each in known if each.by in KINDS and KINDS[each.by](user)]


def given_by(user: User, assignment: Assignment) -> list[Indicator]:
    """The indicators of the rules of a service that somebody gives; none where the rules cannot be read."""
    try:
        known = indicators_of(rules_in(assignment.batch, assignment.batch.rule_set_id))
    except Refused:
        return []
    mine = parties_of(user, assignment) if known else set()
    return [each for each in known if each.by in mine]
