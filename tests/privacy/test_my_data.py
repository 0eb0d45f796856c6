"""A person's own page: what is stored of him, who saw it, a copy of it, and what he asks."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.models import LedgerEntry, Notice, Proposal
from core.personal_data import HOLDINGS, subjects_of
from privacy import actions
from privacy.models import PersonalRequest
from privacy.stored import sections_of
from privacy.working_days import working_days_after
from tests import factories as f
from tests.factories import START
from tests.privacy.people import AT, NAME, PHONE, administrators, marked_doctor
from tests.sheets import opened

pytestmark = pytest.mark.django_db
PAGE = "/my-data/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_shows_what_is_stored_and_who_saw_it() -> None:
    doctor = marked_doctor()
    page = client_of(doctor.user).get(PAGE)
    sections = {section.title: section for section in page.context["sections"]}
    values = {each.name: each.words for each in sections["博士"].rows[0].values}
    assert (values["name"], values["phone"], values["wishes"]) == (NAME, PHONE, "墨氏志愿")
    assert sections["入企服务"].number == 1
    assert [seen.role for seen in page.context["seen"]] == ["人才办人员"]
    assert [label for label, _url in page.context["own_pages"]] == ["修改博士信息"]


@pytest.mark.parametrize("user", [f.CityUserFactory, lambda: f.MemberFactory().user, lambda: f.LiaisonFactory().user])
def test_every_role_has_its_page(user: Any) -> None:
    person = user()
    page = client_of(person).get(PAGE)
    assert page.status_code == 200
    assert page.context["sections"][0].title == "账号"


def test_the_copy_holds_exactly_the_rows_of_the_person() -> None:
    doctor = marked_doctor()
    other = f.DoctorFactory()
    f.VisitFactory(assignment=f.AssignmentFactory(doctor=other))
    answer = client_of(doctor.user).post("/my-data/copy/json/")
    data = json.loads(answer.content)
    subjects = subjects_of("accounts.user", doctor.user_id)
    expected: dict[str, list[Any]] = {}
    for holding in HOLDINGS:
        if holding.shown and (keys := sorted(holding.rows(subjects).values_list("pk", flat=True))):
            expected.setdefault(holding.model._meta.label_lower, []).append(keys)
    found: dict[str, list[Any]] = {}
    for section in data["sections"]:
        found.setdefault(section["table"], []).append(sorted(row["key"] for row in section["rows"]))
    assert found == expected
    [profile] = next(section["rows"] for section in data["sections"] if section["table"] == "experts.doctor")
    assert profile["values"]["phone"] == PHONE
    assert profile["values"]["born_on"] == "1990-01-01"
    assert len(data["seen_by"]) == 1


def test_the_workbook_has_a_line_for_each_value() -> None:
    doctor = marked_doctor()
    sheet = opened(client_of(doctor.user).post("/my-data/copy/xlsx/"))
    values = sum(len(row.values) for section in sections_of(doctor.user) for row in section.rows)
    lines = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[1]]
    assert len(lines) == values + 1  # who saw it
    assert [line[4] for line in lines if line[1] == "博士" and line[3] == "电话"] == [PHONE]


def test_a_copy_is_on_record_and_only_ones_own() -> None:
    doctor = marked_doctor()
    client = client_of(doctor.user)
    assert client.get("/my-data/copy/json/").status_code == 405
    assert client.post("/my-data/copy/csv/").status_code == 404
    client.post("/my-data/copy/json/")
    entry = LedgerEntry.objects.get(kind="personal_copy")
    assert (entry.who, entry.about_key, entry.facts["form"]) == (doctor.user_id, str(doctor.user_id), "json")
    other = json.loads(client_of(f.DoctorFactory().user).post("/my-data/copy/json/").content)
    assert NAME not in json.dumps(other, ensure_ascii=False)


# -- Requests --------------------------------------------------------------------------------------------------


def test_a_request_reaches_the_office_and_its_answer_the_person() -> None:
    person, office = f.DoctorFactory().user, f.CityUserFactory()
    client = client_of(person)
    sent = client.post("/my-data/requests/new/correct/", {"text": "学院应为材料学院"})
    request = PersonalRequest.objects.get()
    assert (sent.url, request.user, request.status) == (request.get_absolute_url(), person, "asked")
    assert Notice.objects.filter(user=office, kind="personal_request_asked").count() == 1
    desk = client_of(office)
    row = desk.get("/office/personal/").context["rows"][0]
    assert (row["whose"], row["verb"]) == (str(person), "answer")
    page = f"/office/personal/{request.pk}/answer/"
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"decision": "agree", "answer": ""}).status_code == 200  # an answer is wanted
    assert desk.post(page, {"decision": "agree", "answer": "已更正。"}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.answer, request.status_by) == ("granted", "已更正。", office)
    assert Notice.objects.get(user=person).text.startswith(f"您的第{request.pk}号个人信息申请") is True
    assert client.get(request.get_absolute_url()).context["row"] == request


def test_others_see_no_request_and_answer_none() -> None:
    person, other = f.DoctorFactory().user, f.DoctorFactory().user
    request = actions.ask_about_data(person, by=person, at=AT, on=START, kind="object", text="x")
    assert client_of(other).get(request.get_absolute_url()).status_code == 404
    assert client_of(other).post(f"{request.get_absolute_url()}withdraw/").status_code == 404
    county = client_of(f.CountyUserFactory())
    assert county.get("/office/personal/").status_code == 403
    assert county.post(f"/office/personal/{request.pk}/answer/", {"answer": "x"}).status_code == 404
    own = client_of(person)
    assert own.post(f"{request.get_absolute_url()}withdraw/").status_code == 302
    assert PersonalRequest.objects.get().status == "withdrawn"


def test_an_erasure_goes_through_the_pages_of_two_persons() -> None:
    doctor = marked_doctor()
    one, two = map(client_of, administrators())
    client_of(doctor.user).post("/my-data/requests/new/erase/", {"text": "请删除"})
    pk = PersonalRequest.objects.get().pk
    page = f"/office/personal/{pk}/propose/"
    assert one.post(page, {"decision": "agree", "answer": ""}).status_code == 200
    assert one.post(page, {"decision": "agree", "answer": "服务已结束。"}).status_code == 302
    [row] = one.get("/office/personal/").context["rows"]
    assert (row["verb"], row["proposal"].status, row["whose"]) == ("", "proposed", str(doctor.user))
    decided = two.post(f"/approvals/{row['proposal'].pk}/approve/", {"reason": ""})
    assert decided.status_code == 302
    doctor.refresh_from_db()
    assert doctor.name == f"已删除的博士№{doctor.user_id}"
    [row] = two.get("/office/personal/").context["rows"]
    assert (row["whose"], row["request"].status, row["proposal"]) == (doctor.name, "granted", None)
    assert two.get(f"/approvals/{Proposal.objects.get().pk}/").status_code == 200


def test_an_erasure_is_refused_in_writing() -> None:
    person = f.DoctorFactory().user
    desk = client_of(administrators()[0])
    client_of(person).post("/my-data/requests/new/erase/", {"text": "请删除"})
    request = PersonalRequest.objects.get()
    page = f"/office/personal/{request.pk}/propose/"
    assert desk.post(page, {"decision": "refuse", "answer": "考核尚未结束。"}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.answer) == ("refused", "考核尚未结束。")
    assert Notice.objects.filter(user=person, kind="personal_request_answered").count() == 1


def test_who_is_still_needed_can_only_be_refused() -> None:
    assignment, free = f.AssignmentFactory(), f.DoctorFactory()
    desk, buttons = client_of(administrators()[0]), {}
    for doctor in (assignment.doctor, free):
        request = actions.ask_about_data(doctor.user, by=doctor.user, at=AT, on=START, kind="erase", text="请删除")
        page = desk.get(f"/office/personal/{request.pk}/propose/").content.decode()
        buttons[doctor] = re.findall(r'name="decision" value="(\w+)"', page)
    assert buttons == {assignment.doctor: ["refuse"], free: ["agree", "refuse"]}


def test_the_list_of_the_office_needs_as_many_queries_for_many_requests_as_for_one() -> None:
    office = administrators()[0]
    desk, counts = client_of(office), []
    for number in (1, 3):
        for _each in range(number):
            person = f.DoctorUserFactory(name="欧阳玄墨")
            request = actions.ask_about_data(person, by=person, at=AT, on=START, kind="erase", text="请删除")
            actions.answer_request(request, by=office, at=AT, granted=False, answer="合同尚未到期。")
        desk.get(reverse("admin:personal_requests"))
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(reverse("admin:personal_requests"))
        counts.append(len(asked))
    assert [row["whose"] for row in page.context["rows"]] == ["欧阳玄墨"] * 4
    assert counts[0] == counts[1]


def test_the_answer_is_due_after_fifteen_working_days() -> None:
    assert working_days_after(date(2025, 3, 1), 15) == date(2025, 3, 21)  # from a Saturday
    assert working_days_after(date(2025, 3, 7), 1) == date(2025, 3, 10)
    person = f.DoctorFactory().user
    request = actions.ask_about_data(person, by=person, at=AT, on=date(2025, 3, 3), kind="correct", text="x")
    assert request.due_on == date(2025, 3, 24)
    assert PersonalRequest.objects.late(date(2025, 3, 25)).count() == 1
    assert PersonalRequest.objects.late(date(2025, 3, 24)).count() == 0
