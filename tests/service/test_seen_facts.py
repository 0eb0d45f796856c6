"""What REST tells of a verdict on several services together: no keys of what the reader does not see."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from assignments.models import Assignment
from identity.actions import issue_token
from officedata.months import Month
from service import closing
from service.models import Check, SharedVisit, Visit
from tests import factories as f
from tests.factories import moment
from tests.former import write

pytestmark = pytest.mark.django_db
MARCH = Month(2025, 3)
RULES: dict[str, Any] = {
    "code": "together", "version": 1,
    "rules": [{
        "id": "doctor", "of": {"each": "doctor"}, "measure": {"days": {}}, "in": {"every": "month"},
        "must": {"least": 5},
    }],
}  # fmt: skip


def visit(row: Assignment, first: int, **facts: Any) -> Visit:
    days = {"starts_on": date(2025, 3, first), "ends_on": date(2025, 3, first + 1)}
    made: Visit = f.VisitFactory(assignment=row, **days, **facts)
    return made


def facts_told(user: User, assignment: Assignment) -> dict[str, Any]:
    _token, key = issue_token(user, by=user, label="测试")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    (row,) = client.get("/api/v1/checks/", {"assignment": assignment.pk}).json()["results"]
    assert client.get(f"/api/v1/checks/{row['id']}/").json() == row
    found: dict[str, Any] = row["facts"]
    return found


def test_of_services_judged_together_each_host_is_told_its_own_records() -> None:
    batch = f.BatchFactory(rule_set=f.RuleSetFactory(code="together", data=RULES))
    one = f.AssignmentFactory(batch=batch, host=f.HostFactory(batch=batch))
    two = f.AssignmentFactory(batch=batch, host=f.HostFactory(batch=batch), doctor=one.doctor)
    member = f.MemberFactory(enterprise=one.host.enterprise).user
    counts, other = visit(one, 3, status="confirmed"), visit(two, 10, status="confirmed")
    hidden = visit(two, 12, status="confirmed")
    waits = [visit(row, day) for row, day in ((one, 17), (two, 24))]
    SharedVisit.objects.create(visit=other, assignment=one, added_by=member, added_at=moment(date(2025, 3, 12)))
    closing.close_month(MARCH, at=moment(date(2025, 4, 1)))
    stored = Check.objects.get(assignment=one).facts
    assert {*stored["used"], *stored["awaiting"]} == {counts.pk, other.pk, hidden.pk, *(each.pk for each in waits)}
    city = facts_told(f.CityUserFactory(), one)
    assert city == stored
    host = facts_told(member, one)
    assert (host["used"], host["awaiting"]) == ([counts.pk, other.pk], [waits[0].pk])
    assert set(host["by_host"]) <= {str(one.host.enterprise_id), str(two.host.enterprise_id)}
    assert [each for each in host["changes"] if "records" in each["params"]] == []
    assert (host["value"], host["state"]) == (stored["value"], stored["state"])


def test_facts_whose_records_cannot_be_told_apart_are_not_told() -> None:
    check = f.CheckFactory()
    write(check, facts={"used": [1], "refused": [{"who": 1}]})
    assert facts_told(f.CityUserFactory(), check.assignment) == {}
