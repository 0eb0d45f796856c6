"""The office's home: what waits, for whom, and where it leads; and survey coverage."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import District, Office, User
from enterprises.models import Enterprise, Survey
from officedata.months import Month
from programmes.models import Programme
from service.actions import ask_waiver
from service.models import Waiver
from tests import factories as f
from tests.factories import START, moment
from tests.office.conftest import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = START + timedelta(days=19)


@pytest.fixture
def today() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def todos(client: Client) -> list[tuple[str, int]]:
    return [(item.title, item.count) for item in client.get("/office/").context["todos"]]


def test_what_waits_for_each_office(
    as_user: As, city: User, county: User, department: User, home: District, new_standing: Any
) -> None:
    at_home = f.EnterpriseFactory(district=home)
    new_standing(enterprise=at_home)
    new_standing(behind=False)
    f.NeedFactory(status="submitted", enterprise=at_home)
    f.NeedFactory(status="submitted")
    f.AssignmentFactory(status="preparing")
    running = f.AssignmentFactory()
    ask_waiver(running, Month(2025, 3), by=running.doctor.user, at=moment(TODAY), reason="国家课题验收。")
    f.DispatchFactory(answer_by=TODAY - timedelta(days=1))
    f.DispatchFactory(answer_by=TODAY)
    assert todos(as_user(city)) == [
        ("Doctors behind", 1),
        ("Needs to review", 2),
        ("Waivers to decide", 1),
        ("Assignments to begin", 1),
        ("Offers past their day", 1),
    ]
    assert todos(as_user(county)) == [("Doctors behind", 1), ("Needs to review", 1)]
    assert todos(as_user(department)) == []


def test_waivers_are_decided_by_the_city_office_alone(
    as_user: As, city: User, county: User, department: User, home: District, bureau: Office
) -> None:
    """A county sees the waivers of its enterprises, and nobody waits for it to decide them."""
    host = f.HostFactory(enterprise=f.EnterpriseFactory(district=home, department=bureau))
    assignment = f.AssignmentFactory(batch=host.batch, host=host)
    ask_waiver(assignment, Month(2025, 3), by=assignment.doctor.user, at=moment(TODAY), reason="国家课题验收。")
    assert [Waiver.objects.visible_to(user).pending().count() for user in (city, county, department)] == [1, 1, 1]
    assert [todos(as_user(user)) for user in (city, county, department)] == [[("Waivers to decide", 1)], [], []]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "The oldest waits for 0 days."),
        (1, "The oldest waits for 1 day."),
        (3, "The oldest waits for 3 days."),
        (4, "The oldest waits for 4 days. Promised: 3 working days."),
    ],
)
def test_a_need_that_waits_longer_than_promised_is_named_so(as_user: As, city: User, days: int, said: str) -> None:
    f.NeedFactory(status="submitted", submitted_at=moment(TODAY))
    f.NeedFactory(status="submitted", submitted_at=moment(TODAY - timedelta(days=days)))
    (todo,) = as_user(city).get("/office/").context["todos"]
    assert (todo.title, todo.count, todo.text) == ("Needs to review", 2, said)


def test_every_line_leads_to_a_page_with_as_many_rows(as_user: As, city: User) -> None:
    f.AssignmentFactory(status="preparing")
    f.AssignmentFactory()
    f.DispatchFactory(answer_by=TODAY - timedelta(days=1))
    f.DispatchFactory(answer_by=TODAY)
    client = as_user(city)
    for item in client.get("/office/").context["todos"]:
        assert client.get(item.url).context["cl"].result_count == item.count


def test_who_is_behind_is_one_click_away(as_user: As, city: User) -> None:
    assert '<a class="button primary" href="/office/behind/">' in as_user(city).get("/office/").content.decode()


def test_strangers_are_refused_and_the_unknown_sign_in(as_user: As, stranger: User, client: Client) -> None:
    assert as_user(stranger).get("/office/").status_code == 403
    assert client.get("/office/", follow=True).redirect_chain[-1] == ("/login/?next=/office/", 302)
    assert client.get("/office/login/?next=/office/behind/").headers["Location"] == "/login/?next=/office/behind/"


def test_without_a_batch_the_page_says_what_to_do(as_user: As, city: User) -> None:
    page = as_user(city).get("/office/")
    assert page.context["batch"] is None
    assert "Prepare a batch" in page.content.decode()


def test_a_county_is_not_offered_tables_it_may_not_read(as_user: As, city: User, county: User) -> None:
    def tables(user: User) -> set[str]:
        apps = as_user(user).get("/office/").context["tables"]
        return {model["object_name"] for app in apps for model in app["models"]}

    assert tables(city) - tables(county) == {
        "User",
        "Office",
        "District",
        "ApiToken",
        "Job",
        "Period",
        "Notice",
        "SetAside",
        "Alarm",
        "Backup",
        "Channel",
        "Mail",
        "Preference",
        "Epoch",
        "PhoneShown",
        "Interest",
        "MatchRun",
        "Suggestion",
        "PlanLine",
        "Override",
        "PlanQuota",
        "Feedback",
        "FactorWeights",
        "Standing",
        "AccountLink",
        "Invitation",
        "PrivacyNotice",
        "Consent",
        "PersonalRequest",
        "Erasure",
        "ErasedTable",
    }


def test_the_same_number_of_queries_whatever_the_rows(
    as_user: As, city: User, new_standing: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    batch = f.BatchFactory()
    new_standing(batch=batch)
    client.get("/office/")  # looks at operation, which is kept for some seconds
    with django_assert_num_queries(34):
        client.get("/office/")
    new_standing(batch=batch)
    new_standing(batch=batch, month_days=Decimal(2))
    f.NeedFactory(status="submitted")
    with django_assert_num_queries(34):
        client.get("/office/")


# -- Survey coverage ---------------------------------------------------------------------------------------------------


@pytest.fixture
def survey() -> Survey:
    programme: Programme = f.ProgrammeFactory()
    return Survey.objects.create(
        programme=programme, name="2025年入企问需", starts_on=date(2025, 1, 5), ends_on=date(2025, 1, 30)
    )


def sheet(survey: Survey, office: Office, *, visited: bool = True, needs: int = 0, **facts: Any) -> Enterprise:
    enterprise: Enterprise = f.EnterpriseFactory(**facts)
    day = {"visited_on": date(2025, 1, 9), "people": "李文静"} if visited else {}
    row = survey.sheets.create(enterprise=enterprise, department=office, **day)
    row.needs.set([f.NeedFactory(enterprise=enterprise) for _number in range(needs)])
    return enterprise


def test_coverage_by_department_and_district(
    as_user: As, city: User, county: User, department: User, bureau: Office, survey: Survey, home: District
) -> None:
    other = f.DepartmentFactory(name="农业农村局")
    sheet(survey, bureau, district=home, needs=2)
    sheet(survey, bureau, district=home, visited=False)
    sheet(survey, other, needs=1)
    url = f"/office/survey/{survey.pk}/"

    def lines(user: User, group: str) -> list[tuple[str, int, int, int, int]]:
        rows = as_user(user).get(url).context[group]
        return [(row["name"], row["visited"], row["planned"], row["share"], row["needs"]) for row in rows]

    assert lines(city, "by_department") == [("科技局", 1, 2, 50, 2), ("农业农村局", 1, 1, 100, 1)]
    assert lines(city, "by_district")[0] == ("白杨县", 1, 2, 50, 2)
    assert lines(county, "by_department") == [("科技局", 1, 2, 50, 2)]
    assert lines(department, "by_department") == [("科技局", 1, 2, 50, 2)]
    page = as_user(city).get(url)
    assert (page.context["sums"], page.context["share"]) == ({"planned": 3, "visited": 2, "needs": 3}, 67)


def test_sheets_are_filtered(as_user: As, city: User, bureau: Office, survey: Survey, home: District) -> None:
    one = sheet(survey, bureau, district=home, name="云泉市金石公司")
    two = sheet(survey, f.DepartmentFactory(), visited=False)
    client = as_user(city)

    def listed(query: str) -> list[Enterprise]:
        page = client.get(f"/office/survey/{survey.pk}/{query}").context["page"]
        return [row.enterprise for row in page]

    assert listed("") == [two, one]
    assert listed("?state=planned") == [two]
    assert listed("?state=visited") == [one]
    assert listed("?district=149901") == [one]
    assert listed(f"?department={bureau.pk}") == [one]
    assert listed("?q=yqsjs") == [one]
    assert listed("?q=李文静") == [one]


def test_who_reads_the_coverage(as_user: As, stranger: User, survey: Survey, city: User, client: Client) -> None:
    url = f"/office/survey/{survey.pk}/"
    assert as_user(stranger).get(url).status_code == 403
    assert as_user(city).get("/office/survey/999999/").status_code == 404
    assert client.get(url).headers["Location"] == f"/login/?next={url}"


def test_the_same_number_of_queries_for_one_sheet_and_for_three(
    as_user: As, city: User, bureau: Office, survey: Survey, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    sheet(survey, bureau, needs=1)
    with django_assert_num_queries(13):
        client.get(f"/office/survey/{survey.pk}/")
    sheet(survey, bureau)
    sheet(survey, bureau, visited=False)
    with django_assert_num_queries(13):
        client.get(f"/office/survey/{survey.pk}/")
