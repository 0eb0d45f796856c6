"""Django's own pages of every table: who reads them, queries, acts on chosen rows, accounts, histories."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pghistory
import pghistory.models
import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, District, Office, User
from assignments.models import Assignment
from core.edges import edge
from core.models import Job
from enterprises.models import Enterprise, Member, Need, Survey
from experts.models import Doctor, Liaison, University
from identity.actions import open_office
from officedata.months import LOCAL_ZONE, Month
from outbox.models import Channel, Mail, Preference
from programmes.models import Batch
from service.actions import ask_waiver
from service.models import Check, Outcome, Visit
from tests import factories as f
from tests.factories import START, moment
from tests.office.conftest import As
from ui.office_table import MonthFilter, OfficeTable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = START + timedelta(days=40)
TABLES = sorted((model for model in admin.site._registry), key=lambda model: model._meta.label)
PASSWORD = "zao qi de niao er"


@pytest.fixture
def today() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def url(model: type[models.Model], *rest: Any) -> str:
    parts = ["/office", model._meta.app_label, str(model._meta.model_name), *map(str, rest)]
    return "/".join([*parts, ""])


def act(client: Client, name: str, *rows: Any, **data: Any) -> list[str]:
    """Do an act on chosen rows; what was said."""
    form = {"action": name, "_selected_action": [row.pk for row in rows], **data}
    page = client.post(url(type(rows[0])), form, follow=True)
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def edit(client: Client, row: Any, form: dict[str, Any]) -> Any:
    """Send the form of a row that was just opened."""
    page = url(type(row), row.pk, "change")
    return client.post(page, {"version": client.get(page).context["version"], **form})


def said(month: Month) -> str:
    return f"{month.first:%b %Y}"


def fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


def a_world() -> None:
    """At least one row of every table that can be opened, in another district each time."""
    suggestion = f.SuggestionFactory()
    order = f.OrderFactory(doctors=[suggestion.doctor])
    f.DispatchFactory(order=order)
    visit = f.VisitFactory()
    f.WorkFactory()
    f.LiaisonFactory()
    f.MemberFactory()
    f.QualificationFactory()
    ask_waiver(visit.assignment, Month(2025, 3), by=visit.doctor.user, at=moment(TODAY), reason="国家课题验收。")
    user, told = visit.doctor.user, {"medium": "mail", "address": f"a{visit.pk}@example.org"}
    Channel.objects.create(user=user, asked_at=moment(TODAY), **told)
    Preference.objects.create(user=user, kind="offer_waiting", mail=True, sms=False)
    Mail.objects.create(user=user, kind="offer_waiting", key="1", text="正文", queued_at=moment(TODAY), **told)
    rules = visit.assignment.batch.rule_set
    f.CheckFactory(assignment=visit.assignment, rule_set=rules)
    f.ReopeningFactory(assignment=visit.assignment)


# -- Every table ---------------------------------------------------------------------------------------------------


def test_every_domain_model_has_a_table() -> None:
    ours = [
        "accounts", "core", "identity", "outbox", "programmes", "enterprises", "experts", "assignments", "matching",
        "service", "privacy",
    ]  # fmt: skip
    # Shown under its order; the working papers of the engine, which can be made again; what the watch page reads; the
    # ledger, proposals and drafts of rules, which have pages of their own; which rules a batch had since when, said on
    # its page; which visits count in a second service and what was entered for a rule, said on the page of the service;
    # codes and counts that nobody sees.
    parts = {
        "OrderChoice", "MatchShare", "SnapshotRecord", "Vector", "Heartbeat", "HistoryMark", "LedgerEntry", "LedgerDay",
        "LedgerTally", "PasswordReset", "TryCount", "Proposal", "EraseAgain", "RuleDraft", "RulePin", "SharedVisit",
        "Given",
    }  # fmt: skip
    wanted = {
        model._meta.object_name
        for app in ours
        for model in apps.get_app_config(app).get_models()
        if not issubclass(model, pghistory.models.Event)
    }
    assert wanted - parts == {model._meta.object_name for model in TABLES}
    assert all(isinstance(admin.site._registry[model], OfficeTable) for model in TABLES)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.model_name)
def test_lists_searches_and_rows_open_and_cost_the_same_whatever_the_rows(
    as_user: As, city: User, model: type[models.Model]
) -> None:
    client = as_user(city)
    a_world()
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(model)).status_code == 200
        counts.append(len(queries))
        a_world()
    assert counts[0] == counts[1]
    assert client.get(url(model), {"q": "y"}).status_code == 200
    for first in client.get(url(model)).context["cl"].result_list[:1]:
        assert client.get(url(model, first.pk, "change")).status_code == 200
        assert client.get(url(model, first.pk, "history")).status_code == 200
    adds = admin.site._registry[model].has_add_permission(client.get(url(model)).wsgi_request)
    # A version of the rules begins as a draft, on a page of its own.
    added = client.get(url(model, "add"), follow=True)
    assert added.status_code == (200 if adds else 403)


def test_rows_are_chosen_by_month_and_by_year_on_local_days(as_user: As, city: User) -> None:
    client, page = as_user(city), url(Visit)
    old, new = f.VisitFactory(starts_on=START, ends_on=START), f.VisitFactory(starts_on=TODAY, ends_on=TODAY)
    chosen = {"starts_on__gte": START.replace(day=1), "starts_on__lt": Month.of(START).next().first}
    assert list(client.get(page, chosen).context["cl"].result_list) == [old]
    assert set(client.get(page).context["cl"].result_list) == {old, new}
    specs = client.get(page, chosen).context["cl"].filter_specs
    months = next(spec for spec in specs if isinstance(spec, MonthFilter))
    choices = list(months.choices(client.get(page, chosen).context["cl"]))
    now = Month.of(TODAY)
    years = [str(now.year - back) for back in range(5)]
    assert [choice["display"] for choice in choices] == ["All", *(said(now.plus(1 - n)) for n in range(12)), *years]
    assert [choice["display"] for choice in choices if choice["selected"]] == [said(Month.of(START))]
    need = f.NeedFactory(submitted_at=datetime.combine(START, time(0, 30), tzinfo=LOCAL_ZONE))
    listed = client.get(url(Need), {"submitted_at__gte": f"{START} 00:00:00+08:00"}).context["cl"].result_list
    assert need in listed


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.model_name)
def test_no_table_reads_all_its_days(as_user: As, city: User, model: type[models.Model]) -> None:
    """First, last and different days of a column are read from every row of it."""
    a_world()
    with CaptureQueriesContext(connection) as queries:
        as_user(city).get(url(model))
    asked = [each["sql"] for each in queries if re.search(r"\b(MIN|MAX|DATE_TRUNC)\(", each["sql"])]
    assert asked == []


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.model_name)
def test_no_table_is_for_strangers(as_user: As, stranger: User, client: Client, model: type[models.Model]) -> None:
    assert as_user(stranger).get(url(model)).status_code == 403
    assert client.get(url(model)).headers["Location"] == f"/login/?next={url(model)}"


def test_a_county_sees_the_rows_of_its_area_only(as_user: As, county: User, home: District) -> None:
    mine = f.NeedFactory(enterprise=f.EnterpriseFactory(district=home))
    other = f.NeedFactory()
    client = as_user(county)
    for model, row, hidden in (
        (Need, mine, other),
        (Enterprise, mine.enterprise, other.enterprise),
    ):
        assert list(client.get(url(model)).context["cl"].result_list) == [row]
        assert client.get(url(model, row.pk, "change")).status_code == 200
        assert client.get(url(model, hidden.pk, "change")).status_code == 302  # to the home, with a word about it
    assert client.get(url(User)).status_code == 403


def test_choices_are_searched_within_what_is_seen(as_user: As, city: User, county: User, home: District) -> None:
    f.EnterpriseFactory(name="云泉市金石公司", district=home)
    f.EnterpriseFactory(name="云泉市金石二厂")
    query = {"term": "yqsjs", "app_label": "enterprises", "model_name": "qualification", "field_name": "enterprise"}
    found = [
        [row["text"] for row in as_user(user).get("/office/autocomplete/", query).json()["results"]]
        for user in (city, county)
    ]
    # In the order of their pinyin: erchang before gongsi.
    assert found == [["云泉市金石二厂", "云泉市金石公司"], ["云泉市金石公司"]]


# -- Acts on chosen rows -----------------------------------------------------------------------------------------------


def test_publishing_needs_names_those_refused_and_does_the_others(as_user: As, city: User) -> None:
    ready, done = f.NeedFactory(status="submitted"), f.NeedFactory(title="已发布的需求")
    refused, said = act(as_user(city), "publish", ready, done)
    assert refused.startswith(f"{done.number} 已发布的需求: This need is “published”")
    assert said == "Done for 1 row."
    assert fresh(ready).status == "published"
    assert Job.objects.get().kind == "match_need"


def test_failed_work_is_done_again_and_other_work_is_not(as_user: As, city: User) -> None:
    failed, waiting = (
        Job.objects.create(kind="match_need", key=key, not_before=moment(TODAY), args={"need": 1}) for key in "12"
    )
    Job.objects.filter(pk=failed.pk).update(state="failed", ended_at=moment(TODAY), error="x", fruitless=6)
    refused, said = act(as_user(city), "run_again", waiting, failed)
    assert refused == f"shortlist of a need (job {waiting.pk}): Only work that failed is done again."
    assert said.startswith("Done for 1 row. It waits again for a worker.")
    assert (fresh(failed).state, failed.fruitless) == ("queued", 0)


def test_returning_needs_asks_for_the_reason_first(as_user: As, city: User) -> None:
    need = f.NeedFactory(status="submitted")
    client = as_user(city)
    page = client.post(url(Need), {"action": "send_back", "_selected_action": [need.pk]})
    assert [row.pk for row in page.context["rows"]] == [need.pk]
    page = client.post(url(Need), {"action": "send_back", "_selected_action": [need.pk], "asked": "yes", "reason": " "})
    assert page.context["form"].errors == {"reason": ["This field is required."]}
    assert fresh(need).status == "submitted"
    assert act(client, "send_back", need, asked="yes", reason="请写明指标。") == ["Done for 1 row."]
    assert (fresh(need).status, need.return_reason) == ("returned", "请写明指标。")


def test_withdrawing_a_need_and_cancelling_an_order(as_user: As, city: User) -> None:
    need, order = f.NeedFactory(), f.OrderFactory()
    client = as_user(city)
    act(client, "withdraw", need, asked="yes", reason="企业停产。")
    act(client, "cancel", order, asked="yes", reason="重复点单。")
    assert (fresh(need).status, fresh(order).status, fresh(order.need).status) == (
        "withdrawn",
        "cancelled",
        "published",
    )


def test_assignments_begin_stop_and_are_called_off(as_user: As, city: User) -> None:
    first, second, third = (
        f.AssignmentFactory(status="preparing"),
        f.AssignmentFactory(),
        f.AssignmentFactory(status="preparing", order=f.OrderFactory(status="settled")),
    )
    client = as_user(city)
    act(client, "begin", first, asked="yes", starts_on="2025-04-02")
    assert (fresh(first).status, first.starts_on.isoformat()) == ("active", "2025-04-02")
    act(client, "stop", second, asked="yes", last_day="2025-04-05", reason="企业申请终止。")
    assert (fresh(second).status, second.stop_reason) == ("stopped", "企业申请终止。")
    act(client, "call_off", third, asked="yes", reason="博士出国。")
    assert (fresh(third).status, fresh(third.order).status, fresh(third.order.need).status) == (
        "cancelled",
        "cancelled",
        "published",
    )


def test_waivers_are_granted_and_refused(as_user: As, city: User) -> None:
    rows = []
    for _number in range(2):
        doctor = f.AssignmentFactory()
        rows.append(ask_waiver(doctor, Month(2025, 3), by=doctor.doctor.user, at=moment(TODAY), reason="课题验收。"))
    client = as_user(city)
    act(client, "grant", rows[0])
    act(client, "refuse", rows[1], asked="yes", reason="无证明材料。")
    assert [fresh(row).status for row in rows] == ["granted", "refused"]
    (message,) = act(client, "grant", rows[1])
    assert "was set to “refused”" in message


def test_a_locked_month_is_opened_again(as_user: As, city: User) -> None:
    assignment = f.AssignmentFactory()
    check = Check.objects.create(
        assignment=assignment,
        rule="month-visits",
        window="2025-03",
        first=START,
        last=START.replace(day=31),
        verdict="not_met",
        days_counted=0,
        rule_set=assignment.batch.rule_set,
        judged_at=moment(TODAY),
        locked_at=moment(TODAY),
    )
    client = as_user(city)
    act(client, "reopen", check, asked="yes", until="2025-04-20", reason="补录 3 月服务。")
    assert (fresh(check).locked_at, assignment.reopenings.get().reason) == (None, "补录 3 月服务。")


def test_a_county_is_not_offered_acts_it_may_not_do(as_user: As, county: User, home: District) -> None:
    batch = f.BatchFactory()
    host = f.HostFactory(batch=batch, enterprise=f.EnterpriseFactory(district=home))
    assignment = f.AssignmentFactory(batch=batch, host=host)
    client = as_user(county)
    form = client.get(url(Assignment)).context["action_form"]
    assert form is None
    client.post(url(Assignment), {"action": "stop", "_selected_action": [assignment.pk], "asked": "yes"})
    assert fresh(assignment).status == "active"


# -- Writing ------------------------------------------------------------------------------------------


def test_a_person_who_acts_for_an_enterprise_is_added_with_an_account(as_user: As, city: User) -> None:
    enterprise = f.EnterpriseFactory()
    form = {
        "enterprise": enterprise.pk,
        "account_name": "hengtai",
        "account_person": "贾工",
        "account_phone": "19900001234",
        "account_way": "password",
    }
    client = as_user(city)
    link = f'href="{url(Member, "add")}?enterprise={enterprise.pk}"'
    assert link in client.get(url(Enterprise, enterprise.pk, "change")).content.decode()
    shown = client.post(url(Member, "add"), form)
    user = Member.objects.get(enterprise=enterprise).user
    assert (user.username, user.name, user.role, user.is_staff) == ("hengtai", "贾工", "enterprise", False)
    assert (user.check_password(shown.context["secret"]), user.password_is_handed_over) == (True, True)
    assert (shown["Cache-Control"], list(client.get("/office/").context["messages"])) == ("no-store, private", [])
    page = client.post(url(Member, "add"), form)
    assert page.context["adminform"].form.errors == {"account_name": ["This user name is taken; choose another."]}
    page = client.post(url(Member, "add"), {**form, "account_name": "other", "account_way": ""})
    assert list(page.context["adminform"].form.errors) == ["account_way"]
    assert page.context["adminform"].form["account_name"].value() == "other"


def test_a_liaison_is_added_with_an_account(as_user: As, city: User) -> None:
    university = f.UniversityFactory()
    form = {
        "university": university.pk,
        "college": "科研处",
        "account_name": "keyan",
        "account_person": "卫老师",
        "account_way": "password",
    }
    assert as_user(city).post(url(Liaison, "add"), form).status_code == 200
    liaison = Liaison.objects.get()
    assert (liaison.university, liaison.user.role, liaison.user.name) == (university, "university", "卫老师")


def doctor_form(doctor: Doctor | None = None, **changes: Any) -> dict[str, Any]:
    lists = ("works", "interests")
    rows = {f"{name}-{count}": "0" for name in lists for count in ("TOTAL_FORMS", "INITIAL_FORMS")}
    facts = {"name": "欧阳文澜", "days_a_month": "3", "most_hosts": "1", "active": "on", "discipline": "430"}
    return {**rows, **facts, **changes}


def test_a_doctor_is_enrolled_with_works_and_gets_an_account_later(as_user: As, city: User) -> None:
    client = as_user(city)
    form = doctor_form(university=f.UniversityFactory().pk, phone="19900005678")
    form |= {"works-TOTAL_FORMS": "1", "works-0-kind": "paper", "works-0-title": "低碳镁碳砖", "works-0-year": "2023"}
    assert client.post(url(Doctor, "add"), form).status_code == 302
    doctor = Doctor.objects.get()
    assert (doctor.name, doctor.user, doctor.works.get().title) == ("欧阳文澜", None, "低碳镁碳砖")
    work = doctor.works.get()
    form = doctor_form(phone="199****5678", account_name="ouyang", account_way="password", days_a_month="4")
    form |= {"works-TOTAL_FORMS": "1", "works-INITIAL_FORMS": "1", "works-0-key": work.pk}
    form |= {"works-0-kind": "patent", "works-0-title": "低碳镁碳砖", "works-0-year": "2023"}
    shown = edit(client, doctor, form)
    doctor = Doctor.objects.get()
    assert (doctor.days_a_month, doctor.phone, doctor.works.get().kind) == (4, "19900005678", "patent")
    assert doctor.user is not None
    assert (doctor.user.role, doctor.user.name) == ("doctor", "欧阳文澜")
    assert doctor.user.check_password(shown.context["secret"])


def test_phones_are_masked_and_kept_unless_typed_anew(as_user: As, city: User, department: User, bureau: Any) -> None:
    enterprise = f.EnterpriseFactory(contact_phone="13812345678", department=bureau)
    page = url(Enterprise, enterprise.pk, "change")
    assert "13812345678" not in as_user(city).get(page).content.decode()
    assert "138****5678" in as_user(department).get(page).content.decode()
    assert "13812345678" not in as_user(department).get(page).content.decode()
    form = {
        "name": "新名称",
        "credit_code": enterprise.credit_code,
        "district": enterprise.district_id,
        "enterprise_class": "technology",
        "contact_phone": "138****5678",
        "qualifications-TOTAL_FORMS": "0",
        "qualifications-INITIAL_FORMS": "0",
    }
    assert edit(as_user(city), enterprise, form).status_code == 302
    assert (fresh(enterprise).name, enterprise.contact_phone) == ("新名称", "13812345678")
    edit(as_user(city), enterprise, {**form, "contact_phone": "13900000000"})
    assert fresh(enterprise).contact_phone == "13900000000"


def test_office_staff_need_an_office_and_enter_the_site(as_user: As, city: User) -> None:
    client = as_user(city)
    form = {"account_name": "gao", "account_person": "高建平", "role": "office"}
    form |= {"account_way": "password"}
    page = client.post(url(User, "add"), form)
    assert page.context["adminform"].form.errors == {"office": ["Choose the office this person works for."]}
    assert client.post(url(User, "add"), {**form, "office": city.office_id}).status_code == 302
    assert User.objects.get(username="gao").is_staff
    page = client.post(url(User, "add"), {**form, "account_name": "he", "role": "doctor", "office": city.office_id})
    assert page.context["adminform"].form.errors == {
        "office": ["Only office staff and programs belong to an office."],
        "role": ["Select a valid choice. doctor is not one of the available choices."],
    }


def test_an_outcome_registered_twice_is_joined(as_user: As, city: User) -> None:
    one, two = f.AssignmentFactory(), f.AssignmentFactory()
    client = as_user(city)
    for assignment in (one, two):
        form = {"kind": "patent", "title": "一种镁碳砖", "assignments": [assignment.pk], "happened_on": "2025-04-01"}
        page = client.post(url(Outcome, "add"), form)
        assert page.status_code == 302, page.context["adminform"].form.errors
    outcome = Outcome.objects.get()
    assert set(outcome.assignments.all()) == {one, two}
    assert outcome.registered_by == city


def test_a_token_is_shown_once_and_revoked(as_user: As, city: User) -> None:
    client = as_user(city)
    program = f.ProgramUserFactory()
    page = client.post(url(ApiToken, "add"), {"user": program.pk, "label": "省平台", "scope": "read"}, follow=True)
    sayings = [str(message) for message in page.context["messages"]]
    assert sayings == ["Done at once, on record as decided by one person."]
    shown = client.post(reverse("proposal_take", args=[page.context["proposal"].pk]))
    assert ApiToken.objects.get().digest == ApiToken.digest_of(shown.context["secret"])
    token = ApiToken.objects.get()
    act(client, "revoke", token)
    assert fresh(token).revoked_at == moment(TODAY)


# -- History ------------------------------------------------------------------------------------------


def test_the_history_says_who_changed_what_when_and_why(as_user: As, city: User) -> None:
    need = f.NeedFactory(status="submitted", title="镁碳砖寿命提升")
    client = as_user(city)
    act(client, "send_back", need, asked="yes", reason="请写明指标。")
    returned, written = client.get(url(Need, need.pk, "history")).context["entries"]
    assert (returned["who"], returned["what"], returned["reason"]) == (str(city), "changed", "请写明指标。")
    assert {"label": "Status", "before": "awaiting review", "after": "returned"} in returned["changes"]
    assert written["what"] == "written"
    assert {"label": "Title", "before": "", "after": "镁碳砖寿命提升"} in written["changes"]


def test_nothing_else_keeps_a_history(as_user: As, city: User) -> None:
    client = as_user(city)
    client.post("/office/programmes/programme/add/", {"name": "高校博士服务行动二期"})
    assert LogEntry.objects.count() == 0


def test_the_history_of_a_row_costs_the_same_whatever_happened(
    as_user: As, city: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    enterprise = f.EnterpriseFactory()
    with django_assert_num_queries(9):  # for the ledger: the first look of the day, and its entry
        client.get(url(Enterprise, enterprise.pk, "history"))
    for number in range(3):
        enterprise.name = f"新名称{number}"
        enterprise.save()
    with django_assert_num_queries(8):
        assert len(client.get(url(Enterprise, enterprise.pk, "history")).context["entries"]) == 4


def test_the_history_names_acts_programs_commands_and_the_calendar(as_user: As, city: User) -> None:
    program = f.ProgramUserFactory(name="市人才数据平台")
    office = open_office("第九局", by=program, kind="department")
    office.name = "改名前"
    with pghistory.context(act="core.gone", by=city.pk):  # an act of an earlier release
        office.save()
    entries = as_user(city).get(url(Office, office.pk, "history")).context["entries"]
    assert [(entry["who"], entry["act"]) for entry in entries] == [
        (str(city), ""),
        ("市人才数据平台 (program)", "office opened"),
    ]
    with edge("command createoffice"):
        first = open_office("第十局", by=None, kind="department")
    last = open_office("第十一局", by=None, kind="department")
    pages = [as_user(city).get(url(Office, row.pk, "history")) for row in (first, last)]
    assert [page.context["entries"][0]["who"] for page in pages] == ["command createoffice", "the calendar"]


def test_what_is_added_here_is_added_by_actions(as_user: As, city: User) -> None:
    """Rows that only the demo made by actions before."""
    client, rules = as_user(city), f.RuleSetFactory()
    district, programme = f.DistrictFactory(), f.ProgrammeFactory()
    enterprise, university = f.EnterpriseFactory(), f.UniversityFactory()
    account = {"account_person": "韩立", "account_way": "password"}
    rows = {"-TOTAL_FORMS": "0", "-INITIAL_FORMS": "0"}
    forms: list[tuple[Any, dict[str, Any], str]] = [
        (University, {"name": "第九大学", "latitude": "38.5", "longitude": "113.5"}, "experts.open_university"),
        (Liaison, {"university": university.pk, "account_name": "hanli", **account}, "experts.appoint_liaison"),
        (Member, {"enterprise": enterprise.pk, "account_name": "hanpo", **account}, "enterprises.appoint_member"),
        (
            Enterprise,
            {"name": "云泉市第九厂", "district": district.pk, "enterprise_class": "technology"}
            | {f"{name}{key}": value for name in ("qualifications",) for key, value in rows.items()},
            "enterprises.register_enterprise",
        ),
        (
            Survey,
            {"programme": programme.pk, "name": "第九轮", "starts_on": "2025-01-01", "ends_on": "2025-02-01"},
            "enterprises.plan_survey",
        ),
        (
            Batch,
            {
                "programme": programme.pk,
                "name": "第九批",
                "rule_set": rules.pk,
                "answer_days": 7,
            }
            | {"technology_quota": 1, "agriculture_quota": 1}
            | {"starts_on": "2025-03-01", "ends_on": "2026-03-01"}
            | {"orders_from": "2025-03-01", "orders_until": "2025-04-01"},
            "programmes.plan_batch",
        ),
    ]
    for model, form, act_name in forms:
        if model is University:
            form |= {f"liaisons{key}": value for key, value in rows.items()}
        page = client.post(url(model, "add"), form)
        assert page.status_code == (200 if model in (Liaison, Member) else 302), model
        event = model.objects.order_by("-pk").first().events.select_related("pgh_context").get()
        assert event.pgh_context.metadata == {
            "act": act_name, "by": city.pk, "who": "person", "reason": "", "address": url(model, "add"),
        }  # fmt: skip


@pytest.mark.parametrize("table", ["order", "dispatch", "assignment", "project"])
def test_addresses_of_tables_that_moved_lead_on(as_user: As, city: User, table: str) -> None:
    answer = as_user(city).get(f"/office/matching/{table}/7/history/?status__exact=placed")
    assert (answer.status_code, answer["Location"]) == (
        301,
        f"/office/assignments/{table}/7/history/?status__exact=placed",
    )
