"""Hosts chosen, doctors ordered, dispatched and accepted: the acts that lead to the fifteen assignments."""

from datetime import date, timedelta
from typing import cast

from accounts.models import User
from assignments.actions import (
    accept_dispatch,
    add_served_enterprise,
    begin_assignment,
    decline_dispatch,
    dispatch_doctor,
    place_order,
)
from assignments.models import Assignment, Dispatch, Order
from core import jobs
from core.models import Job
from demo import visits
from demo.enterprises import BY_KEY, ENTERPRISES
from demo.people import open_account
from demo.state import DemoState, at
from demo.texts import HostStory
from demo.wording import WORDING
from enterprises.actions import choose_host, judge_host
from enterprises.models import Enterprise
from experts.models import Doctor
from programmes.actions import open_batch, start_batch
from programmes.models import Batch

# Stories whose first choice says no, so that the second is asked; and one that leaves the choice to the university.
DECLINED = {3: 0, 9: 1}
LEFT_TO_UNIVERSITY = 5


def run_open_jobs() -> int:
    """Do at once what a worker would do next: the demo is built before any worker runs."""
    keys = list(Job.objects.open().order_by("pk").values_list("pk", flat=True))
    for key in keys:
        jobs.run(key)
    return len(keys)


def build(state: DemoState) -> None:
    batch = state.batch
    opened = batch.orders_from - timedelta(days=10)
    open_batch(batch, by=state.city, at=at(opened))
    for turn, story in enumerate(visits.HOSTS):
        open_account(state, ENTERPRISES[story.enterprise], username="enterprise" if turn == 0 else "")
        _choose(state, batch, turn, state.enterprises[story.enterprise], opened + timedelta(days=2))
    for turn, story in enumerate(visits.HOSTS):
        state.assignments.append(_assignment(state, turn, story))
    start_batch(batch, by=state.city, at=at(state.service_starts))


def _choose(state: DemoState, batch: Batch, turn: int, enterprise: Enterprise, day: date) -> None:
    """Choose a host; one whose certificate is on its way is chosen with the reason."""
    eligible = judge_host(batch, enterprise, on=day).eligible
    reason = "" if eligible else visits.OVERRIDE_REASONS[turn % len(visits.OVERRIDE_REASONS)]
    choose_host(batch, enterprise, by=state.city, at=at(day), on=day, override_reason=reason)


def _assignment(state: DemoState, turn: int, story: HostStory) -> Assignment:
    day = state.batch.orders_from + timedelta(days=turn % 6)
    member = state.member_of(state.enterprises[story.enterprise])
    need = state.needs[story.need]
    doctors = [state.doctors[name] for name in story.doctors[:3]]
    if turn == LEFT_TO_UNIVERSITY:
        order = place_order(
            need, by=member, at=at(day), on=day, batch=state.batch, university=doctors[0].university,
            remark=WORDING.order_remark,
        )  # fmt: skip
    else:
        order = place_order(need, by=member, at=at(day), on=day, batch=state.batch, doctors=doctors)
    dispatch = _dispatched(state, order, doctors[0], day + timedelta(days=2))
    if turn in DECLINED:
        dispatch = _declined(state, dispatch, visits.DECLINE_REASONS[DECLINED[turn]], day + timedelta(days=4))
    return _begun(state, turn, story, dispatch, day + timedelta(days=6))


def _dispatched(state: DemoState, order: Order, doctor: Doctor, day: date) -> Dispatch:
    return dispatch_doctor(order, doctor, by=state.liaisons[doctor.university_id], at=at(day), on=day)


def _declined(state: DemoState, dispatch: Dispatch, reason: str, day: date) -> Dispatch:
    decline_dispatch(dispatch, by=_user(dispatch.doctor), at=at(day), on=day, reason=reason)
    return dispatch.order.dispatches.pending().get()


def _begun(state: DemoState, turn: int, story: HostStory, dispatch: Dispatch, day: date) -> Assignment:
    assignment = accept_dispatch(dispatch, by=_user(dispatch.doctor), at=at(day), on=day)
    starts_on = state.service_starts + timedelta(days=turn % 4)
    begin_assignment(assignment, by=state.city, at=at(starts_on), starts_on=starts_on)
    for served in story.served:
        text = BY_KEY[served.enterprise]
        open_account(state, text)
        enterprise = state.enterprises[text.index]
        add_served_enterprise(assignment, enterprise, by=state.city, at=at(starts_on), title=served.title)
    return assignment


def _user(doctor: Doctor) -> User:
    return cast(User, doctor.user)  # every doctor of the demo has an account
