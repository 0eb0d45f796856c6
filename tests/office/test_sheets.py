"""Visits of a survey: planned by the city's office, recorded once by whoever made them, needs and all."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from accounts.models import District, Office, User
from core.models import Notice
from enterprises.models import Need, Survey, VisitSheet
from tests import factories as f
from tests.factories import START, moment
from tests.office.conftest import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = START + timedelta(days=19)
PHONE = "13900005678"


@pytest.fixture
def today() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


@pytest.fixture
def survey() -> Survey:
    survey: Survey = f.SurveyFactory(name="2025年入企问需", starts_on=START, ends_on=START + timedelta(days=60))
    return survey


@pytest.fixture
def sheet(survey: Survey, bureau: Office, home: District) -> VisitSheet:
    """The bureau's visit to an enterprise of the county."""
    enterprise = f.EnterpriseFactory(
        name="云泉市金石公司", district=home, contact_name="贾明", contact_phone=PHONE, department=bureau
    )
    row: VisitSheet = f.SheetFactory(survey=survey, enterprise=enterprise, department=bureau)
    return row


def address(sheet: VisitSheet) -> str:
    return f"/office/sheet/{sheet.pk}/"


def entry(*needs: dict[str, str], **facts: str) -> dict[str, str]:
    """What the form sends: the visit, the needs written, and the empty folds as they came."""
    data = {
        "visited_on": TODAY.isoformat(), "people": "李文静、王强", "remarks": "", "needs-TOTAL_FORMS": "5",
        "needs-INITIAL_FORMS": "0", **facts,
    }  # fmt: skip
    for number in range(5):
        empty = {"title": "", "kind": "technology", "problem": "", "target": "", "contact_name": "贾明",
                 "contact_phone": "139****5678"}  # fmt: skip
        typed = {**empty, **(needs[number] if number < len(needs) else {})}
        data |= {f"needs-{number}-{name}": value for name, value in typed.items()}
    return data


BRICK = {"title": "镁碳砖寿命提高到60炉", "problem": "间歇使用时剥落，平均42炉。", "target": "42炉→60炉"}


def test_a_visit_with_two_needs(as_user: As, department: User, sheet: VisitSheet) -> None:
    client = as_user(department)
    talent = {
        "title": "招一名窑炉工程师",
        "kind": "talent",
        "problem": "窑炉无人调试。",
        "contact_phone": "0350-1234567",
    }
    answer = client.post(address(sheet), entry(BRICK, talent, remarks="老板热情。"), follow=True)
    assert answer.redirect_chain == [(address(sheet), 302)]
    assert [str(each) for each in answer.context["messages"]] == ["The visit is recorded; 2 needs go to review."]
    sheet.refresh_from_db()
    assert (sheet.visited_on, sheet.people, sheet.remarks) == (TODAY, "李文静、王强", "老板热情。")
    assert sheet.filled_by == department
    needs = sheet.needs.order_by("pk")
    assert [(need.title, need.kind, need.status, need.source, need.enterprise) for need in needs] == [
        (BRICK["title"], "technology", "submitted", "survey", sheet.enterprise),
        ("招一名窑炉工程师", "talent", "submitted", "survey", sheet.enterprise),
    ]
    assert [(need.contact_name, need.contact_phone) for need in needs] == [("贾明", PHONE), ("贾明", "0350-1234567")]
    page = answer.content.decode()
    assert [f'<a href="/needs/{need.pk}/">{need.title}</a>' in page for need in needs] == [True, True]
    assert f'data-autosave-clear="sheet-{sheet.pk}"' in page


def test_the_reviewers_are_told(as_user: As, department: User, county: User, sheet: VisitSheet) -> None:
    as_user(department).post(address(sheet), entry(BRICK))
    assert list(Notice.objects.values_list("user", "kind")) == [(county.pk, "need_submitted")]


def test_no_need_is_a_result(as_user: As, department: User, sheet: VisitSheet) -> None:
    client = as_user(department)
    assert "that is also a result" in client.get(address(sheet)).content.decode()
    answer = client.post(address(sheet), entry(), follow=True)
    sheet.refresh_from_db()
    assert (sheet.visited_on, sheet.needs.count(), Need.objects.count()) == (TODAY, 0, 0)
    assert "The visit found no need: that is also a result." in answer.content.decode()


def test_the_form_comes_with_the_day_and_a_masked_contact(as_user: As, department: User, sheet: VisitSheet) -> None:
    answer = as_user(department).get(address(sheet))
    page = answer.content.decode()
    assert f'value="{TODAY.isoformat()}"' in page
    assert (page.count("139****5678"), PHONE in page, page.count("sheet-need")) == (5, False, 5)
    assert f'data-autosave="sheet-{sheet.pk}"' in page


