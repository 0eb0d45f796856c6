"""What was given for the indicators of a service, as its page shows it."""

from dataclasses import dataclass

from assignments.models import Assignment
from core.errors import Refused
from programmes.rulebook import rules_in
from service.indicators import indicators_of
from service.models import Given


@dataclass(frozen=True)
class GivenLine:
    """An indicator with who gives it and what was given, the latest first."""

    name: str
    giver: str
    values: list[tuple[Given, str]]


def given_lines(assignment: Assignment) -> list[GivenLine]:
    """The indicators of the rules of a service; none where they cannot be read."""
    try:
        known = indicators_of(rules_in(assignment.batch, assignment.batch.rule_set_id))
    except Refused:
        return []
    rows = list(assignment.given.select_related("by").order_by("-known_at", "-pk")) if known else []
    return [
        GivenLine(each.name, each.giver, [(row, each.shown(row.value)) for row in rows if row.indicator == each.code])
        for each in known
    ]
