"""Waivers: what waits, the facts beside it, and the decision."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import District, User
from assignments.models import Assignment
from core.models import Notice
from officedata.months import Month
from service.actions import ask_waiver, decide_waiver
from service.models import Waiver
from tests import factories as f
from tests.factories import moment
from tests.office.conftest import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
URL = "/office/waivers/"
TODAY = date(2025, 6, 10)


@pytest.fixture
def today() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def asked(assignment: Assignment | None = None, month: str = "2025-05", days_ago: int = 1) -> Waiver:
    assignment = assignment or f.AssignmentFactory()
    at = moment(TODAY - timedelta(days=days_ago))
    doctor = assignment.doctor.user
    assert doctor is not None
    return ask_waiver(assignment, Month.parse(month), by=doctor, at=at, reason="承担国家课题验收。")


def post(client: Client, waiver: Waiver, **data: str) -> Any:
    return client.post(f"{URL}{waiver.pk}/", data, follow=True)


def test_the_oldest_first_with_the_visits_of_the_month_and_the_other_waivers(as_user: As, city: User) -> None:
    young, old = asked(days_ago=1), asked(days_ago=5)
    in_may = f.VisitFactory(assignment=old.assignment, starts_on=date(2025, 5, 30))
    f.VisitFactory(assignment=old.assignment, starts_on=date(2025, 4, 30))
    f.VisitFactory(assignment=old.assignment, starts_on=date(2025, 5, 8), status="withdrawn")
    earlier = asked(old.assignment, "2025-03", days_ago=60)
    decide_waiver(earlier, by=city, at=moment(TODAY), on=TODAY, granted=True)
    page = as_user(city).get(URL)
    assert [(row["waiver"], row["visits"], row["others"]) for row in page.context["rows"]] == [
        (old, [in_may], [earlier]),
        (young, [], []),
    ]
    assert list(page.context["lately"]) == [earlier]


def test_a_county_reads_its_own_and_cannot_decide(as_user: As, county: User, home: District) -> None:
    batch = f.BatchFactory()
    host = f.HostFactory(batch=batch, enterprise=f.EnterpriseFactory(district=home))
    mine, other = asked(f.AssignmentFactory(batch=batch, host=host)), asked()
    client = as_user(county)
    page = client.get(URL)
    assert [row["waiver"] for row in page.context["rows"]] == [mine]
    assert page.context["may_decide"] is False
    assert client.post(f"{URL}{mine.pk}/", {"decision": "grant"}).status_code == 403
    assert client.post(f"{URL}{other.pk}/", {"decision": "grant"}).status_code == 404
    assert {waiver.status for waiver in Waiver.objects.all()} == {"asked"}


def test_strangers_are_refused_and_the_unknown_sign_in(as_user: As, stranger: User, client: Client) -> None:
    assert as_user(stranger).get(URL).status_code == 403
    assert client.get(URL).headers["Location"] == "/login/?next=/office/waivers/"


def test_granting(as_user: As, city: User) -> None:
    waiver = asked()
    page = post(as_user(city), waiver, decision="grant")
    assert page.redirect_chain == [(URL, 302)]
    waiver.refresh_from_db()
    assert (waiver.status, waiver.status_by, waiver.status_at) == ("granted", city, moment(TODAY))
    assert Notice.objects.get(user=waiver.assignment.doctor.user).kind == "waiver_decided"


def test_refusing_needs_a_reason_and_keeps_what_was_typed(as_user: As, city: User) -> None:
    waiver = asked()
    client = as_user(city)
    page = post(client, waiver, decision="refuse", reason="  ")
    assert (page.status_code, page.redirect_chain) == (200, [])
    assert page.context["form"].errors == {"reason": ["Say why the waiver is refused."]}
    page = post(client, waiver, decision="refuse", reason="字" * 301)
    assert page.context["form"]["reason"].value() == "字" * 301
    post(client, waiver, decision="refuse", reason="当月另有出差记录。")
    waiver.refresh_from_db()
    assert (waiver.status, waiver.decision_reason) == ("refused", "当月另有出差记录。")


def test_a_second_decision_says_what_happened_before(as_user: As, city: User) -> None:
    waiver = asked()
    decide_waiver(waiver, by=city, at=moment(TODAY), on=TODAY, granted=True)
    page = post(as_user(city), waiver, decision="refuse", reason="不符合规定。")
    assert page.redirect_chain == [(URL, 302)]
    assert [(message.level_tag, f"by {city} on" in message.message) for message in page.context["messages"]] == [
        ("error", True)
    ]
    waiver.refresh_from_db()
    assert waiver.status == "granted"


def test_the_same_number_of_queries_for_one_waiver_and_for_three(
    as_user: As, city: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    asked()
    with django_assert_num_queries(10):
        client.get(URL)
    asked()
    f.VisitFactory(assignment=asked().assignment, starts_on=date(2025, 5, 8))
    with django_assert_num_queries(10):
        assert len(client.get(URL).context["rows"]) == 3
