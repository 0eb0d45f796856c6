"""Who is behind: the same rows on the page, in the export and from the interface; reminders."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import District, Office, User
from core.models import Notice
from service.models import Reminder, Standing
from tests import factories as f
from tests.office.conftest import TODAY, As
from tests.sheets import HEAD, sheet_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
URL = "/office/behind/"
Make = Callable[..., Standing]


@pytest.fixture
def today() -> Any:
    with time_machine.travel(f.moment(TODAY), tick=False):
        yield


def shown(client: Client, query: str = "") -> list[Standing]:
    rows: list[Standing] = client.get(URL + query).context["rows"]
    return rows


def keys(client: Client, query: str = "") -> list[int]:
    return [row.pk for row in shown(client, query)]


def said(client: Client, data: dict[str, Any], query: str = "") -> list[str]:
    response = client.post(URL + query, data, follow=True)
    assert response.redirect_chain == [(URL + query, 302)]
    return [str(message) for message in response.context["messages"]]


def exported(client: Client, query: str = "") -> Any:
    return sheet_of(client, f"{URL}?export=xlsx{query}")


# -- Who sees what ------------------------------------------------------------------------------------------


def test_the_city_sees_all_a_county_and_a_department_their_own(
    as_user: As, city: User, county: User, department: User, home: District, bureau: Office, new_standing: Make
) -> None:
    at_home = new_standing(enterprise=f.EnterpriseFactory(district=home), owed=Decimal(25))
    of_bureau = new_standing(enterprise=f.EnterpriseFactory(department=bureau), owed=Decimal(24))
    elsewhere = new_standing(owed=Decimal(23))
    new_standing(behind=False, pace=Standing.Pace.AHEAD)
    assert keys(as_user(city)) == [at_home.pk, of_bureau.pk, elsewhere.pk]
    assert keys(as_user(county)) == [at_home.pk]
    assert keys(as_user(department)) == [of_bureau.pk]


def test_strangers_are_refused_and_the_unknown_sign_in(as_user: As, stranger: User, client: Client) -> None:
    assert as_user(stranger).get(URL).status_code == 403
    assert as_user(stranger).get(f"{URL}export/").status_code == 403
    response = client.get(URL)
    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/office/behind/")


# -- Rows ----------------------------------------------------------------------------------------------------


def test_a_row_says_what_is_due_done_and_owed(as_user: As, city: User, new_standing: Make) -> None:
    row = new_standing(
        enterprise=f.EnterpriseFactory(name="云泉市恒泰耐火材料有限公司"), doctor=f.DoctorFactory(name="沈哲雨")
    )
    page = as_user(city).get(URL)
    text = " ".join(page.content.decode().split())
    assert page.context["left"] == 12
    assert f'<a href="/assignments/{row.pk}/">沈哲雨</a>' in text
    assert "云泉市恒泰耐火材料有限公司" in text
    assert '<td class="num" data-label="Due">2</td>' in text
    assert '<td class="num" data-label="Done"> 0 <span class="muted">+1</span> </td>' in text
    assert '<td class="num" data-label="Owed"> <b>24</b> <span class="muted">/ 30</span> </td>' in text
    assert '<td class="nowrap" data-label="Last visit">2026-01-15</td>' in text


def test_filters_and_search(as_user: As, city: User, home: District, new_standing: Make) -> None:
    doctor = f.DoctorFactory(name="欧阳文澜")
    one = new_standing(enterprise=f.EnterpriseFactory(district=home, name="云泉市金石煤化工有限公司"), doctor=doctor)
    two = new_standing(pace=Standing.Pace.LOST, owed=Decimal(28))
    client = as_user(city)
    assert keys(client) == [two.pk, one.pk]
    assert keys(client, "?district=149901") == [one.pk]
    assert keys(client, f"?university={doctor.university_id}") == [one.pk]
    assert keys(client, "?pace=lost") == [two.pk]
    assert keys(client, f"?batch={two.assignment.batch_id}") == [two.pk]
    assert keys(client, "?q=欧阳") == [one.pk]
    assert keys(client, "?q=oywl") == [one.pk]
    assert keys(client, "?q=煤化工") == [one.pk]
    assert keys(client, f"?q={two.assignment.host.enterprise.credit_code}") == [two.pk]
    assert keys(client, "?q=nobody") == []


def test_sorting(as_user: As, city: User, new_standing: Make) -> None:
    first = new_standing(owed=Decimal(3), last_visit_on=None, doctor=f.DoctorFactory(name="艾青"))
    second = new_standing(owed=Decimal(9), last_visit_on=date(2026, 2, 1), doctor=f.DoctorFactory(name="左远"))
    client = as_user(city)
    assert keys(client, "?sort=owed") == [first.pk, second.pk]
    assert keys(client, "?sort=-owed") == [second.pk, first.pk]
    assert keys(client, "?sort=doctor") == [first.pk, second.pk]
    assert keys(client, "?sort=-doctor") == [second.pk, first.pk]
    assert keys(client, "?sort=last") == [first.pk, second.pk]
    assert keys(client, "?sort=-last") == [second.pk, first.pk]
    assert keys(client, "?sort=password") == [first.pk, second.pk]


def test_the_same_number_of_queries_for_one_row_and_for_three(
    as_user: As, city: User, new_standing: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    new_standing()
    with django_assert_num_queries(12):
        assert len(keys(client)) == 1
    new_standing()
    new_standing()
    with django_assert_num_queries(11):
        assert len(keys(client)) == 3


# -- Export and interface ---------------------------------------------------------------------------------------


def test_page_export_and_interface_have_the_same_rows(
    as_user: As, city: User, county: User, home: District, new_standing: Make
) -> None:
    for number in range(3):
        new_standing(enterprise=f.EnterpriseFactory(district=home), owed=Decimal(20 + number))
    new_standing(owed=Decimal(5), pace=Standing.Pace.LOST)
    new_standing(behind=False, pace=Standing.Pace.AHEAD)
    for user in (city, county):
        for query in ("", "pace=lost", "district=149901"):
            client = as_user(user)
            rows = shown(client, f"?{query}")
            sheet = [(row[0].value, row[1].value) for row in exported(client, f"&{query}").iter_rows(min_row=HEAD + 1)]
            answer = client.get(f"/api/v1/standings/?behind=true&{query}").json()["results"]
            assert sheet == list(enumerate((row.assignment.doctor.name for row in rows), 1))
            assert sorted(row["assignment"] for row in answer) == sorted(row.pk for row in rows)
    assert len(keys(as_user(city))) == 4
    assert len(keys(as_user(county))) == 3


def test_the_export_has_texts_as_texts_and_numbers_as_numbers(as_user: As, city: User, new_standing: Make) -> None:
    enterprise = f.EnterpriseFactory(name="=HYPERLINK(1)", credit_code=None)
    new_standing(enterprise=enterprise, doctor=f.DoctorFactory(name="+1"), owed=Decimal(9))
    coded = new_standing(owed=Decimal(3), month_days=Decimal("1.5"))
    first, second = list(exported(as_user(city)).iter_rows(min_row=HEAD + 1))
    assert (first[1].value, first[1].data_type) == ("+1", "s")
    assert (first[3].value, first[3].data_type) == ("=HYPERLINK(1)", "s")
    code = coded.assignment.host.enterprise.credit_code
    assert (second[4].value, second[4].data_type) == (code, "s")
    assert [cell.value for cell in second[7:13]] == [2, 1.5, 1, 3, 6, 30]
    assert second[14].value.date() == date(2026, 1, 15)


# -- Reminders -----------------------------------------------------------------------------------------------------


def test_reminding_the_chosen(as_user: As, city: User, new_standing: Make) -> None:
    chosen, other = new_standing(), new_standing()
    client = as_user(city)
    assert said(client, {"chosen": [chosen.pk], "note": "请于本月底前入企。"}) == ["1 doctor was reminded."]
    reminder = Reminder.objects.get()
    assert (reminder.assignment_id, reminder.sent_on, reminder.sent_by) == (chosen.pk, TODAY, city)
    assert reminder.note == "请于本月底前入企。"
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (chosen.assignment.doctor.user, "reminder")
    assert [Standing.objects.get(pk=one.pk).reminded_on for one in (chosen, other)] == [TODAY, None]


def test_a_doctor_is_reminded_once_a_day(as_user: As, city: User, new_standing: Make) -> None:
    one = new_standing()
    client = as_user(city)
    said(client, {"chosen": [one.pk], "note": ""})
    assert said(client, {"chosen": [one.pk], "note": ""}) == ["1 had been reminded today already."]
    assert Reminder.objects.count() == 1


def test_without_scripts_the_note_is_asked_for_first(as_user: As, city: User, new_standing: Make) -> None:
    one = new_standing()
    page = as_user(city).post(f"{URL}?pace=behind", {"chosen": [one.pk]})
    assert page.status_code == 200
    assert [row.key for row in page.context["rows"]] == [one.pk]
    assert page.context["back"] == f"{URL}?pace=behind"
    assert Reminder.objects.count() == 0


def test_nobody_chosen_and_other_peoples_rows(as_user: As, county: User, new_standing: Make) -> None:
    elsewhere = new_standing()
    client = as_user(county)
    assert said(client, {"note": ""}) == ["Choose the doctors to be reminded first."]
    assert said(client, {"chosen": [elsewhere.pk, "x"], "note": ""}) == ["Choose the doctors to be reminded first."]
    assert Reminder.objects.count() == 0


def test_a_note_too_long_keeps_what_was_typed(as_user: As, city: User, new_standing: Make) -> None:
    one = new_standing()
    page = as_user(city).post(URL, {"chosen": [one.pk], "note": "字" * 301})
    assert page.status_code == 200
    assert page.context["form"]["note"].value() == "字" * 301
    assert Reminder.objects.count() == 0
