"""The page of a window that is not judged yet; and that of a check whose rules cannot be read any more."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assignments.models import Assignment
from officedata.months import Month
from service import closing
from service.models import Check, Visit
from tests import factories as f
from tests.factories import SHANGHAI, moment
from tests.former import bad_rules

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
YEAR = {"id": "year-days", "in": {"every": "service_year"}, "measure": {"days": {}}, "should": {"least": 90}}
SCHOOL = {"id": "school", "in": {"every": "school_year"}, "measure": {"count": {}}, "must": {"least": 1}}
ROLLING = {"id": "gap", "in": {"rolling": 60}, "measure": {"gap": {}}, "should": {"most": 45}}
WEEK = {"id": "week", "in": {"every": "week"}, "measure": {"days": {}}, "must": {"least": 1}}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def served() -> Assignment:
    data = {"code": "deputies", "version": 1, "rules": [YEAR, SCHOOL, ROLLING, WEEK]}
    row: Assignment = f.AssignmentFactory(batch__rule_set=f.RuleSetFactory(code="deputies", data=data))
    f.MemberFactory(enterprise=row.host.enterprise)
    return row


def client_of(user: User | None) -> Client:
    assert user is not None
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visit(row: Assignment, first: date, last: date, **facts: Any) -> Visit:
    made: Visit = f.VisitFactory(assignment=row, starts_on=first, ends_on=last, **facts)
    return made


def page_of(row: Assignment, rule: str, window: str, user: User | None = None) -> Any:
    user = user or row.doctor.user
    return client_of(user).get(f"/assignments/{row.pk}/window/", {"rule": rule, "window": window})


def test_the_running_year_says_what_counts_what_is_owed_and_until_when(served: Assignment) -> None:
    counted = visit(served, date(2025, 5, 12), date(2025, 5, 15), status="confirmed")
    waits = visit(served, date(2025, 5, 18), date(2025, 5, 19))
    page = page_of(served, "year-days", "Y1")
    shown, at = page.context["shown"], page.context["progress"]
    assert (shown.state, shown.window, shown.days) == (
        "pending", "year 1 of service", [served.starts_on, served.ends_on]
    )  # fmt: skip
    assert (at.done, at.need, at.awaiting, at.left) == (4, 90, 2, (served.ends_on - NOW.date()).days + 1)
    assert [(each.visit, each.why) for each in page.context["records"]] == [
        (counted, "counts"), (waits, "awaits the answer of the enterprise"),
    ]  # fmt: skip
    urls = [way.url for way in page.context["ways"]]
    assert f"/visits/new/?assignment={served.pk}" in urls
    office = page_of(served, "year-days", "Y1", f.CityUserFactory())
    assert f"/visits/new/?assignment={served.pk}" not in [way.url for way in office.context["ways"]]


def test_each_window_on_the_page_of_the_service_has_its_page(served: Assignment) -> None:
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 1)))
    client = client_of(served.doctor.user)
    rules = client.get(f"/assignments/{served.pk}/").context["rule_lines"]
    lines = [line for rule in rules for line in (*rule.lines, *rule.older)]
    assert {line.check is None for line in lines} == {True, False}
    for line in lines:
        answer = client.get(f"/assignments/{served.pk}/window/?{line.query}")
        on_record = line.check and f"/checks/{line.check.pk}/"
        assert (answer.status_code, answer.headers.get("Location")) == ((302, on_record) if on_record else (200, None))


def test_a_locked_year_is_opened_again_by_its_own_name() -> None:
    data = {"code": "years", "version": 1, "rules": [YEAR]}
    f.AssignmentFactory(
        batch__rule_set=f.RuleSetFactory(code="years", data=data), starts_on=date(2024, 3, 1), ends_on=date(2025, 2, 28)
    )
    closing.close_month(Month(2025, 2), at=moment(date(2025, 5, 1)))
    check, city = Check.objects.get(), client_of(f.CityUserFactory())
    page = city.get(f"/checks/{check.pk}/")
    assert [each["label"] for each in page.context["offers"] if each["verb"] == "reopen"] == [
        "Open year 1 of service again"
    ]
    done = city.post(f"/checks/{check.pk}/reopen/", {"until": "2025-05-30", "reason": "补录"}, follow=True)
    assert [str(each) for each in done.context["messages"]] == [
        "year 1 of service is open again until the end of 30 May 2025."
    ]
    city.cookies["django_language"] = "zh-hans"
    asked = city.get("/office/service/check/").content.decode()
    assert ("重新开放所选期间，并说明原因" in asked, "重新开放所选月份" in asked) == (True, False)


def test_a_month_that_is_not_closed_has_a_page_and_a_closed_one_its_check() -> None:
    data = {"code": "months", "version": 1, "rules": [{**WEEK, "id": "month", "in": {"every": "month"}}]}
    row = f.AssignmentFactory(batch__rule_set=f.RuleSetFactory(code="months", data=data))
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 1)))
    page = client_of(row.doctor.user).get(f"/assignments/{row.pk}/").content.decode()
    links = [
        f"/assignments/{row.pk}/window/?rule=month&amp;window=2025-{month}" in page for month in ("03", "04", "05")
    ]
    assert (links, f"/checks/{Check.objects.get().pk}/" in page) == ([False, True, True], True)
    assert page_of(row, "month", "2025-05").context["shown"].window == "May 2025"


@pytest.mark.parametrize(
    ("rule", "window"),
    [("year-days", "Y2"), ("year-days", "Y9"), ("none", "Y1"), ("", ""), ("week", "2025-W40"), ("week", "\0")],
)
def test_a_window_that_is_not_there_or_has_not_begun_is_not_found(served: Assignment, rule: str, window: str) -> None:
    assert page_of(served, rule, window).status_code == 404


def test_only_who_follows_the_service_sees_it(served: Assignment) -> None:
    assert page_of(served, "year-days", "Y1", f.MemberFactory().user).status_code == 404
    assert page_of(served, "year-days", "Y1", f.CityUserFactory()).status_code == 200


def test_where_the_rules_cannot_be_read_it_says_so(served: Assignment) -> None:
    served.batch.rule_set = bad_rules("deputies")
    served.batch.save()
    page = client_of(served.doctor.user).get(
        f"/assignments/{served.pk}/window/", {"rule": "year-days", "window": "Y1"}, follow=True
    )
    assert page.redirect_chain == [(f"/assignments/{served.pk}/", 302)]
    assert [str(each).startswith("The rules of the batch") for each in page.context["messages"]] == [True]


def test_a_check_whose_version_cannot_be_read_says_what_is_known(served: Assignment) -> None:
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 20)))
    check = Check.objects.filter(rule="week").earliest("first")
    Check.objects.filter(pk=check.pk).update(rule_set=bad_rules("deputies"))
    client = client_of(served.doctor.user)
    page = client.get(f"/checks/{check.pk}/")
    shown = page.context["shown"]
    assert (page.status_code, shown.state, shown.rule, shown.days) == (200, "not_met", "", [check.first, check.last])
    assert shown.reasons == ["The details of this verdict cannot be read any more; its result stands as it was stored."]
    asked = client.get(f"/checks/{check.pk}/?as_of=2025-04-20")
    assert (asked.status_code, asked.context["as_of"]) == (200, None)
    assert [text.startswith("The rules of the batch") for text in asked.context["form"].errors["as_of"]] == [True]
    warned = Check.objects.exclude(pk=check.pk).filter(rule="gap").get()
    Check.objects.filter(pk=warned.pk).update(rule_set=bad_rules("deputies"), verdict="warning")
    assert client.get(f"/checks/{warned.pk}/explain/").status_code == 200
