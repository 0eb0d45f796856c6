"""What the office reads in its tables: words, never the codes, the JSON or the English of the program."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, ngettext, override

from accounts.models import District, User
from assignments.models import Assignment, Project
from core.models import Job, Period
from enterprises.models import Need
from matching.models import FactorWeights, MatchRun, Suggestion
from service.models import Check
from tests import factories as f
from tests.confirming import confirm
from tests.factories import START, moment
from tests.office.conftest import As
from tests.scope_world import ScopeWorld
from tests.sheets import HEAD, sheet_of
from ui.contributions import contributed
from ui.value_words import lines_of

pytestmark = [pytest.mark.django_db]
TABLES = sorted(admin.site._registry, key=lambda model: model._meta.label)
# What no page of a table says: names of code, Python's and JSON's words, an engine's name, Django's own Chinese.
BANNED = re.compile(
    r"[a-z]+_[a-z_]+|\b(?:None|True|False|null)\b|[{}\[\]]|\blexical\b|\bv\d+\b|概览|对象|选择 |以 |来修改|选中了"
    r"|[\u4e00-\u9fff]\s?\d{4}-\d{2}|\d{4}-\d{2}(?:-\d{2})?\s?[\u4e00-\u9fff]"  # in a sentence; a column may have it
)
DATA = re.compile(r"[\w.+-]+@[\w.-]+|\btl_\w+")  # addresses, and the first characters of a key
PASSWORD = re.compile(r"pbkdf2|argon2|scrypt|盐|哈希|密文")
PAGES = ("", "{pk}/change/", "{pk}/history/", "add/")


class _Words(HTMLParser):
    """The words of a page as they are read: texts, choices, hints in fields; no scripts, no values of hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.found += [value or "" for name, value in attrs if name in ("placeholder", "title", "aria-label")]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append(data.strip())


