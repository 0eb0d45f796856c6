"""One city with something on every page: needs, orders, services, visits and months in all their states."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from assignments.actions import (
    accept_dispatch,
    add_served_enterprise,
    cancel_order,
    decline_dispatch,
    withdraw_dispatch,
    withdraw_need,
)
from assignments.models import Assignment, Dispatch, Order
from core import jobs
from core.models import Job, Notice
from enterprises import actions as enterprises
from enterprises.models import Need, Survey
from identity.actions import issue_token
from matching import actions
from matching.models import Override
from officedata.months import Month
from service import actions as services
from service.models import Check, Visit, Waiver
from tests import factories as f
from tests.calendar_work import calendar_asks
from tests.journeys import ruled
from tests.journeys import town as city
from tests.journeys.ruled import Ruled
from tests.journeys.town import Town

LONG = "年产三十万吨镁质耐火材料智能化生产线高温隧道窑余热梯级利用与烟气脱硝一体化改造技术需求"


@dataclass
class World:
    """The town and the rows whose pages are looked at."""

    town: Town
    needs: dict[str, Need]
    orders: dict[str, Order]
    offer: Dispatch
    waiting: Assignment
    running: Assignment
    visits: dict[str, Visit]
    waiver: Waiver
    check: Check
    survey: Survey
    program: User
    auditor: User
    forbidden: Override
    ruled: Ruled


def build() -> World:
    """Three months of a city, by the acts people do."""
    town = city.new_town()
    # More doctors, so that lists, tables and shortlists are worth looking at; each takes several hosts.
    town.doctors += [
        city.doctor(town.university, name, *city.DOCTORS[at % 2][1:])
        for at, name in enumerate(["叶知秋", "苏合香", "江照晚", "白露生", "顾长风", "陆寻真"])
    ]
    for each in town.doctors:
        each.most_hosts = 9
        each.save()
    needs = _needs(town)
    running, visits, waiver = _service(town)
    orders, offer, waiting = _orders(town)
    survey = _survey(town)
    actions.ask_for_batch_match(town.batch, by=town.office, at=timezone.now())
    for name in ("close_months", "refresh_standings"):
        calendar_asks(f"service.tasks.{name}")()
    _work()
    today = timezone.localdate()
    check = Check.objects.filter(assignment=running).order_by("window").last()
    assert check is not None
    services.register_outcome(
        [running], by=town.office, at=timezone.now(), kind="problem", title=LONG[:60], happened_on=today,
        effect="渣线寿命由 42 炉提高到 63 炉。",
    )  # fmt: skip
    program = f.ProgramUserFactory(name="考核系统")
    issue_token(program, by=town.office, label="考核系统")
    # Some of the notices were read.
    some = list(Notice.objects.order_by("pk").values_list("pk", flat=True)[::3])
    Notice.objects.filter(pk__in=some).update(read_at=timezone.now())
    forbidden = actions.forbid_pair(
        town.batch, needs["bare"], town.doctors[3], by=town.office, at=timezone.now(), reason="近期主持重点专项"
    )
    auditor = f.AuditorFactory()
    _faults_in_the_ledger()
    return World(
        town, needs, orders, offer, waiting, running, visits, waiver, check, survey, program, auditor, forbidden,
        ruled.build(town, running),
    )  # fmt: skip


def _needs(town: Town) -> dict[str, Need]:
    """One need in each state an enterprise and the queue know."""
    today, at = timezone.localdate(), timezone.now()
    found = {
        "draft": enterprises.draft_need(
            town.host.enterprise, by=town.member, at=at, facts={**city.TEXTS, "title": "草稿"}
        ),
        "returned": city.need(town, on=today - timedelta(days=6), title="窑炉节能"),
        "published": city.need(town, on=today - timedelta(days=5), title=LONG, budget_low="30", budget_high="50"),
        "bare": city.need(town, on=today - timedelta(days=5), title="食堂排烟", problem="油烟大", target="油烟减半"),
        "withdrawn": city.need(town, on=today - timedelta(days=4), title="已撤回的需求"),
        "submitted": city.need(town, on=today - timedelta(days=9), title=LONG[:40]),
        "alike": city.need(town, on=today, title=LONG[:38]),
    }
    enterprises.return_need(found["returned"], by=town.office, at=at, reason="请补充目标数值和现有条件。")
    withdraw_need(found["withdrawn"], by=town.member, at=at, reason="已自行解决。")
    for name in ("published", "bare"):
        actions.publish_need(found[name], by=town.office, at=at)
    return found


def _service(town: Town) -> tuple[Assignment, dict[str, Visit], Waiver]:
    """A service in its fourth month with visits in every state, and another that lags behind."""
    today = timezone.localdate()
    first = city.months_back(today, 3)
    running = city.service(town, town.host, town.doctors[0], on=first)
    visits = {"confirmed": city.visit(town, running, first + timedelta(days=8))}
    second = city.months_back(today, 2)
    names = ["disputed", "withdrawn", "logged", "another"]
    for at, name in enumerate(names):
        visits[name] = city.visit(town, running, second + timedelta(days=5 * at + 2), confirmed=False)
    services.dispute_visit(
        visits["disputed"], by=town.member, at=timezone.now(), on=today, reason="当天未到厂，请核对日期。"
    )
    services.withdraw_visit(visits["withdrawn"], by=town.user_of(running.doctor), at=timezone.now(), on=today)
    other = city.another_host(town, "云泉市谷香农业科技有限公司")
    add_served_enterprise(running, other.enterprise, by=town.office, at=timezone.now(), title="谷子烘干余热利用")
    behind = city.service(town, other, town.doctors[3], on=first, title="谷子抗旱品种引进试种")
    user = town.user_of(behind.doctor)
    asked = [
        services.ask_waiver(behind, Month.of(day), by=user, at=timezone.now(), reason="窑炉大修，全月停产。")
        for day in (first, second, today)
    ]
    for waiver, granted in zip(asked[:2], (True, False), strict=True):
        services.decide_waiver(
            waiver, by=town.office, at=timezone.now(), on=today, granted=granted, reason="停产通知已核对。"
        )
    return running, visits, asked[2]


def _orders(town: Town) -> tuple[dict[str, Order], Dispatch, Assignment]:
    """Orders that wait, were declined and cancelled, an offer that waits, and a service that waits for its day."""
    today, at = timezone.localdate(), timezone.now()
    placed = city.order(town, town.host, town.doctors[1:3], on=today, title="低碳镁碳砖配方")
    second = city.order(town, town.host, town.doctors[4:6], on=today, title="滑板砖扩孔")
    cancelled = city.order(town, town.host, town.doctors[1:2], on=today, title="透气砖堵塞")
    cancel_order(cancelled, by=town.member, at=at, reason="改为自行试验。")
    declined = city.offer(town, town.host, town.doctors[2], on=today, title="水口结瘤")
    decline_dispatch(declined, by=town.user_of(declined.doctor), at=at, on=today, reason="时间冲突。")
    offer = city.offer(
        town, city.another_host(town, "云泉市白石新材料有限公司"), town.doctors[0], on=today, title="座砖开裂"
    )
    taken_back = city.offer(town, town.host, town.doctors[7], on=today, title="中间包涂料脱落")
    withdraw_dispatch(taken_back, by=town.liaison, at=at, on=today, reason="改派。")
    taken = city.offer(town, town.host, town.doctors[6], on=today, title="浇注料爆裂")
    waiting = accept_dispatch(taken, by=town.user_of(taken.doctor), at=at, on=today)
    orders = {"placed": placed, "second": second, "cancelled": cancelled, "failed": declined.order}
    return {name: _fresh(row) for name, row in orders.items()}, offer, waiting


def _fresh(order: Order) -> Order:
    order.refresh_from_db()
    return order


def _survey(town: Town) -> Survey:
    """Departments on their way: one sheet filled with a need found, one planned."""
    today = timezone.localdate()
    survey = enterprises.plan_survey(
        town.batch.programme, by=town.office, name="入企问需", starts_on=today - timedelta(days=20), ends_on=today,
        batch=town.batch,
    )  # fmt: skip
    department = f.DepartmentFactory(name="市工信局")
    sheets = enterprises.plan_sheets(
        survey, by=town.office, department=department, enterprises=[town.host.enterprise, f.EnterpriseFactory()]
    )
    facts = {
        **city.TEXTS,
        "title": "石灰窑自动化",
        "contact_name": "贾工",
        "contact_phone": "0350-123456",
    }
    enterprises.fill_sheet(
        sheets[0], by=town.office, at=timezone.now(), visited_on=today, people="李主任、王科员", needs=[facts]
    )
    f.QualificationFactory(enterprise=sheets[1].enterprise, valid_until=today + timedelta(days=365))
    f.QualificationFactory(enterprise=town.host.enterprise)
    return survey


def _faults_in_the_ledger() -> None:
    """A check that found two days changed, as the page of the auditor names them."""
    now, days = timezone.now(), [str(timezone.localdate() - timedelta(days=ago)) for ago in (9, 2)]
    faults = [
        {"day": days[0], "what": "altered", "entry": 7},
        {"day": days[0], "what": "removed", "entry": 8},
        {"day": days[1], "what": "seal", "entry": None},
    ]
    report = {"days": 40, "entries": 900, "wrong": len(faults), "faults": faults, "wrong_days": days}
    Job.objects.create(
        kind="check_ledger", key="all", not_before=now, started_at=now, ended_at=now, state="done", result=report
    )


def _work() -> None:
    """What the workers would have done by now."""
    while (job := Job.objects.open().order_by("pk").first()) is not None:
        assert jobs.run(job.pk) == "done", Job.objects.get(pk=job.pk).error
