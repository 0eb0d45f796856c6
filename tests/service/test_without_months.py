"""Pages of a programme whose rules are about years and days between visits: none speaks of months."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

import servicerules
from accounts.models import User
from assignments.models import Assignment
from service.actions import remind
from service.models import Check, Standing
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import SHANGHAI

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
DEPUTIES: dict[str, Any] = {
    "code": "deputies", "version": 1,
    "rules": [
        {"id": "year-days", "in": {"every": "service_year"}, "measure": {"days": {"activity": "visit"}},
         "should": {"least": 90}},
        {"id": "gap", "in": {"rolling": 60}, "measure": {"gap": {"activity": "visit"}}, "should": {"most": 45}},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def served() -> Assignment:
    rule_set = f.RuleSetFactory(code="deputies", data=DEPUTIES)
    assignment = f.AssignmentFactory(batch__rule_set=rule_set)
    f.MemberFactory(enterprise=assignment.host.enterprise)
    f.LiaisonFactory(university=assignment.doctor.university)
    first, last = date(2025, 5, 12), date(2025, 5, 15)
    f.VisitFactory(assignment=assignment, starts_on=first, ends_on=last, status="confirmed", confirmed_at=NOW)
    refresh_standings([assignment], on=TODAY)
    return assignment


def client_of(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.cookies["django_language"] = "zh-hans"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def people(served: Assignment) -> dict[str, User]:
    assert served.doctor.user is not None
    return {
        "doctor": served.doctor.user,
        "host": served.host.enterprise.members.get().user,
        "university": served.doctor.university.liaisons.get().user,
        "office": f.OperatorFactory(),
    }


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("doctor", "/home/"), ("host", "/home/"), ("university", "/home/"), ("university", "/assignments/"),
        ("doctor", "/assignments/"), ("doctor", "/assignments/{0}/"), ("host", "/assignments/{0}/"),
        ("office", "/assignments/{0}/"), ("office", "/office/behind/"), ("doctor", "/visits/new/"),
    ],
)  # fmt: skip
def test_no_page_speaks_of_this_month(served: Assignment, who: str, path: str) -> None:
    page = client_of(people(served)[who]).get(path.format(served.pk))
    assert page.status_code == 200
    assert "本月" not in page.content.decode()


def test_the_home_of_the_doctor_has_a_bar_for_the_year_and_a_line_for_the_gap(served: Assignment) -> None:
    (each,) = client_of(people(served)["doctor"]).get("/home/").context["services"]
    year, gap = each["stand"].bars
    assert each["stand"].monthly is False
    assert (year.window, year.done, year.need, year.left, year.bar) == ("第1服务年度 · 入企服务天数", 4, 90, 285, True)
    assert (gap.bar, gap.state) == (False, "met")


def test_the_page_of_the_service_has_each_rule_with_its_windows(served: Assignment) -> None:
    rules = client_of(people(served)["doctor"]).get(f"/assignments/{served.pk}/").context["rule_lines"]
    assert [len(rule.lines) + len(rule.older) for rule in rules] == [1, 3]
    assert rules[0].lines[0].measured == "4 / 90天"
    assert rules[0].lines[0].check is None
    assert rules[0].progress.done == 4


def test_the_export_of_assignments_has_no_columns_of_months(served: Assignment) -> None:
    liaison = client_of(people(served)["university"])
    heads = [str(each.head) for each in liaison.get("/assignments/").context["view"].get_columns()]
    assert [head for head in heads if "月" in head] == []


def test_months_are_shown_as_soon_as_one_service_is_judged_by_them(served: Assignment) -> None:
    other = f.AssignmentFactory(doctor__university=served.doctor.university)
    refresh_standings([other], on=TODAY)
    page = client_of(people(served)["university"]).get("/assignments/")
    assert page.context["with_months"] is True
    assert Standing.objects.count() == 2


def test_a_warning_is_asked_about_on_the_home_until_its_reason_is_given(served: Assignment) -> None:
    check = f.CheckFactory(assignment=served, rule="year-days", window="Y1", verdict="warning")
    doctor, office = client_of(people(served)["doctor"]), client_of(people(served)["office"])

    def asked(client: Client, path: str) -> list[str]:
        context = client.get(path).context
        items = context["todo" if path == "/home/" else "todos"]
        return [item.url for item in items if "warning" in item.url or "explain" in item.url]

    assert asked(doctor, "/home/") == [f"/checks/{check.pk}/explain/"]
    assert asked(office, "/office/") == ["/office/service/check/?verdict__exact=warning&reason__isempty=1"]
    Check.objects.filter(pk=check.pk).update(reason="停产。", reason_by=people(served)["doctor"], reason_at=NOW)
    assert asked(doctor, "/home/") == asked(office, "/office/") == []


def test_what_a_missed_rule_proposes_waits_at_the_office(served: Assignment) -> None:
    rule = {**DEPUTIES["rules"][0], "else": [{"do": "not_met"}, {"propose": "stop"}]}
    rules = servicerules.read_rule_set({**DEPUTIES, "rules": [rule]})
    service = servicerules.Service(served.pk, servicerules.Term(served.starts_on, served.ends_on))
    (verdict,) = servicerules.judge(rules, [service], as_of=NOW)
    facts = servicerules.as_data(verdict)
    check = f.CheckFactory(assignment=served, rule="year-days", window="Y1", verdict="not_met", facts=facts)
    office = client_of(people(served)["office"])
    items = [item for item in office.get("/office/").context["todos"] if "proposed" in item.url]
    assert [(item.url, item.count) for item in items] == [("/office/service/check/?proposed=stop", 1)]
    listed = office.get("/office/service/check/", {"proposed": "stop"}).context["cl"].queryset
    assert list(listed) == [check]
    Assignment.objects.filter(pk=served.pk).update(status="completed")
    assert [item for item in office.get("/office/").context["todos"] if "proposed" in item.url] == []


def test_a_reminder_speaks_of_the_days_of_the_year(served: Assignment) -> None:
    office, doctor = people(served)["office"], people(served)["doctor"]
    remind([Standing.objects.get()], by=office, at=NOW, on=TODAY)
    with translation.override("zh-hans"):
        assert [each.text for each in doctor.notices.all()] == ["目前已服务4天，应服务90天，请安排下次入企服务。"]


def test_the_receipt_of_a_visit_has_no_month(served: Assignment) -> None:
    visit = served.visits.get()
    page = client_of(people(served)["doctor"]).get(f"/visits/{visit.pk}/receipt/")
    assert (page.status_code, page.context["month"]) == (200, None)


def test_the_sheet_of_assignments_is_made_where_one_has_months_and_one_has_none(served: Assignment) -> None:
    other = f.AssignmentFactory(doctor__university=served.doctor.university)
    refresh_standings([other], on=TODAY)
    sheet = client_of(people(served)["university"]).get("/assignments/?export=xlsx")
    assert sheet["Content-Type"].startswith("application/vnd.openxmlformats")
