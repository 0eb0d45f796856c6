"""The page of a batch: its numbers, its hosts, opening and closing it, and the match run."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import District, User
from enterprises.models import Host, Survey
from matching.models import PlanLine
from programmes.models import Batch
from service.models import Check, Outcome
from talentlink.office import figures
from tests import factories as f
from tests.factories import START, moment
from tests.office.conftest import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = START + timedelta(days=20)


@pytest.fixture
def today() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


@pytest.fixture
def batch() -> Batch:
    row: Batch = f.BatchFactory(name="2025年第一批")
    return row


def url(batch: Batch, *rest: str) -> str:
    return "/".join([f"/office/round/{batch.pk}", *rest, ""])


# -- Numbers ----------------------------------------------------------------------------------------------------


def counts(batch: Batch, user: User) -> list[int]:
    return [stage.count for stage in figures.funnel(batch, user)]


def a_round(batch: Batch, district: District) -> Any:
    """Two enterprises planned, one visited with one need, which was ordered, dispatched, accepted and served."""
    survey = Survey.objects.create(
        programme=batch.programme,
        batch=batch,
        name="2025年入企问需",
        starts_on=date(2025, 1, 5),
        ends_on=date(2025, 1, 30),
    )
    office = f.DepartmentFactory()
    visited, planned = f.EnterpriseFactory(district=district), f.EnterpriseFactory(district=district)
    sheet = survey.sheets.create(enterprise=visited, department=office, visited_on=date(2025, 1, 9), people="李文静")
    survey.sheets.create(enterprise=planned, department=office)
    host = f.HostFactory(batch=batch, enterprise=visited)
    order = f.OrderFactory(host=host, status="settled")
    sheet.needs.add(order.need)
    dispatch = f.DispatchFactory(order=order, status="accepted", answered_on=START)
    return f.AssignmentFactory(batch=batch, host=host, order=order, doctor=dispatch.doctor)


def test_the_funnel(batch: Batch, city: User, county: User, home: District) -> None:
    assignment = a_round(batch, home)
    outcome = Outcome.objects.create(
        kind="patent", title="一种镁碳砖", happened_on=TODAY, registered_by=city, registered_at=moment(TODAY)
    )
    outcome.assignments.add(assignment)
    assert counts(batch, city) == [2, 1, 1, 1, 1, 1, 1, 1, 1]
    assert counts(batch, county) == [2, 1, 1, 1, 1, 1, 1, 1, 1]
    elsewhere = f.CountyUserFactory()
    assert counts(batch, elsewhere) == [0] * 9


def test_an_outcome_of_two_assignments_counts_once(batch: Batch, city: User) -> None:
    outcome = Outcome.objects.create(
        kind="problem", title="剥落治理", happened_on=TODAY, registered_by=city, registered_at=moment(TODAY)
    )
    outcome.assignments.add(f.AssignmentFactory(batch=batch), f.AssignmentFactory(batch=batch))
    kinds = [(str(row["label"]), row["count"]) for row in figures.outcomes_by_kind(batch, city)]
    assert sum(count for _kind, count in kinds) == 1
    assert len(kinds) == 4


def test_needs_submitted_from_the_first_visit_to_the_last_order_belong_to_the_round(batch: Batch, city: User) -> None:
    inside = f.NeedFactory(submitted_at=moment(batch.orders_until, 23))
    f.NeedFactory(submitted_at=moment(batch.orders_until + timedelta(days=1)))
    f.NeedFactory(submitted_at=moment(batch.orders_from - timedelta(days=1)))
    f.NeedFactory(status="draft")
    assert list(figures.needs_of(batch, city)) == [inside]


def test_days_by_month_come_from_the_checks_and_the_running_month_from_the_standings(
    batch: Batch, city: User, new_standing: Any
) -> None:
    running = new_standing(batch=batch, month=date(2025, 5, 1), month_days=Decimal(3), month_awaiting=Decimal(1))
    Check.objects.create(
        assignment=running.assignment,
        rule="month-visits",
        window="2025-03",
        first=date(2025, 3, 1),
        last=date(2025, 3, 31),
        verdict="met",
        days_counted=2,
        rule_set=batch.rule_set,
        judged_at=moment(TODAY),
    )
    rows = [(str(row["month"]), row["counted"], row["awaiting"]) for row in figures.days_by_month(batch, city)]
    assert rows == [("2025-03", 2, 0), ("2025-04", 0, 0), ("2025-05", 3, 1)]


def test_days_by_month_come_from_the_visits_where_no_rule_is_about_months(
    batch: Batch, city: User, new_standing: Any
) -> None:
    assignment = new_standing(batch=batch, month=None).assignment
    for status, first, last in (
        ("confirmed", date(2025, 3, 3), date(2025, 3, 7)), ("confirmed", date(2025, 3, 31), date(2025, 4, 1)),
        ("logged", date(2025, 5, 5), date(2025, 5, 6)), ("withdrawn", date(2025, 7, 1), date(2025, 7, 1)),
    ):  # fmt: skip
        f.VisitFactory(assignment=assignment, status=status, starts_on=first, ends_on=last)
    rows = [(str(row["month"]), row["counted"], row["awaiting"]) for row in figures.days_by_month(batch, city)]
    assert rows == [("2025-03", 7, 0), ("2025-04", 0, 0), ("2025-05", 0, 2)]


def test_needs_and_hosts_by_district(batch: Batch, city: User, county: User, home: District) -> None:
    a_round(batch, home)
    f.HostFactory(batch=batch)
    found = {row["district"]: (row["needs"], row["hosts"]) for row in figures.by_district(batch, city)}
    assert found[home] == (1, 1)
    assert sum(hosts for _needs, hosts in found.values()) == 2
    assert sum(row["hosts"] for row in figures.by_district(batch, county)) == 1


# -- The page -------------------------------------------------------------------------------------------------------


def test_who_sees_the_page(as_user: As, batch: Batch, city: User, county: User, stranger: User, client: Client) -> None:
    host = f.HostFactory(batch=batch)
    page = as_user(city).get(url(batch))
    assert [row["host"] for row in page.context["hosts"]] == [host]
    assert (page.context["may_choose"], page.context["may_match"], page.context["act"]) == (True, True, "start")
    page = as_user(county).get(url(batch))
    assert page.context["hosts"] == []
    assert (page.context["may_choose"], page.context["may_match"], page.context.get("act")) == (False, False, None)
    assert as_user(stranger).get(url(batch)).status_code == 403
    assert as_user(city).get("/office/round/999999/").status_code == 404
    assert client.get(url(batch)).headers["Location"] == f"/login/?next={url(batch)}"


def test_the_same_number_of_queries_for_one_host_and_for_three(
    as_user: As, batch: Batch, city: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    f.AssignmentFactory(batch=batch)
    client.get(url(batch))  # the rules of a version are read once for the life of the process
    with django_assert_num_queries(26):
        client.get(url(batch))
    f.AssignmentFactory(batch=batch)
    f.AssignmentFactory(batch=batch)
    with django_assert_num_queries(26):
        assert len(client.get(url(batch)).context["hosts"]) == 3


@pytest.mark.parametrize(
    ("before", "act", "after"),
    [("draft", "open", "open"), ("open", "start", "running"), ("running", "close", "closed")],
)
def test_opening_starting_and_closing(as_user: As, city: User, before: str, act: str, after: str) -> None:
    batch = f.BatchFactory(status=before)
    client = as_user(city)
    assert client.get(url(batch)).context["act"] == act
    assert client.get(url(batch, act)).status_code == 200
    assert client.post(url(batch, act)).headers["Location"] == url(batch)
    batch.refresh_from_db()
    assert (batch.status, batch.status_by) == (after, city)


def test_a_county_cannot_open_a_batch(as_user: As, county: User) -> None:
    batch = f.BatchFactory(status="draft")
    assert as_user(county).post(url(batch, "open")).status_code == 403
    batch.refresh_from_db()
    assert batch.status == "draft"


def test_a_step_that_is_not_due_is_refused_in_words(as_user: As, city: User) -> None:
    batch = f.BatchFactory(status="closed")
    page = as_user(city).post(url(batch, "start"), HTTP_REFERER=f"http://testserver{url(batch)}", follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "This batch is “closed”, so this step is not possible."
    ]


# -- Hosts ----------------------------------------------------------------------------------------------------------


def test_finding_an_enterprise(as_user: As, batch: Batch, city: User) -> None:
    qualified = f.QualificationFactory(enterprise__name="云泉市金石耐火有限公司").enterprise
    f.HostFactory(batch=batch, enterprise=f.QualificationFactory().enterprise)
    plain = f.EnterpriseFactory(name="云泉市宏图食品有限公司")
    client = as_user(city)

    def found(word: str = "") -> list[Any]:
        return list(client.get(url(batch, "host"), {"q": word}).context["found"])

    assert found() == [qualified]
    assert found("食品") == [plain]
    assert found("yqsjs") == [qualified]
    assert found(plain.credit_code) == [plain]
    assert found("没有") == []


def test_choosing_an_eligible_host(as_user: As, batch: Batch, city: User) -> None:
    enterprise = f.QualificationFactory().enterprise
    client = as_user(city)
    page = client.get(url(batch, "host"), {"enterprise": enterprise.pk})
    assert (page.context["eligible"], page.context["lines"]) == (
        True,
        ["high-tech enterprise (provincial): fulfils the rule"],
    )
    assert client.post(url(batch, "host"), {"enterprise": enterprise.pk}).headers["Location"] == url(batch)
    host = Host.objects.get()
    assert (host.enterprise, host.eligible, host.chosen_by) == (enterprise, True, city)


def test_one_that_is_not_eligible_needs_a_reason(as_user: As, batch: Batch, city: User) -> None:
    enterprise = f.EnterpriseFactory()
    client = as_user(city)
    page = client.post(url(batch, "host"), {"enterprise": enterprise.pk, "override_reason": ""})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["override_reason"]
    assert Host.objects.count() == 0
    client.post(url(batch, "host"), {"enterprise": enterprise.pk, "override_reason": "市里重点企业。"})
    host = Host.objects.get()
    assert (host.eligible, host.override_reason) == (False, "市里重点企业。")


def test_the_quota_is_kept_and_what_was_typed_too(as_user: As, city: User) -> None:
    batch = f.BatchFactory(technology_quota=1)
    f.HostFactory(batch=batch)
    enterprise = f.EnterpriseFactory()
    page = as_user(city).post(url(batch, "host"), {"enterprise": enterprise.pk, "override_reason": "理由"})
    assert page.context["form"].non_field_errors() == [
        "All 1 places of the class “technology” are taken; change the batch's quota first."
    ]
    assert page.context["form"]["override_reason"].value() == "理由"


@pytest.mark.parametrize("status", ["running", "closed"])
def test_a_batch_that_takes_no_hosts_any_more_leads_back(as_user: As, city: User, status: str) -> None:
    batch, enterprise, client = f.BatchFactory(status=status), f.EnterpriseFactory(), as_user(city)
    said = "Hosts are chosen while the batch is in preparation or open."
    for asked in ({}, {"enterprise": enterprise.pk}):
        page = client.get(url(batch, "host"), asked, follow=True)
        assert (page.redirect_chain, [str(each) for each in page.context["messages"]]) == ([(url(batch), 302)], [said])
        assert page.context["may_choose"] is False
    assert client.post(url(batch, "host"), {"enterprise": enterprise.pk}).headers["Location"] == url(batch)
    assert Host.objects.count() == 0


def test_only_the_city_chooses_hosts(as_user: As, batch: Batch, county: User, home: District) -> None:
    enterprise = f.QualificationFactory(enterprise__district=home).enterprise
    client = as_user(county)
    assert client.get(url(batch, "host")).status_code == 403
    assert client.post(url(batch, "host"), {"enterprise": enterprise.pk}).status_code == 403
    assert Host.objects.count() == 0


# -- The plan in short -----------------------------------------------------------------------------------------------


def test_what_the_plan_comes_to(as_user: As, batch: Batch, city: User, county: User) -> None:
    assert as_user(city).get(url(batch)).context["compared"] is None
    run = f.MatchRunFactory(need=None, batch=batch, facts={"total": 140.5, "greedy": 120.25})
    PlanLine.objects.create(run=run, need=f.NeedFactory(), doctor=f.DoctorFactory(), score=Decimal("70.5"))
    PlanLine.objects.create(run=run, need=f.NeedFactory(), why_none="capacity")
    page = as_user(city).get(url(batch))
    found = page.context["compared"]
    assert (found["points"], found["gain"], found["served"], found["unserved"]) == (140.5, 20.3, 1, 1)
    assert url(batch, "plan") in page.content.decode()
    assert url(batch, "plan") not in as_user(county).get(url(batch)).content.decode()
