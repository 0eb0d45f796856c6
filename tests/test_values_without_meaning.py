"""What a user is told, and what must not happen, when a value is senseless."""

from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from enterprises.models import Need
from service.models import Visit
from tests import factories as f

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def office() -> Client:
    return client_of(f.CityUserFactory())


# -- Lists of pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"month": "2026-13"}, "月份：请填写月份，例如2026-10。"),
        ({"month": "9999-12"}, "月份：请填写月份，例如2026-10。"),
        ({"q": "\0"}, "搜索：不允许是用空字符串。"),
        ({"status": "²"}, "状态：“²”不在可选范围内，请重新选择。"),
    ],
)
def test_a_list_says_what_is_wrong_with_a_filter_and_lists_nothing(query: dict[str, str], error: str) -> None:
    visit = f.VisitFactory()
    client = client_of(visit.doctor.user)
    page = client.get("/visits/", query)
    assert (list(page.context["page"]), error in page.content.decode()) == ([], True)
    sheet = client.get("/visits/", {**query, "export": "xlsx"})
    assert sheet["Content-Type"] == "text/html; charset=utf-8"  # the page with the error, not an empty file
    assert list(client.get("/visits/").context["page"]) == [visit]


def test_an_export_with_a_filter_without_meaning_leads_to_the_page(office: Client) -> None:
    page = office.get("/office/behind/export/", {"district": "²"}, follow=True)
    assert page.redirect_chain == [("/office/behind/?district=%C2%B2&export=xlsx", 302)]
    assert (page["Content-Type"], page.context["rows"]) == ("text/html; charset=utf-8", [])


# -- Client keys ----------------------------------------------------------------------------------------------


def test_a_need_with_the_client_key_of_another_firm_is_refused_and_kept_on_the_page() -> None:
    mine, key = f.MemberFactory(), uuid4()
    f.NeedFactory(client_key=key)
    facts = {
        "title": "钢包渣线镁碳砖寿命提升", "kind": "technology", "problem": "剥落快", "target": "60 炉",
        "contact_name": "贾工", "contact_phone": "13800001234", "visibility": "public", "step": "send",
    }  # fmt: skip
    client = client_of(mine.user)
    answer = client.post("/needs/new/", {**facts, "client_key": str(key)})
    assert (answer.status_code, Need.objects.filter(enterprise=mine.enterprise).count()) == (200, 0)
    form = answer.context["form"]
    assert form.non_field_errors() == ["本次提交的标识已被另一条记录使用，请重新提交。"]
    again = client.post("/needs/new/", {**facts, "client_key": form["client_key"].value()})
    assert (again.status_code, Need.objects.filter(enterprise=mine.enterprise).count()) == (302, 1)


def test_a_visit_with_the_client_key_of_another_doctor_is_refused_and_kept_on_the_page() -> None:
    assignment, key = f.AssignmentFactory(), uuid4()
    f.VisitFactory(client_key=key)
    day = assignment.starts_on.isoformat()
    place = f"{assignment.pk}-{assignment.host.enterprise_id}"
    facts = {"place": place, "starts_on": day, "ends_on": day, "content": "取样。", "mode": "onsite"}
    with time_machine.travel(f.moment(assignment.starts_on), tick=False):
        client = client_of(assignment.doctor.user)
        answer = client.post("/visits/new/", {**facts, "client_key": str(key)})
        again = client.post("/visits/new/", {**facts, "client_key": answer.context["form"]["client_key"].value()})
    form = answer.context["form"]
    assert form.errors["starts_on"] == ["本次提交的标识已被另一条记录使用，请重新提交。"]
    assert (answer.status_code, again.status_code, Visit.objects.filter(assignment=assignment).count()) == (200, 302, 1)


