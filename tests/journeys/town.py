"""A small city for the journeys: office, hosts with their people, a university with doctors, services lived by acts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from assignments.actions import accept_dispatch, begin_assignment, dispatch_doctor, place_order
from assignments.models import Assignment, Dispatch, Order
from enterprises.actions import post_need
from enterprises.models import Host, Need
from experts.models import Doctor, University
from matching import actions
from officedata.months import Month
from programmes.models import Batch
from service.actions import confirm_visit, log_visit
from service.models import Visit
from tests import factories as f
from tests.factories import moment

TEXTS = {
    "title": "镁碳砖渣线寿命由 42 炉提高到 60 炉",
    "problem": "钢包渣线用镁碳砖在间歇使用时剥落快，平均寿命只有四十二炉；试过加 3% 铝粉，强度高了，寿命没有变化。",
    "target": "渣线寿命 42 炉 → 60 炉以上；1400℃ 抗折强度不低于 12 MPa。",
}
# Name, direction, keywords, title of a work: the first two know what the host asks for.
DOCTORS = [
    ("何砺川", "耐火材料；碳复合砖", "镁碳砖 抗氧化剂 渣线", "低碳镁碳砖渣线剥落机理与抗氧化剂配比"),
    ("沈知远", "高温陶瓷；抗热震", "抗热震性 结合剂 抗折强度", "结合剂对镁碳砖抗折强度与寿命的影响"),
    ("温若谷", "煤化工；催化", "甲醇 催化剂", "铜基催化剂失活与再生"),
    ("石望舒", "作物育种", "谷子 抗旱", "谷子抗旱性状的关联分析"),
]


def by_now(on: date, hour: int = 9) -> datetime:
    """That hour of a day, or this moment where it has not come: what is asked for later is not done yet."""
    return min(moment(on, hour), timezone.now())


@dataclass
class Town:
    """People and places; everything else is done by acts or in the browser."""

    office: User
    batch: Batch
    host: Host
    member: User
    university: University
    liaison: User
    doctors: list[Doctor]

    def user_of(self, doctor: Doctor) -> User:
        assert doctor.user is not None
        return doctor.user


def new_town() -> Town:
    """A running city before anything was asked: the batch began three months ago and still takes orders."""
    today = timezone.localdate()
    starts_on = months_back(today, 3)
    batch = f.BatchFactory(
        name="第一批", starts_on=starts_on, orders_from=starts_on, orders_until=today + timedelta(days=60)
    )
    enterprise = f.EnterpriseFactory(
        name="云泉市炉衬耐火材料有限公司", district=f.DistrictFactory(code="149981", name="泉北区")
    )
    host = f.HostFactory(batch=batch, enterprise=enterprise)
    university = f.UniversityFactory(name="云泉理工大学")
    return Town(
        office=host.chosen_by,
        batch=batch,
        host=host,
        member=f.MemberFactory(enterprise=enterprise, user__name="贾明远").user,
        university=university,
        liaison=f.LiaisonFactory(university=university, user__name="齐润生").user,
        doctors=[doctor(university, *row) for row in DOCTORS],
    )


def doctor(university: University, name: str, directions: str, keywords: str, work: str) -> Doctor:
    made: Doctor = f.DoctorFactory(
        university=university, name=name, directions=directions, keywords=keywords, user__name=name
    )
    f.WorkFactory(doctor=made, title=work, abstract=f"{work}：{keywords}。")
    return made


def months_back(today: date, count: int) -> date:
    """The first day of the month so many months ago."""
    month = Month.of(today)
    for _each in range(count):
        month = month.previous()
    return month.first


def need(town: Town, host: Host | None = None, *, on: date, **texts: str) -> Need:
    """A need that was sent in."""
    enterprise = (host or town.host).enterprise
    facts: dict[str, Any] = {**TEXTS, "contact_name": "贾明远", "contact_phone": "19900001234", **texts}
    return post_need(enterprise, by=member_of(host or town.host), at=by_now(on), facts=facts)


def member_of(host: Host) -> User:
    return host.enterprise.members.select_related("user").get().user


def order(town: Town, host: Host, doctors: list[Doctor], *, on: date, **texts: str) -> Order:
    """A published need, ordered for."""
    asked = actions.publish_need(need(town, host, on=on, **texts), by=town.office, at=by_now(on, 10))
    return place_order(asked, by=member_of(host), at=by_now(on, 11), on=on, doctors=doctors)


def offer(town: Town, host: Host, doctor: Doctor, *, on: date, **texts: str) -> Dispatch:
    """A doctor who was named and has not answered."""
    placed = order(town, host, [doctor], on=on, **texts)
    return dispatch_doctor(placed, doctor, by=town.liaison, at=by_now(on, 12), on=on)


def service(town: Town, host: Host, doctor: Doctor, *, on: date, **texts: str) -> Assignment:
    """A service that began on that day."""
    offered = offer(town, host, doctor, on=on, **texts)
    assignment = accept_dispatch(offered, by=town.user_of(doctor), at=by_now(on, 13), on=on)
    return begin_assignment(assignment, by=member_of(host), at=by_now(on, 14), starts_on=on)


def visit(town: Town, assignment: Assignment, first: date, *, days: int = 2, confirmed: bool = True) -> Visit:
    """A visit logged on its last day, and confirmed on the day after."""
    last = first + timedelta(days=days - 1)
    logged = log_visit(
        assignment, by=town.user_of(assignment.doctor), at=by_now(last, 18), on=last,
        enterprise=assignment.host.enterprise, starts_on=first, ends_on=last, content="查看窑口，取样三组。",
    )  # fmt: skip
    if confirmed:
        after = last + timedelta(days=1)
        confirm_visit(logged, by=member_of(assignment.host), at=by_now(after), on=after)
    return logged


def another_host(town: Town, name: str) -> Host:
    """One more receiving enterprise of the batch, with its own person."""
    enterprise = f.EnterpriseFactory(name=name, district=town.host.enterprise.district)
    f.MemberFactory(enterprise=enterprise)
    host: Host = f.HostFactory(batch=town.batch, enterprise=enterprise, chosen_by=town.office)
    return host