WRONG: list[tuple[dict[str, str], dict[str, str], str]] = [
    ({"people": ""}, BRICK, "Name the people who made the visit."),
    ({"people": "   "}, BRICK, "Name the people who made the visit."),
    ({"visited_on": ""}, BRICK, "This field is required."),
    ({"visited_on": (TODAY + timedelta(days=1)).isoformat()}, BRICK, "The visit lies in the future"),
    ({}, {**BRICK, "title": ""}, "Say in one sentence what you need."),
    ({}, {**BRICK, "title": "长" * 101}, "at most 100 characters"),
    ({}, {**BRICK, "problem": ""}, "Describe how things stand now"),
    ({}, {**BRICK, "kind": "wish"}, "Select a valid choice"),
    ({}, {**BRICK, "contact_name": ""}, "Name the person the office can ask."),
    ({}, {**BRICK, "contact_phone": "139****0000"}, "Write a phone number"),
    ({"needs-TOTAL_FORMS": "6"}, BRICK, "at most 5 forms"),
]


@pytest.mark.parametrize(("facts", "need", "said"), WRONG)
def test_wrong_input_keeps_what_was_typed(
    as_user: As, department: User, sheet: VisitSheet, facts: dict[str, str], need: dict[str, str], said: str
) -> None:
    sent = entry(need, **{"remarks": "路上堵车。", **facts})
    answer = as_user(department).post(address(sheet), sent)
    page = answer.content.decode()
    assert (answer.status_code, "error-summary" in page, said in page) == (200, True, True)
    form = answer.context["form"]
    found = form.found
    shown = {name: form[name].value() for name in form.fields}
    assert shown == {name: sent[name] for name in form.fields}
    typed = {name: found[0][name].value() for name in found[0].fields}
    assert typed == {name: sent[f"needs-0-{name}"] for name in found[0].fields}
    assert page.count('sheet-need" open') == 1
    sheet.refresh_from_db()
    assert (sheet.visited_on, Need.objects.count()) == (None, 0)


def test_a_second_recording_is_refused_and_loses_nothing(
    as_user: As, department: User, county: User, sheet: VisitSheet
) -> None:
    as_user(department).post(address(sheet), entry(people="李文静"))
    answer = as_user(county).post(address(sheet), entry(BRICK, people="赵敏"))
    page = answer.content.decode()
    assert f"This visit was already recorded for {date_format(TODAY)}." in page
    assert (answer.context["form"]["people"].value(), BRICK["problem"] in page) == ("赵敏", True)
    sheet.refresh_from_db()
    assert (sheet.people, sheet.filled_by, Need.objects.count()) == ("李文静", department, 0)


def test_a_recorded_visit_is_only_read(as_user: As, city: User, department: User, sheet: VisitSheet) -> None:
    as_user(department).post(address(sheet), entry(BRICK))
    page = as_user(city).get(address(sheet)).content.decode()
    assert ("李文静、王强" in page, 'name="people"' in page) == (True, False)


def test_a_need_beyond_the_readers_area_leads_nowhere(as_user: As, department: User, sheet: VisitSheet) -> None:
    sheet.enterprise.department = f.DepartmentFactory()
    sheet.enterprise.save()
    answer = as_user(department).post(address(sheet), entry(BRICK), follow=True)
    assert [row["seen"] for row in answer.context["needs"]] == [False]
    assert f"/needs/{Need.objects.get().pk}/" not in answer.content.decode()


def test_who_records(
    as_user: As, city: User, county: User, department: User, stranger: User, client: Client, sheet: VisitSheet
) -> None:
    others = [f.CountyUserFactory(), f.DepartmentUserFactory()]
    asked = {user: as_user(user).get(address(sheet)).status_code for user in [city, county, department, *others]}
    assert list(asked.values()) == [200, 200, 200, 404, 404]
    assert [as_user(user).post(address(sheet), entry()).status_code for user in others] == [404, 404]
    assert as_user(stranger).post(address(sheet), entry()).status_code == 403
    assert as_user(f.ProgramUserFactory()).get(address(sheet)).status_code == 403
    assert client.get(address(sheet)).headers["Location"] == f"/login/?next={address(sheet)}"
    sheet.refresh_from_db()
    assert sheet.visited_on is None
    assert as_user(county).post(address(sheet), entry()).status_code == 302


