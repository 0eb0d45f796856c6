"""A page offers an act if and only if posting it succeeds: every act × every state × every role."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import Model
from django.test import Client

from accounts.models import User
from accounts.rules import WHEN
from assignments.models import Assignment, Dispatch, Order
from core.permissions import may
from enterprises.models import Enterprise
from experts.models import Doctor
from officedata.months import Month
from programmes.models import Batch, RuleSet
from service.closing import close_month
from service.models import Check, Visit, Waiver
from tests import factories as f
from tests.factories import SHANGHAI, START, moment
from tests.former import bad_rules
from tests.undone import undone

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
MET_BY: dict[str, date] = {"in time": TODAY, "lapsed": TODAY - timedelta(days=1)}
OTHER = "云泉甲厂"
ROLES = ["enterprise", "university", "doctor", "city", "county", "other enterprise", "other doctor", "program"]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# -- A row in a state ------------------------------------------------------------------------------------------


def make_order(status: str) -> Order:
    doctor = f.LiaisonFactory().university.doctors.create(name="博士", active=True)
    need = {"failed": "published", "cancelled": "published", "settled": "in_service"}.get(status, "ordered")
    host = f.HostFactory()
    order: Order = f.OrderFactory(
        host=host, need=f.NeedFactory(enterprise=host.enterprise, status=need), doctors=[doctor], status=status
    )
    return order


def make_dispatch(state: str) -> Dispatch:
    status, _space, when = state.partition(", ")
    order = make_order({"offered": "dispatched", "accepted": "settled"}.get(status, "placed"))
    doctor = order.doctors.get()
    Doctor.objects.filter(pk=doctor.pk).update(user=f.DoctorUserFactory())
    dispatch: Dispatch = f.DispatchFactory(
        order=order,
        doctor=Doctor.objects.get(pk=doctor.pk),
        status=status,
        answer_by=MET_BY[when or "in time"],
        answered_on=TODAY if status in ("accepted", "declined") else None,
        reason="课程排满" if status == "declined" else "",
    )
    return dispatch


def make_assignment(state: str) -> Assignment:
    status, _space, when = state.partition(", ")
    starts_on = START if when != "long ago" else START - timedelta(days=500)
    stopped_on = TODAY - timedelta(days=3) if when == "lately" else starts_on + timedelta(days=60)
    stopped: dict[str, Any] = {"stopped_on": stopped_on, "stopped_at": NOW, "stop_reason": "停产"}
    host = f.HostFactory(batch=f.BatchFactory(starts_on=START - timedelta(days=500)))
    assignment: Assignment = f.AssignmentFactory(
        host=host, batch=host.batch, status=status, starts_on=starts_on, **(stopped if status == "stopped" else {})
    )
    f.LiaisonFactory(university=assignment.doctor.university)
    if when == "bad rules":
        Batch.objects.filter(pk=host.batch_id).update(rule_set=bad_rules())
    if when == "closed batch":
        Batch.objects.filter(pk=host.batch_id).update(status="closed")
    if when == "no waivers":
        data = {**host.batch.rule_set.data, "waivers_allowed": False}
        strict = RuleSet.objects.create(code="strict", version=1, name="不设豁免", data=data)
        Batch.objects.filter(pk=host.batch_id).update(rule_set=strict)
    return assignment


def make_visit(status: str) -> Visit:
    visit: Visit = f.VisitFactory(assignment=make_assignment("active"), status=status)
    return visit


def make_beside(state: str) -> Visit:
    """A visit of this month, of a doctor who serves its enterprise in another programme, too."""
    status, _space, when = state.partition(", ")
    days = {"starts_on": TODAY - timedelta(days=2), "ends_on": TODAY - timedelta(days=1)}
    if when == "locked":
        days = {"starts_on": START + timedelta(days=9), "ends_on": START + timedelta(days=10)}
    visit: Visit = f.VisitFactory(assignment=make_assignment("active"), status=status, **days)
    if when != "alone":
        batch = f.BatchFactory(programme=f.ProgrammeFactory(name="科技副总"), starts_on=START)
        host = f.HostFactory(batch=batch, enterprise=visit.enterprise)
        f.AssignmentFactory(batch=batch, host=host, doctor=visit.doctor)
    return visit


def beside(visit: Visit) -> dict[str, Any]:
    other = visit.doctor.assignments.exclude(pk=visit.assignment_id).first()
    return {"service": other.pk if other else visit.assignment_id}


def make_waiver(status: str) -> Waiver:
    decided = {} if status == "asked" else {"status_at": NOW}
    waiver: Waiver = f.WaiverFactory(assignment=make_assignment("active"), status=status, **decided)
    return waiver


def make_check(state: str) -> Check:
    assignment = make_assignment("active")
    close_month(Month(2025, 3), at=moment(date(2025, 4, 1), 1))
    assignment.checks.update(locked_at=moment(date(2025, 4, 6)) if state == "locked" else None)
    return assignment.checks.get()


def make_verdict(verdict: str) -> Check:
    check = make_check("open")
    Check.objects.filter(pk=check.pk).update(verdict=verdict)
    check.refresh_from_db()
    return check


def make_scored(status: str) -> Assignment:
    """A service whose host and whose doctor each give a score by its rules."""
    assignment = make_assignment(status)
    rule_set = assignment.batch.rule_set
    data = {
        "code": rule_set.code, "version": rule_set.version + 1,
        "indicators": [{"code": "host_score", "by": "host"}, {"code": "score", "by": "doctor"}],
        "rules": [{"id": "enough", "measure": {"given": "host_score"}, "must": {"least": 60}},
                  {"id": "own", "measure": {"given": "score"}, "should": {"least": 60}}],
    }  # fmt: skip
    assignment.batch.rule_set = f.RuleSetFactory(code=rule_set.code, version=rule_set.version + 1, data=data)
    assignment.batch.save()
    return assignment


# -- The acts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """An act: how a row gets into each state, which page offers the act, and where and what is posted."""

    make: Callable[[str], Any]
    states: list[str]
    page: str
    address: str
    data: Callable[[Any], dict[str, Any]] = lambda row: {}
    posted_to: str = ""


def reason(row: Any) -> dict[str, Any]:
    return {"reason": "停产检修"}


def entry(assignment: Assignment) -> dict[str, Any]:
    day = min(assignment.last_day, TODAY).isoformat()
    place = f"{assignment.pk}-{assignment.host.enterprise_id}"
    return {"place": place, "starts_on": day, "ends_on": day, "content": "取样三组。"}


ORDERS, OFFERS = list(Order.Status.values), [*Dispatch.Status.values, "offered, lapsed"]
SERVICES, VISITS = [*Assignment.Status.values, "stopped, lately", "completed, long ago"], list(Visit.Status.values)
ORDER, OFFER, VISIT = "/orders/{0}/", "/dispatches/{0}/", "/visits/{0}/"
SERVICE = "/assignments/{0}/"
ACTS: dict[str, Act] = {
    "assignments.cancel_order": Act(make_order, ORDERS, ORDER, "/orders/{0}/cancel/", reason),
    "assignments.dispatch_order": Act(
        make_order, ORDERS, ORDER, "/orders/{0}/dispatch/", lambda order: {f"order-{order.pk}": order.doctors.get().pk}
    ),
    "assignments.accept_dispatch": Act(make_dispatch, OFFERS, OFFER, "/dispatches/{0}/accept/"),
    "assignments.decline_dispatch": Act(make_dispatch, OFFERS, OFFER, "/dispatches/{0}/decline/", reason),
    "assignments.withdraw_dispatch": Act(make_dispatch, OFFERS, OFFER, "/dispatches/{0}/withdraw/", reason),
    "assignments.begin_assignment": Act(
        make_assignment, SERVICES, SERVICE, "/assignments/{0}/begin/", lambda row: {"starts_on": "2025-06-01"}
    ),
    "assignments.stop_assignment": Act(
        make_assignment, SERVICES, SERVICE, "/assignments/{0}/stop/", lambda row: {"last_day": TODAY, **reason(row)}
    ),
    "assignments.late_assignment": Act(
        make_assignment,
        [*SERVICES, "active, closed batch"],
        SERVICE,
        "/assignments/{0}/late/",
        lambda row: {"started_on": START + timedelta(days=9), **reason(row)},
    ),
    "assignments.extend_assignment": Act(
        make_assignment,
        [*SERVICES, "active, closed batch"],
        SERVICE,
        "/assignments/{0}/extend/",
        lambda row: {"extended_to": START + timedelta(days=500), **reason(row)},
    ),
    "assignments.cancel_assignment": Act(make_assignment, SERVICES, SERVICE, "/assignments/{0}/cancel/", reason),
    "assignments.serve_assignment": Act(
        make_assignment, SERVICES, SERVICE, "/assignments/{0}/serve/",
        lambda row: {"enterprise": OTHER, "title": "诊断"},
    ),
    "assignments.visit_assignment": Act(
        make_assignment,
        [*SERVICES, "active, bad rules"],
        SERVICE,
        "/visits/new/?assignment={0}",
        entry,
        posted_to="/visits/new/",
    ),
    "assignments.waive_assignment": Act(
        make_assignment,
        [*SERVICES, "active, no waivers", "active, bad rules"],
        SERVICE,
        "/assignments/{0}/waiver/",
        lambda row: {"window": f"{row.starts_on:%Y-%m}", **reason(row)},
    ),
    "assignments.outcome_assignment": Act(
        make_assignment,
        SERVICES,
        SERVICE,
        "/assignments/{0}/outcome/",
        lambda row: {"kind": "problem", "title": "气孔缺陷", "happened_on": "2025-05-02"},
    ),
    "service.confirm_visit": Act(make_visit, VISITS, VISIT, "/visits/{0}/confirm/"),
    "service.dispute_visit": Act(make_visit, VISITS, VISIT, "/visits/{0}/dispute/", reason),
    "service.share_visit": Act(
        make_beside, [*VISITS, "logged, alone", "logged, locked"], VISIT, "/visits/{0}/share/", beside,
    ),
    "service.withdraw_visit": Act(make_visit, VISITS, VISIT, "/visits/{0}/withdraw/"),
    "service.decide_waiver": Act(
        make_waiver, list(Waiver.Status.values), "/office/waivers/", "/office/waivers/{0}/",
        lambda row: {"decision": "grant"},
    ),
    "assignments.give_assignment": Act(
        make_scored, SERVICES, SERVICE, "/assignments/{0}/given/", lambda row: {"value": "90", "on": row.starts_on},
    ),
    "service.explain_check": Act(
        make_verdict, list(Check.Verdict.values), "/checks/{0}/", "/checks/{0}/explain/", reason,
    ),
    "service.reopen_check": Act(
        make_check,
        ["open", "locked"],
        "/checks/{0}/",
        "/checks/{0}/reopen/",
        lambda row: {"until": "2025-05-30", **reason(row)},
    ),
}  # fmt: skip
CASES = [(perm, state) for perm, act in ACTS.items() for state in act.states]


def parties(row: Any) -> tuple[Enterprise, Doctor]:
    """The enterprise that is served and the doctor of a row."""
    if isinstance(row, Order):
        return row.host.enterprise, row.doctors.get()
    if isinstance(row, Dispatch):
        return row.order.host.enterprise, row.doctor
    assignment = row if isinstance(row, Assignment) else row.assignment
    return assignment.host.enterprise, assignment.doctor


def people_of(row: Model) -> dict[str, User]:
    enterprise, doctor = parties(row)
    if doctor.user is None:
        Doctor.objects.filter(pk=doctor.pk).update(user=f.DoctorUserFactory())
        doctor.refresh_from_db()
    found = {
        "enterprise": f.MemberFactory(enterprise=enterprise).user,
        "university": doctor.university.liaisons.get().user,
        "doctor": doctor.user,
        "city": f.CityUserFactory(),
        "county": f.CountyUserFactory(office__district=enterprise.district),
        "other enterprise": f.MemberFactory().user,
        "other doctor": f.DoctorFactory().user,
        "program": f.ProgramUserFactory(),
    }
    assert list(found) == ROLES
    return found


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def is_offered(act: Act, row: Any, user: User) -> bool:
    page = client_of(user).get(act.page.format(row.pk))
    return page.status_code == 200 and f'"{act.address.format(row.pk)}"' in page.content.decode()


def succeeds(act: Act, row: Any, user: User) -> bool:
    """Whether posting the act succeeds; the change is rolled back."""
    with undone():
        client = client_of(user)
        answer = client.post(act.posted_to or act.address.format(row.pk), act.data(row), follow=True)
        said = answer.context["messages"] if answer.context and "messages" in answer.context else []
        path = answer.redirect_chain[-1][0] if answer.redirect_chain else ""
        return "success" in [message.level_tag for message in said] or path.endswith("/receipt/")


def test_every_act_with_a_state_is_asked_here() -> None:
    own = {name for name in WHEN if name.partition(".")[0] in ("assignments", "service")}
    assert set(ACTS) == own


@pytest.mark.parametrize(("perm", "state"), CASES, ids=[f"{perm} of {state}" for perm, state in CASES])
def test_an_act_is_offered_exactly_where_it_succeeds(perm: str, state: str) -> None:
    act = ACTS[perm]
    f.EnterpriseFactory(name=OTHER)
    row = act.make(state)
    people = people_of(row)
    row = type(row).objects.get(pk=row.pk)
    offered = {role for role, user in people.items() if is_offered(act, row, user)}
    done = {role for role, user in people.items() if succeeds(act, row, user)}
    verb = perm.partition(".")[2].rpartition("_")[0]
    allowed = {role for role, user in people.items() if may(user, verb, type(row).objects.get(pk=row.pk))}
    assert (offered, done) == (allowed, allowed)


def test_each_act_can_be_done_by_somebody_in_some_state() -> None:
    """Needed because a rule that allows nobody anything would pass the comparison above."""
    f.EnterpriseFactory(name=OTHER)
    able = set()
    for perm, act in ACTS.items():
        for state in act.states:
            with undone():
                row = act.make(state)
                people = people_of(row)
                row = type(row).objects.get(pk=row.pk)
                verb = perm.partition(".")[2].rpartition("_")[0]
                able |= {perm} if any(may(user, verb, row) for user in people.values()) else set()
    assert able == set(ACTS)