def words_of(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    if answer.status_code != 200:
        return []
    parser = _Words()
    parser.feed(re.sub(r"(?s)^.*?<main|</main>.*$", "<main", answer.content.decode()))
    return parser.found


def address(model: type[models.Model], rest: str = "") -> str:
    return f"/office/{model._meta.app_label}/{model._meta.model_name}/{rest}"


@pytest.fixture
def chinese(city: User) -> Client:
    client = Client()
    client.force_login(city, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.usefixtures("db")
def test_no_page_of_a_table_shows_a_code(chinese: Client) -> None:
    ScopeWorld()
    wrong = []
    for model in TABLES:
        row = model._default_manager.order_by("pk").first()
        for page in PAGES:
            if row is None and "{pk}" in page:
                continue
            here = address(model, page.format(pk=getattr(row, "pk", "")))
            wrong += [f"{here}: {said}" for said in words_of(chinese, here) if BANNED.search(DATA.sub("", said))]
    assert "\n".join(wrong) == ""


def test_no_sheet_of_a_table_shows_a_code(chinese: Client) -> None:
    ScopeWorld()
    wrong, read = [], 0
    for model in TABLES:
        here = address(model)
        for row in sheet_of(chinese, f"{here}?export=xlsx").iter_rows(min_row=HEAD):
            said = [cell.value for cell in row if isinstance(cell.value, str)]
            wrong += [f"{here}: {words}" for words in said if BANNED.search(DATA.sub("", words))]
            read += len(said)
    assert "\n".join(wrong) == ""
    assert read > 500


def test_every_table_has_a_row_that_was_looked_at() -> None:
    ScopeWorld()
    assert [model._meta.label for model in TABLES if not model._default_manager.exists()] == []


def test_json_and_codes_are_said_in_words(chinese: Client) -> None:
    suggestion = f.SuggestionFactory(
        quotes=[{"terms": ["镁碳砖"], "need": "镁碳砖抗氧化", "work": None, "text": "低碳镁碳砖", "weight": 0.2}],
        unknown=["works"],
        against=[{"code": "far", "params": {"km": 120}}],
    )
    need = suggestion.need
    pages = {
        "points": words_of(chinese, address(Suggestion, f"{suggestion.pk}/change/")),
        "run": words_of(chinese, address(MatchRun, f"{suggestion.run_id}/change/")),
    }
    assert [line for line in pages["points"] if line.startswith(("研究主题", "需求原文"))] == [
        "研究主题：40分（满分50分）",
        "需求原文：“镁碳砖抗氧化”；博士材料：“低碳镁碳砖”",
    ]
    assert f"{need.number} {need}" in pages["points"]
    assert not any("2.1" in said or "lexical" in said for said in pages["run"])
    weights = FactorWeights.objects.create(
        version=3, weights={"topic": 60.0}, adopted=True, current=True, why="adopted", made_at=moment(START)
    )
    said = words_of(chinese, address(FactorWeights, f"{weights.pk}/change/"))
    assert ("研究主题：60分" in said, said.count("第3版")) == (True, 2)


def test_a_month_is_called_a_month(chinese: Client) -> None:
    check = f.CheckFactory(first=START, verdict="not_met")
    with override("zh-hans"):
        facts = Check._meta.get_field("facts")
        assert lines_of(facts, {"reasons": [{"code": "month_not_over", "params": {}}]}) == ["本期尚未结束。"]
    period = Period.objects.create(
        kind="service_month", starts_on=START, ends_on=START.replace(day=31), facts={"checks": 14}
    )
    said = words_of(chinese, address(Check, f"{check.pk}/change/"))
    assert {"2025年3月", f"{check.assignment} · 2025年3月 · 未达标"} <= set(said)
    assert "2025年3月" in words_of(chinese, address(Period, f"{period.pk}/change/"))


def test_work_that_ended_does_not_stand_at_zero_percent(chinese: Client) -> None:
    states = {"done": "100%", "failed": "—", "cancelled": "—", "queued": "—"}
    for state in states:
        ended = None if state == "queued" else moment(START)
        Job.objects.create(
            kind="match_need", key=state, state=state, total=40, done=0, not_before=moment(START), ended_at=ended
        )
    rows = chinese.get(address(Job), {"routine": "1"}).context["cl"].result_list
    table = admin.site._registry[Job]
    assert {row.state: table.percent_done(row) for row in rows} == states


def test_needs_are_listed_and_found_by_their_number(chinese: Client) -> None:
    need = f.NeedFactory()
    order = f.OrderFactory(need=need)
    assert need.number in words_of(chinese, address(Need))
    assert f"{need.number} {need}" in words_of(chinese, address(type(order)))


# -- Django's own messages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("msgid", "said"),
    [
        ("Add %s", "新增%s"),
        ("Change %s", "修改%s"),
        ("View %s", "%s"),
        ("Select %s to change", "%s"),
        ("Select %s to view", "%s"),
        (" By %(filter_title)s ", "按%(filter_title)s"),
        ("0 of %(cnt)s selected", "已选0项，共%(cnt)s项"),
        ("Save and add another", "保存并新增"),
        ("Show counts", "显示数量"),
        ("View on site", "查看页面"),
        ("Summary", "汇总"),
        ("Objects", "记录"),
        ("Empty", "尚无"),
        ("Not empty", "已有"),
    ],
)
def test_messages_of_django_are_said_our_way(msgid: str, said: str) -> None:
    with override("zh-hans"):
        assert gettext(msgid) == said


def test_results_are_counted_our_way() -> None:
    with override("zh-hans"):
        assert ngettext("%(counter)s result", "%(counter)s results", 46) % {"counter": 46} == "共46条"


def test_the_heading_of_a_list_and_of_a_form_is_the_thing(chinese: Client) -> None:
    need = f.NeedFactory()
    headings = [
        re.search(r"(?s)<h1>(.*?)</h1>", chinese.get(page).content.decode())[1].strip()  # type: ignore[index]
        for page in (address(Need), address(Need, f"{need.pk}/change/"), address(User, "add/"))
    ]
    assert headings == ["技术需求", str(need), "新增账号"]


# -- Accounts ---


def test_the_form_of_an_account_has_no_password_in_it(chinese: Client) -> None:
    doctor = f.DoctorFactory()
    said = words_of(chinese, address(User, f"{doctor.user.pk}/change/"))
    assert [line for line in said if PASSWORD.search(line)] == []
    labels = ["姓名", "电话", "邮箱地址", "角色", "人才办（部门）", "所属单位", "登录用户名", "允许登录"]
    assert [line for line in said if line in labels] == labels
    assert str(doctor.university) in said
    assert "新密码" in said


def test_a_password_is_made_on_a_page_of_its_own(chinese: Client) -> None:
    user = f.DoctorFactory().user
    page = f"/office/accounts/user/{user.pk}/password/"
    words = words_of(confirm(chinese), page)
    assert ("生成新密码" in words, [line for line in words if "再次输入" in line]) == (True, [])
    shown = chinese.post(page)
    user.refresh_from_db()
    assert user.check_password(shown.context["secret"])


# -- Technical tables --------------------------------------------------------------------------------------------------


def test_technical_tables_stand_apart_and_only_for_the_city_office(
    as_user: As, city: User, county: User, department: User
) -> None:
    technical = {table.model for table in contributed("tables") if table.technical}
    offered = {}
    for user in (city, county, department):
        areas = as_user(user).get(address(Need)).context["available_apps"]
        offered[user.pk] = [
            (area["app_label"], model["model"])
            for area in areas
            for model in area["models"]
            if model["model"] in technical
        ]
    assert {area for area, _model in offered[city.pk]} == {"system"}
    assert {model for _area, model in offered[city.pk]} == technical
    assert (offered[county.pk], offered[department.pk]) == ([], [])


# -- Rows under a row ---


def test_rows_under_a_row_cost_no_query_each(as_user: As, city: User) -> None:
    visit = f.VisitFactory(starts_on=START, ends_on=START)
    client, page = as_user(city), address(Assignment, f"{visit.assignment_id}/change/")
    client.get(page)
    counts = []
    for number in (1, 2, 3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))
        day = START + timedelta(days=number)
        f.VisitFactory(assignment=visit.assignment, starts_on=day, ends_on=day)
        facts = {"kind": "served", "enterprise": f.EnterpriseFactory(), "title": f"技术指导{number}"}
        Project.objects.create(assignment=visit.assignment, **facts)
    assert counts == [counts[0]] * 3


def test_a_row_is_a_link_only_for_whoever_sees_it(as_user: As, city: User, county: User, home: District) -> None:
    """The county sees the order of its enterprise, and no account of anybody."""
    need = f.NeedFactory(enterprise=f.EnterpriseFactory(district=home), status="submitted", status_by=city)
    link = f'<a href="{address(User, f"{city.pk}/change/")}">{city}</a>'
    pages = [as_user(user).get(address(Need, f"{need.pk}/change/")).content.decode() for user in (city, county)]
    assert [page.count(link) for page in pages] == [1, 0]
    assert [page.count(f"<dd>{city}</dd>") for page in pages] == [0, 1]
