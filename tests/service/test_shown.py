"""What a person reads of a verdict: the rule, the result, the records, what would change it, as of any day."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import translation

import servicerules
from accounts.models import User
from assignments.models import Assignment
from core.errors import AlreadyDone, Refused
from core.models import SetAside
from programmes.window_words import window_word
from service import actions
from service.closing import refresh_open_checks
from service.models import Check
from service.shown import restored
from tests import factories as f
from tests.factories import SHANGHAI, moment

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
# Soft days a year, days of any thirty, a visit a week, and nothing on months.
SOFT: dict[str, Any] = {
    "code": "deputies",
    "version": 1,
    "rules": [
        {
            "id": "year-days", "in": {"every": "service_year"}, "measure": {"days": {"activity": "visit"}},
            "should": {"least": 90}, "waivable": "documented",
        },
        {"id": "weekly", "in": {"every": "week"}, "measure": {"count": {"activity": "visit"}}, "should": {"least": 1}},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def served() -> Assignment:
    """A service judged by soft rules on years and weeks, with a host that has an account."""
    rule_set = f.RuleSetFactory(code="deputies", data=SOFT)
    assignment = f.AssignmentFactory(batch__rule_set=rule_set)
    f.MemberFactory(enterprise=assignment.host.enterprise)
    f.LiaisonFactory(university=assignment.doctor.university)
    return assignment


def verdicts(assignment: Assignment, at: datetime) -> dict[tuple[str, str], servicerules.Verdict]:
    rules = servicerules.read_rule_set(SOFT)
    visits = [
        servicerules.Record(each.pk, each.starts_on, each.ends_on, each.logged_at, each.enterprise_id,
                            confirmed_at=each.confirmed_at)
        for each in assignment.visits.all()
    ]  # fmt: skip
    term = servicerules.Term(assignment.starts_on, assignment.ends_on)
    service = servicerules.Service(assignment.pk, term, records=visits)
    return {(each.rule, each.key): each for each in servicerules.judge(rules, [service], as_of=at)}


def check_of(assignment: Assignment, rule: str, window: str, at: datetime) -> Check:
    verdict = verdicts(assignment, at)[rule, window]
    return Check.objects.create(
        assignment=assignment, rule=rule, window=window, first=verdict.window.first, last=verdict.window.last,
        verdict=verdict.state, value=verdict.value, asks=verdict.asks.value, days_counted=Decimal(0),
        rule_set=assignment.batch.rule_set, facts=servicerules.as_data(verdict), judged_at=at,
        locks_on=verdict.locks_on, locked_at=at if verdict.final else None,
    )  # fmt: skip


def client_of(user: User, language: str = "zh-hans") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.cookies["django_language"] = language
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def doctor_of(assignment: Assignment) -> User:
    assert assignment.doctor.user is not None
    return assignment.doctor.user


def host_of(assignment: Assignment) -> User:
    return assignment.host.enterprise.members.get().user


# -- Words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2024-05", "2024年5月"),
        ("2024-05-06", "2024年5月6日"),
        ("Y1", "第1服务年度"),
        ("term", "整个服务期"),
        ("2024-W05", "2024年第5周"),
        ("2024-W12", "2024年第12周"),
        ("2024-Q3", "2024年第3季度"),
        ("2024-H2", "2024年第2个半年"),
        ("2024", "2024年度"),
        ("2023/2024", "2023—2024学年"),
        ("2024-01…2024-02", "2024年1月至2024年2月"),
        ("trial", "trial"),
        ("*", "任何一天"),
    ],
)
def test_each_kind_of_window_has_words(key: str, words: str) -> None:
    with translation.override("zh-hans"):
        assert window_word(key) == words


def test_a_stored_verdict_is_restored_as_it_was_judged(served: Assignment) -> None:
    f.VisitFactory(assignment=served, starts_on=date(2025, 3, 4), ends_on=date(2025, 3, 5))
    at = moment(date(2025, 5, 20))
    for verdict in verdicts(served, at).values():
        again = restored(servicerules.as_data(verdict))
        assert servicerules.as_data(again) | {"follows": [], "by_host": {}} == servicerules.as_data(verdict) | {
            "follows": [], "by_host": {},
        }  # fmt: skip


# -- The page ----------------------------------------------------------------------------------------------------


def test_a_week_shows_its_rule_result_and_what_is_left(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W15", NOW)
    page = client_of(doctor_of(served)).get(f"/checks/{check.pk}/")
    shown = page.context["shown"]
    assert (shown.window, shown.state) == ("2025年第15周", "warning")
    assert shown.rule == "每个自然周至少1次入企服务；原则上要求。"
    assert shown.formula == ["入企服务次数：0次；要求不少于1次。"]
    assert shown.reasons == ["现为0次，要求不少于1次，还差1次。"]
    assert "本月" not in page.content.decode()


def test_ways_lead_to_the_page_where_the_reader_can_go_them(served: Assignment) -> None:
    check = check_of(served, "year-days", "Y1", NOW)
    doctor = client_of(doctor_of(served)).get(f"/checks/{check.pk}/").context["ways"]
    assert [(each.label, each.url) for each in doctor] == [
        ("记录入企服务", f"/visits/new/?assignment={served.pk}"),
        ("申请豁免", f"/assignments/{served.pk}/waiver/?window=Y1"),
    ]
    assert doctor[0].words == "在2026年2月28日前再完成90天，并于2026年3月5日前登记。"
    office = client_of(f.OperatorFactory()).get(f"/checks/{check.pk}/").context["ways"]
    assert [each.url for each in office] == ["", ""]


def test_records_that_wait_are_named_by_their_days_and_lead_to_the_host(served: Assignment) -> None:
    visit = f.VisitFactory(
        assignment=served, starts_on=date(2025, 5, 19), ends_on=date(2025, 5, 19), logged_at=NOW, status="logged",
        confirmed_at=None,
    )  # fmt: skip
    check = check_of(served, "weekly", "2025-W21", NOW)
    (way,) = client_of(host_of(served)).get(f"/checks/{check.pk}/").context["ways"][:1]
    assert (way.words, way.url) == ("接收单位确认以下1条记录：5月19日（1天）。", f"/visits/{visit.pk}/")


def test_a_past_day_gives_the_same_answer_each_time(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W20", NOW)
    f.VisitFactory(
        assignment=served, starts_on=date(2025, 5, 12), ends_on=date(2025, 5, 12), logged_at=NOW - timedelta(days=7),
        confirmed_at=NOW - timedelta(days=1),
    )  # fmt: skip
    client = client_of(doctor_of(served))
    states = [
        client.get(f"/checks/{check.pk}/", {"as_of": day}).context["shown"].state
        for day in ("2025-05-14", "2025-05-19", "2025-05-14", "2025-05-19")
    ]
    assert states == ["pending", "met", "pending", "met"]
    page = client.get(f"/checks/{check.pk}/", {"as_of": "2025-05-14"})
    assert (page.context["same"], page.context["rules"], page.context["ways"]) == (
        check.verdict == "pending", served.batch.rule_set, [],
    )  # fmt: skip


def test_a_day_to_come_is_refused(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W20", NOW)
    page = client_of(doctor_of(served)).get(f"/checks/{check.pk}/", {"as_of": "2025-05-21"})
    assert page.context["form"].errors == {"as_of": ["请选择今天或以前的日期。"]}


def test_all_reopenings_are_shown(served: Assignment) -> None:
    city = f.OperatorFactory()
    check = check_of(served, "weekly", "2025-W11", NOW)
    for reason in ("补录", "再次补录"):
        Check.objects.filter(pk=check.pk).update(locked_at=NOW)
        check.refresh_from_db()
        actions.reopen_month(check, by=city, at=NOW + timedelta(minutes=len(reason)), until=NOW.date(), reason=reason)
    page = client_of(doctor_of(served)).get(f"/checks/{check.pk}/")
    assert [each.reason for each in page.context["reopenings"]] == ["再次补录", "补录"]


def test_a_stranger_finds_no_check(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W15", NOW)
    for stranger in (f.DoctorFactory().user, f.MemberFactory().user, f.LiaisonFactory().user):
        for path in ("", "explain/"):
            assert client_of(stranger).get(f"/checks/{check.pk}/{path}").status_code == 404


# -- Reasons of warnings -----------------------------------------------------------------------------------------


def test_the_doctor_gives_the_reason_and_it_stays_a_warning(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W15", NOW)
    client = client_of(doctor_of(served))
    answer = client.post(f"/checks/{check.pk}/explain/", {"reason": "  企业停产检修。"})
    check.refresh_from_db()
    assert (answer.status_code, check.verdict) == (302, "warning")
    assert (check.reason, check.reason_by, check.reason_at) == ("企业停产检修。", doctor_of(served), NOW)


@pytest.mark.parametrize("who", ["host", "office"])
def test_host_and_office_may_give_it_too(served: Assignment, who: str) -> None:
    check = check_of(served, "weekly", "2025-W15", NOW)
    user = host_of(served) if who == "host" else f.OperatorFactory()
    client_of(user).post(f"/checks/{check.pk}/explain/", {"reason": "停产。"})
    check.refresh_from_db()
    assert (check.reason, check.reason_by) == ("停产。", user)


def test_the_university_and_a_county_only_read_it(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W15", NOW)
    liaison = served.doctor.university.liaisons.get().user
    assert client_of(liaison).get(f"/checks/{check.pk}/").status_code == 200
    assert client_of(liaison).post(f"/checks/{check.pk}/explain/", {"reason": "停产。"}).status_code == 403


def test_an_empty_reason_is_refused_and_a_verdict_that_is_none(served: Assignment) -> None:
    check = check_of(served, "weekly", "2025-W15", NOW)
    with pytest.raises(Refused) as refusal:
        actions.explain_warning(check, by=doctor_of(served), at=NOW, reason=" ")
    assert refusal.value.code == "reason_missing"
    Check.objects.filter(pk=check.pk).update(verdict="met")
    with pytest.raises(AlreadyDone) as over:
        actions.explain_warning(check, by=doctor_of(served), at=NOW, reason="停产。")
    assert over.value.code == "no_warning"


# -- Details that cannot be read ----------------------------------------------------------------------------------


SPOILT: list[Any] = [
    {}, {"rule": "weekly"}, {"verdict": "met"}, [], "text", 5, {"rule": 1, "asks": None}, {"reasons": [1, {}]},
    {"verdict": "met", "final": True, "formula": {}, "reasons": [], "follows": [1, {"propose": "nothing"}]},
]  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_check_whose_details_cannot_be_read_keeps_its_result(served: Assignment, spoilt: Any) -> None:
    """Its page, the page of the service, the list and the interface stay readable, and say so."""
    check = check_of(served, "weekly", "2025-W15", NOW)
    with connection.cursor() as cursor:
        cursor.execute("update service_check set facts = %s where id = %s", [json.dumps(spoilt), check.pk])
    client = client_of(doctor_of(served), "en")
    pages = [f"/checks/{check.pk}/", f"/assignments/{served.pk}/", "/api/v1/checks/", f"/checks/{check.pk}/explain/"]
    answers = {page: client.get(page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 200)
    told = "The details of this verdict cannot be read any more; its result stands as it was stored."
    assert told in answers[pages[0]].text
    assert answers[pages[2]].json()["results"][0]["verdict"] == check.verdict


def test_details_that_cannot_be_read_are_written_anew_while_the_check_is_open(served: Assignment) -> None:
    closed = NOW + timedelta(days=13)  # the month of the week is over and takes entries still
    check = check_of(served, "weekly", "2025-W19", closed)
    before = check.facts
    with connection.cursor() as cursor:
        cursor.execute("update service_check set facts = '[]', locked_at = null where id = %s", [check.pk])
    refresh_open_checks(at=closed)
    check.refresh_from_db()
    assert check.facts["used"] == before["used"]
    assert SetAside.objects.count() == 0
