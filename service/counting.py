"""What is known of an entry before its month is judged: how many of its days can count, and whether their months take
entries."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from assignments.models import Assignment
from core.errors import Refused
from service.due import judged_rules
from service.models import Visit
from service.sources import doctors_records, entry_of, opened_of, record_of_visit, rules_of
from servicerules import Count, Reason, RuleSet, check_entry


def days_that_count(visit: Visit) -> Decimal | None:
    """The days of a visit that count once it is confirmed, by the rules of its batch: of an on-line visit none, where
    the rules give such days no weight. None where the rules cannot be read.

    Two visits on one day, and days beyond the term, are left to the judgement of the month.
    """
    try:
        rules = rules_of(visit.assignment)
    except Refused:
        return None
    what = rules.counted.get(("visit", visit.mode))
    days = visit.length * what.weight if what is not None else Decimal(0)
    return days if days >= rules.entries.shortest else Decimal(0)


def shortest_asked(rules: RuleSet) -> int:
    """The days that a visit must last so that every rule of a month counts it."""
    asked = [rule.measure.count.lasting for rule in judged_rules(rules) if isinstance(rule.measure, Count)]
    return max([rules.entries.shortest, *asked])


def all_that_count(visits: Iterable[Visit]) -> Decimal | None:
    """The days of several visits that count; None where one's rules cannot be read."""
    each = [days_that_count(visit) for visit in visits]
    return None if None in each else sum((days for days in each if days is not None), Decimal(0))


def why_not_logged_anew(visit: Visit, *, on: date) -> list[Reason]:
    """Why the days of a visit that was taken back could not be logged again; none if they can."""
    assignment = visit.assignment
    return check_entry(rules_of(assignment), opened_of(assignment), record_of_visit(visit), [], today=on)


def why_not_counted(
    assignment: Assignment, enterprise: int, first: date, last: date, *, on: date, itself: int | None = None
) -> list[Reason]:
    """Why a service does not take an entry of these days; a visit that is stored already does not clash with `itself`.

    Raises Refused where the rules of the service cannot be read.
    """
    rules = rules_of(assignment)
    others = [each for each in doctors_records(assignment.doctor_id, first, last) if each.id != itself]
    return check_entry(rules, opened_of(assignment), entry_of(rules, enterprise, first, last, on=on), others, today=on)
