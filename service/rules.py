"""Who may do what with visits, waivers, monthly checks and outcomes, and in which state of them."""

from datetime import date, timedelta

import rules
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.rules import give, is_doctor, is_enterprise, is_office, is_operator
from assignments.models import Assignment, Project
from assignments.rules import is_its_doctor, receives_it, was_begun
from core.errors import Refused
from core.permissions import can_become
from core.scope import WITHOUT_BUSINESS, body_of
from service.actions.entries import COUNTING
from service.counting import why_not_counted
from service.due import judged_rules
from service.givers import given_by
from service.models import Check, Reopening, Visit, Waiver
from service.sources import entry_of, opened_of, rules_of, trouble_with
from servicerules import check_entry

# No rule set keeps a month open longer after its end.
LONGEST = timedelta(days=366 + 31)


@rules.predicate
def made_it(user: User, visit: Visit | None) -> bool:
    """The doctor of the visit."""
    return is_doctor(user) if visit is None else visit.doctor.user_id == user.pk


@rules.predicate
def received_it(user: User, visit: Visit | None) -> bool:
    """Acts for the enterprise that was visited."""
    return is_enterprise(user) if visit is None else visit.enterprise.members.filter(user=user).exists()


def may_take_entries(on: date) -> Q:
    """Assignments that were begun and are not long over, or have a month that was opened again: `takes_entries` asks
    the locks of each."""
    opened = Reopening.objects.filter(assignment=OuterRef("pk"), until__gte=on)
    late = Q(started_on__gt=on)
    begun = Q(starts_on__lte=on) & ~Q(status__in=[Assignment.Status.PREPARING, Assignment.Status.CANCELLED]) & ~late
    ended = Q(ends_on__lt=on - LONGEST) & (Q(extended_to=None) | Q(extended_to__lt=on - LONGEST))
    over = Q(stopped_on__lt=on - LONGEST) | Q(ended, stopped_on=None)
    return begun & (~over | Q(Exists(opened)))


def is_unlocked(assignment: Assignment, on: date) -> bool:
    """Whether a month of a service that was begun takes entries on this day: it runs, its last month is not locked
    yet, or one was opened again. Where the rules cannot be read, nobody can say that it is locked."""
    if assignment.last_day >= on:
        return True
    last = assignment.last_day
    try:
        rules = rules_of(assignment)
        entry = entry_of(rules, 0, last, last, on=on)
        closed = check_entry(rules, opened_of(assignment), entry, [], today=on)
    except Refused:
        return True
    return not closed or assignment.reopenings.filter(until__gte=on).exists()


@rules.predicate
def takes_entries(user: User, assignment: Assignment) -> bool:
    """A visit can be logged for it."""
    on = timezone.localdate()
    begun = was_begun(user, assignment) and assignment.first_day <= on
    return begun and not trouble_with(assignment) and is_unlocked(assignment, on)


def services_beside(visit: Visit, on: date) -> list[Assignment]:
    """The other services of the doctor of a visit in which it could count, too: they serve its enterprise and take an
    entry of its days."""
    known = [visit.assignment_id, *visit.shared.values_list("assignment_id", flat=True)]
    serving = Project.objects.filter(assignment=OuterRef("pk"), enterprise=visit.enterprise_id)
    rows = Assignment.objects.filter(may_take_entries(on), Exists(serving), doctor=visit.doctor_id)
    found = rows.exclude(pk__in=known).select_related("batch__programme", "host__enterprise", "doctor").order_by("pk")
    days = visit.enterprise_id, visit.starts_on, visit.ends_on
    readable = (each for each in found if not trouble_with(each))
    return [each for each in readable if not why_not_counted(each, *days, on=on, itself=visit.pk)]


@rules.predicate
def could_count_beside(user: User, visit: Visit) -> bool:
    """It stands, and another service of its doctor could count it, too."""
    return visit.status in COUNTING and bool(services_beside(visit, timezone.localdate()))


@rules.predicate
def knows_waivers(user: User, assignment: Assignment) -> bool:
    """The rules of its batch let a window be waived."""
    try:
        return any(rule.waivable != "no" for rule in judged_rules(rules_of(assignment)))
    except Refused:
        return False


@rules.predicate
def made_it_in(user: User, check: Check | None) -> bool:
    """The doctor whose service was checked."""
    return is_doctor(user) if check is None else is_its_doctor(user, check.assignment)


@rules.predicate
def hosts_it(user: User, check: Check | None) -> bool:
    """Acts for the host of the service that was checked."""
    return is_enterprise(user) if check is None else receives_it(user, check.assignment)


@rules.predicate
def is_warning(user: User, check: Check) -> bool:
    return check.verdict == Check.Verdict.WARNING


@rules.predicate
def gives_something(user: User, assignment: Assignment | None) -> bool:
    """The rules of the service let this person give a value for one of their indicators."""
    if assignment is None:
        return body_of(user) not in WITHOUT_BUSINESS
    return bool(given_by(user, assignment))


@rules.predicate
def is_locked(user: User, check: Check) -> bool:
    return check.locked_at is not None


for model in ("visit", "waiver", "check", "reopening", "standing", "reminder", "outcome", "given", "sharedvisit"):
    give(f"service.view_{model}", is_office)
give("service.confirm_visit", received_it, when=can_become(Visit.Status.CONFIRMED))
give("service.dispute_visit", received_it, when=can_become(Visit.Status.DISPUTED))
give("service.share_visit", made_it, when=could_count_beside)
give("service.withdraw_visit", made_it, when=can_become(Visit.Status.WITHDRAWN))
give("service.decide_waiver", is_operator, when=can_become(Waiver.Status.GRANTED))
give("service.reopen_check", is_operator, when=is_locked)
# Who served knows best why; his host knows too, and the office writes down what it was told.
give("service.explain_check", is_operator | made_it_in | hosts_it, when=is_warning)
give("service.remind_standing", is_office)
# Actions on an assignment that belong to this app.
give("assignments.visit_assignment", is_its_doctor, when=takes_entries)
give("assignments.waive_assignment", is_its_doctor | receives_it, when=was_begun & knows_waivers)
give("assignments.outcome_assignment", is_operator | is_its_doctor | receives_it, when=was_begun)
give("assignments.give_assignment", gives_something, when=was_begun)
