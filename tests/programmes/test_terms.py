"""How long a service of a batch lasts: as the version of the rules says that the batch is pinned to."""

from datetime import date
from typing import Any

import pytest

from assignments.actions import begin_assignment
from programmes.rulebook import last_day_of, months_of_term
from servicerules import preset_data
from tests import factories as f

pytestmark = pytest.mark.django_db

DAY = date(2025, 3, 10)
NOTHING_SAID: dict[str, Any] = {"code": "free", "rules": []}


@pytest.mark.parametrize(
    ("data", "months", "last"),
    [
        (preset_data("tech-deputy"), 24, date(2027, 3, 9)),
        (preset_data("phd-service"), 12, date(2026, 3, 9)),
        (NOTHING_SAID, 12, date(2026, 3, 9)),
    ],
)
def test_the_last_day_follows_from_the_rules(data: dict[str, Any], months: int, last: date) -> None:
    batch = f.BatchFactory(rule_set=f.RuleSetFactory(code=data["code"], data=data))
    assert (months_of_term(batch), last_day_of(batch, DAY)) == (months, last)


def test_a_service_begins_for_as_long_as_the_rules_say() -> None:
    rules = f.RuleSetFactory(code="tech-deputy", data=preset_data("tech-deputy"))
    batch = f.BatchFactory(rule_set=rules)
    assignment = f.AssignmentFactory(batch=batch, host=f.HostFactory(batch=batch), status="preparing")
    first = batch.starts_on
    begin_assignment(assignment, by=f.CityUserFactory(), at=f.moment(first), starts_on=first)
    assignment.refresh_from_db()
    assert (assignment.starts_on, assignment.ends_on) == (date(2025, 3, 1), date(2027, 2, 28))