def test_the_same_number_of_queries_whatever_was_found(
    as_user: As, department: User, sheet: VisitSheet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(department)
    with django_assert_num_queries(5):
        client.get(address(sheet))
    client.post(address(sheet), entry(BRICK))
    client.get(address(sheet))  # shows the message once
    with django_assert_num_queries(7):
        client.get(address(sheet))
    sheet.needs.add(*f.NeedFactory.create_batch(2, enterprise=sheet.enterprise))
    with django_assert_num_queries(7):
        client.get(address(sheet))


# -- Ways there --------------------------------------------------------------------------------------------------


def test_home_says_how_many_wait(
    as_user: As, city: User, county: User, department: User, sheet: VisitSheet, survey: Survey, bureau: Office
) -> None:
    f.SheetFactory(survey=survey, department=bureau)
    f.SheetFactory(survey=survey, department=bureau, visited_on=TODAY, people="李文静")
    over = f.SurveyFactory(name="上年入企问需", ends_on=TODAY - timedelta(days=1))
    f.SheetFactory(survey=over, department=bureau)

    def lines(user: User) -> list[tuple[str, int, str, str]]:
        items = as_user(user).get("/office/").context["todos"]
        return [(each.text, each.count, each.tone, each.url) for each in items if each.title == "Enterprises to visit"]

    url = "/office/survey/%s/?state=planned#visit-sheets"
    assert lines(department) == [
        ("上年入企问需", 1, "bad", url % over.pk),
        ("2025年入企问需", 2, "wait", url % survey.pk),
    ]
    assert lines(county) == [("2025年入企问需", 1, "wait", url % survey.pk)]
    assert lines(city) == []
    listed = as_user(department).get(f"/office/survey/{survey.pk}/?state=planned")
    assert listed.context["page"].paginator.count == 2


def test_the_coverage_leads_to_each_sheet(as_user: As, department: User, sheet: VisitSheet) -> None:
    page = as_user(department).get(f"/office/survey/{sheet.survey_id}/").content.decode()
    assert page.count(f'href="{address(sheet)}"') == 2
    assert ("Record the visit" in page, "/plan/" in page) == (True, False)


# -- Planning ----------------------------------------------------------------------------------------------------


def plan(survey: Survey, query: str = "") -> str:
    return f"/office/survey/{survey.pk}/plan/{query}"


def test_a_district_is_put_on_a_departments_list(
    as_user: As, city: User, survey: Survey, sheet: VisitSheet, home: District, bureau: Office
) -> None:
    client = as_user(city)
    two = f.EnterpriseFactory.create_batch(2, district=home)
    elsewhere = f.EnterpriseFactory()
    assert f'href="{plan(survey)}"' in client.get(f"/office/survey/{survey.pk}/").content.decode()

    def offered(query: str) -> dict[str, bool]:
        return {str(row["enterprise"]): row["ticked"] for row in client.get(plan(survey, query)).context["rows"]}

    assert offered("?district=149901") == {str(one): True for one in two}
    assert offered("") == {str(one): False for one in [*two, elsewhere]}
    chosen = [one.pk for one in two]
    answer = client.post(plan(survey, "?district=149901"), {"department": bureau.pk, "enterprise": chosen}, follow=True)
    assert answer.redirect_chain == [(f"/office/survey/{survey.pk}/", 302)]
    assert [str(each) for each in answer.context["messages"]] == ["2 enterprises are on the list of 科技局."]
    rows = survey.sheets.order_by("pk").values_list("enterprise", "department", "visited_on")
    assert list(rows) == [(sheet.enterprise_id, bureau.pk, None), *((pk, bureau.pk, None) for pk in chosen)]


def test_what_is_planned_meanwhile_stays_with_its_department(
    as_user: As, city: User, survey: Survey, sheet: VisitSheet
) -> None:
    other = f.DepartmentFactory(name="农业农村局")
    sent = {"department": other.pk, "enterprise": [sheet.enterprise_id, f.EnterpriseFactory().pk]}
    answer = as_user(city).post(plan(survey), sent, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [
        "1 enterprise is on the list of 农业农村局. 1 enterprise is on the list of 科技局."
    ]
    assert list(survey.sheets.order_by("pk").values_list("department", flat=True)) == [sheet.department_id, other.pk]


def test_without_a_department_the_ticks_stay(
    as_user: As, city: User, survey: Survey, bureau: Office, home: District
) -> None:
    one, two = f.EnterpriseFactory.create_batch(2, district=home)
    client = as_user(city)
    answer = client.post(plan(survey, "?district=149901"), {"department": "", "enterprise": [two.pk]})
    assert "Choose the department that visits." in answer.content.decode()
    assert {row["enterprise"]: row["ticked"] for row in answer.context["rows"]} == {one: False, two: True}
    answer = client.post(plan(survey), {"department": bureau.pk})
    assert "Choose at least one enterprise." in answer.content.decode()
    assert answer.context["form"]["department"].value() == str(bureau.pk)
    assert survey.sheets.count() == 0


def test_only_the_city_plans(
    as_user: As, city: User, county: User, department: User, stranger: User, client: Client, survey: Survey
) -> None:
    assert [as_user(user).get(plan(survey)).status_code for user in (city, county, department, stranger)] == [
        200, 403, 403, 403,
    ]  # fmt: skip
    assert as_user(county).post(plan(survey), {}).status_code == 403
    assert as_user(city).get("/office/survey/999999/plan/").status_code == 404
    assert client.get(plan(survey)).headers["Location"] == f"/login/?next={plan(survey)}"


def test_the_same_number_of_queries_for_one_enterprise_and_for_three(
    as_user: As, city: User, survey: Survey, home: District, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    f.EnterpriseFactory(district=home)
    with django_assert_num_queries(9):
        client.get(plan(survey))
    f.EnterpriseFactory.create_batch(2, department=f.DepartmentFactory())
    with django_assert_num_queries(9):
        client.get(plan(survey))