# -- Tables of the office ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"status__exact": "\0"}, {"status__regex": "("}, {"starts_on__gte": "9999-99-99"},
        {"starts_on__year": "9" * 5000},
    ],
)  # fmt: skip
def test_a_table_leads_from_a_filter_without_meaning_to_all_rows_and_says_so(
    office: Client, query: dict[str, str]
) -> None:
    visit = f.VisitFactory()
    answer = office.get("/office/service/visit/", query, follow=True)
    assert answer.redirect_chain == [("/office/service/visit/?e=1", 302)]
    assert list(answer.context["cl"].result_list) == [visit]
    assert "地址中的筛选条件无效，现显示全部记录。" in answer.content.decode()


@pytest.mark.parametrize("query", [{"id__in": "²"}, {"content__startswith": "试"}])
def test_a_table_answers_no_look_up_that_is_not_its_own(office: Client, query: dict[str, str]) -> None:
    f.VisitFactory(content="试压")
    assert office.get("/office/service/visit/", query).status_code == 400


@pytest.mark.parametrize("key", ["²", "9" * 5000, str(2**63), "\0", "-1", "1e400"])
def test_an_act_on_a_row_that_cannot_be_does_nothing(office: Client, key: str) -> None:
    need = f.NeedFactory(status="submitted", submitted_at=f.moment(f.START))
    answer = office.post(
        "/office/enterprises/need/", {"action": "publish", "_selected_action": [key, str(need.pk)], "index": "0"}
    )
    assert said(answer) == ["所选记录中有不存在的，请重新选择。"]
    need.refresh_from_db()
    assert need.status == "submitted"


@pytest.mark.parametrize("key", ["²", "9" * 5000, "\0", "1,²"])
def test_a_form_filled_by_its_address_leaves_out_what_names_no_row(office: Client, key: str) -> None:
    enterprise = f.EnterpriseFactory()

    def chosen(value: str) -> Any:
        page = office.get("/office/enterprises/qualification/add/", {"enterprise": value})
        return page.context["adminform"].form["enterprise"].value()

    assert [chosen(key), chosen(str(enterprise.pk))] == [None, str(enterprise.pk)]


def test_a_choice_that_is_no_key_is_an_error_of_its_field(office: Client) -> None:
    page = office.post("/office/experts/interest/add/", {"doctor": "²", "credit_code": "x", "what": "持股"})
    errors = page.context["adminform"].form.errors
    assert (page.status_code, errors["doctor"]) == (200, ["所选内容不在可选范围内，请重新选择。"])


def test_what_is_typed_into_a_choice_may_hold_anything(office: Client) -> None:
    asked = {"app_label": "enterprises", "model_name": "qualification", "field_name": "enterprise", "term": "\0"}
    assert office.get("/office/autocomplete/", asked).json()["pagination"] == {"more": False}


# -- Chosen rows on screens -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/visits/confirm/", "visits"),
        ("/office/queue/", "need"),
        ("/office/queue/", "publish"),
        ("/office/behind/", "chosen"),
    ],
)
@pytest.mark.parametrize("key", ["²", "9" * 5000, "１"])
def test_a_key_among_the_chosen_that_names_nothing_changes_nothing(path: str, name: str, key: str) -> None:
    visit = f.VisitFactory()
    need = f.NeedFactory(status="submitted", submitted_at=f.moment(f.START))
    office = path.startswith("/office/")
    user = f.CityUserFactory() if office else f.MemberFactory(enterprise=visit.enterprise).user
    assert client_of(user).post(path, {name: [key]}).status_code == 302
    visit.refresh_from_db()
    need.refresh_from_db()
    assert (visit.status, need.status) == ("logged", "submitted")


# -- What browsers send in addition ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", ['"abcdefgh\\000"', "²" * 40, "a" * 5000, "../../x"])
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "messages"])
def test_a_cookie_of_any_content_is_a_strangers(name: str, value: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/", HTTP_COOKIE=f"{name}={value}")
    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["Token ²", "Token \0", "Token " + "a" * 5000, "Token a b", "Token"])
def test_a_token_of_any_content_is_unknown(key: str) -> None:
    assert Client(raise_request_exception=False).get("/api/v1/visits/", HTTP_AUTHORIZATION=key).status_code == 401
