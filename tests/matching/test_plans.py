"""Arguing with a plan: pairs pinned, forbidden and lifted with a reason, quotas, and lines that become orders."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from assignments.actions import cancel_order, dispatch_doctor
from assignments.models import Assignment, Dispatch, Order, Project
from core.errors import Refused
from core.models import Notice
from enterprises.models import Enterprise
from experts.models import Doctor, Interest
from matching import actions
from matching.models import Feedback, MatchRun, Override, PlanLine, PlanQuota
from programmes.models import Batch
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DoctorFactory,
    HostFactory,
    LiaisonFactory,
    MatchRunFactory,
    NeedFactory,
    OrderFactory,
    SuggestionFactory,
    moment,
)
from tests.threads import race, together

AT = moment(START)


class Town:
    """A batch with a host, its published need, three doctors of a university, and a run that finished."""

    def __init__(self) -> None:
        self.batch = BatchFactory()
        self.office = CityUserFactory()
        self.university = LiaisonFactory().university
        self.doctors = [DoctorFactory(university=self.university, most_hosts=2) for _ in range(3)]
        self.run: MatchRun = MatchRunFactory(need=None, batch=self.batch)
        self.host = HostFactory(batch=self.batch)
        self.need = NeedFactory(enterprise=self.host.enterprise)

    def line(self, doctor: Doctor | None = None, **facts: Any) -> PlanLine:
        """A line of the plan for the need (or the one given), with the other doctors as alternates."""
        doctor = doctor or self.doctors[0]
        others = [one for one in self.doctors if one != doctor]
        defaults: dict[str, Any] = {
            "need": self.need,
            "score": Decimal("70.5"),
            "alternates": [{"doctor": one.pk, "score": 60.0} for one in others],
        }
        return PlanLine.objects.create(run=self.run, doctor=doctor, **(defaults | facts))

    def another_need(self) -> Any:
        return NeedFactory(enterprise=HostFactory(batch=self.batch).enterprise)

    def accept(self, *lines: PlanLine, on: date = START) -> actions.Acceptance:
        with override("en"):
            return actions.accept_plan_lines(self.run, lines, by=self.office, at=moment(on), on=on)

    def pin(self, doctor: Doctor | None = None, **facts: Any) -> Override:
        pair: dict[str, Any] = {"by": self.office, "at": AT, "reason": "企业点名要他"} | facts
        need = pair.pop("need", self.need)
        return actions.pin_pair(self.batch, need, doctor or self.doctors[0], **pair)

    def forbid(self, doctor: Doctor | None = None, **facts: Any) -> Override:
        pair: dict[str, Any] = {"by": self.office, "at": AT, "reason": "与企业有过节"} | facts
        return actions.forbid_pair(self.batch, self.need, doctor or self.doctors[0], **pair)


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def chosen(order: Order) -> list[Doctor]:
    return [choice.doctor for choice in order.choices.order_by("preference")]


# -- Pairs ----------------------------------------------------------------------------------------------------


def test_a_pin_is_kept_with_who_when_and_why(town: Town) -> None:
    pin = town.pin(reason="  企业点名要他 ")
    assert (pin.kind, pin.batch, pin.need, pin.doctor) == ("pin", town.batch, town.need, town.doctors[0])
    assert (pin.made_by, pin.made_at, pin.reason, pin.lifted_at) == (town.office, AT, "企业点名要他", None)
    event = pin.events.get()
    assert event.pgh_context.metadata == {
        "act": "matching.pin_pair",
        "by": town.office.pk,
        "who": "person",
        "reason": "企业点名要他",
        "address": "",
    }


@pytest.mark.parametrize(("act", "kind"), [("pin", "pinned"), ("forbid", "forbidden")])
def test_a_decision_about_a_suggestion_is_kept_as_feedback(town: Town, act: str, kind: str) -> None:
    SuggestionFactory(need=town.need, doctor=town.doctors[0], rank=2)
    getattr(town, act)(reason="了解现场")
    row = Feedback.objects.get()
    assert (row.kind, row.doctor, row.rank, row.reason, row.by) == (kind, town.doctors[0], 2, "了解现场", town.office)


@pytest.mark.parametrize("act", ["pin", "forbid"])
def test_every_decision_about_a_pair_asks_for_a_reason(town: Town, act: str) -> None:
    assert refused(lambda: getattr(town, act)(reason="  ")) == "reason_missing"
    override = getattr(town, act)()
    lift = {"by": town.office, "at": AT}
    assert refused(lambda: actions.lift_override(override, **lift, reason="")) == "reason_missing"
    assert [row.lifted_at for row in Override.objects.all()] == [None]


def test_a_hard_limit_refuses_a_pin_but_not_a_forbidding(town: Town) -> None:
    doctor = town.doctors[0]
    Interest.objects.create(doctor=doctor, credit_code=town.need.enterprise.credit_code, what="持股")
    assert refused(town.pin) == "interest"
    Doctor.objects.filter(pk=town.doctors[1].pk).update(active=False)
    assert refused(lambda: town.pin(town.doctors[1])) == "inactive"
    town.need.discipline, town.need.discipline_required = "550", True
    town.need.save()
    assert refused(lambda: town.pin(town.doctors[2])) == "discipline"
    assert Override.objects.count() == 0
    town.forbid()
    assert Override.objects.count() == 1


def test_a_full_doctor_cannot_be_pinned(town: Town) -> None:
    for _ in range(2):
        AssignmentFactory(doctor=town.doctors[0])
    assert refused(town.pin) == "full"


def test_a_need_has_one_pin_and_a_pair_one_decision(town: Town) -> None:
    town.pin()
    assert refused(lambda: town.pin(town.doctors[1])) == "pinned_already"
    assert refused(town.pin) == "decided_already"
    assert refused(town.forbid) == "decided_already"
    town.forbid(town.doctors[1])
    assert refused(lambda: town.pin(town.doctors[1])) == "decided_already"
    assert Override.objects.in_force().count() == 2


def test_lifting_keeps_who_when_and_why_and_makes_room_for_another_decision(town: Town) -> None:
    pin, other = town.pin(), CityUserFactory()
    actions.lift_override(pin, by=other, at=AT, reason="博士出国")
    pin.refresh_from_db()
    assert (pin.lifted_by, pin.lifted_at, pin.lift_reason) == (other, AT, "博士出国")
    assert refused(lambda: actions.lift_override(pin, by=other, at=AT, reason="再次")) == "lifted"
    town.forbid()
    assert [(row.kind, row.lifted_at is None) for row in Override.objects.order_by("pk")] == [
        ("pin", False),
        ("forbid", True),
    ]


def test_only_needs_of_the_batch_that_wait_for_a_doctor(town: Town) -> None:
    assert refused(lambda: town.pin(need=NeedFactory())) == "no_host"
    assert refused(lambda: town.pin(need=NeedFactory(enterprise=town.host.enterprise, status="draft"))) == (
        "need_not_open"
    )
    waiting = OrderFactory(host=town.host, doctors=[town.doctors[0]]).need
    assert town.pin(need=waiting).need == waiting
    dispatched = OrderFactory(host=town.host, status="dispatched").need
    assert refused(lambda: town.pin(need=dispatched)) == "need_not_open"


def test_a_closed_batch_is_decided(town: Town) -> None:
    pin = town.pin()
    town.batch.status = Batch.Status.CLOSED
    town.batch.save()
    assert refused(lambda: town.forbid(town.doctors[1])) == "batch_closed"
    assert refused(lambda: actions.lift_override(pin, by=town.office, at=AT, reason="x")) == "batch_closed"
    assert refused(lambda: actions.set_quota(town.batch, enterprise_class="technology", most=1, by=town.office)) == (
        "batch_closed"
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_pins_at_once_one_stands() -> None:
    town = Town()
    acts = [lambda doctor=doctor: town.pin(doctor) for doctor in town.doctors[:2]]
    assert sorted(type(one).__name__ for one in race(*acts)) == ["Override", "Refused"]
    assert Override.objects.count() == 1


# -- Quotas ---------------------------------------------------------------------------------------------------


def test_a_quota_is_set_changed_and_ended(town: Town) -> None:
    def set_to(most: int | None, **whose: Any) -> Any:
        return actions.set_quota(town.batch, by=town.office, most=most, **whose)

    set_to(5, university=town.university)
    set_to(10, enterprise_class="technology")
    changed = set_to(0, university=town.university)
    assert changed.most == 0
    assert [(row.university, row.enterprise_class, row.most) for row in PlanQuota.objects.all()] == [
        (town.university, "", 0),
        (None, "technology", 10),
    ]
    assert set_to(None, university=town.university) is None
    assert set_to(None, enterprise_class=Enterprise.Class.AGRICULTURE) is None
    assert PlanQuota.objects.count() == 1
    event = changed.events.order_by("pgh_id").last()
    assert event.pgh_context.metadata["by"] == town.office.pk


def test_a_quota_is_for_one_thing(town: Town) -> None:
    for whose in ({}, {"university": town.university, "enterprise_class": "technology"}, {"enterprise_class": "x"}):
        assert refused(lambda whose=whose: actions.set_quota(town.batch, by=town.office, most=1, **whose)) == "quota"


# -- Orders ---------------------------------------------------------------------------------------------------


def test_a_line_becomes_an_order_with_its_alternates(town: Town) -> None:
    line = town.line()
    found = town.accept(line)
    assert (found.placed, found.dispatched, found.served, found.already, found.refused) == ([line], [], [], [], [])
    order = Order.objects.get()
    assert (order.need, order.host, order.status, order.placed_by) == (town.need, town.host, "placed", town.office)
    assert chosen(order) == town.doctors
    line.refresh_from_db()
    town.need.refresh_from_db()
    assert (line.order, town.need.status) == (order, "ordered")
    assert Notice.objects.filter(kind="order_placed").count() == 1


def test_alternates_that_pass_no_longer_are_left_out(town: Town) -> None:
    first, second, third = town.doctors
    fourth = DoctorFactory()
    line = town.line(alternates=[{"doctor": one.pk, "score": 50.0} for one in (second, third, fourth)])
    Interest.objects.create(doctor=second, credit_code=town.need.enterprise.credit_code, what="持股")
    town.forbid(third)
    town.accept(line)
    assert chosen(Order.objects.get()) == [first, fourth]


def test_at_most_three_doctors_are_asked_for(town: Town) -> None:
    more = [DoctorFactory() for _ in range(2)]
    others = town.doctors[1:] + more
    town.accept(town.line(alternates=[{"doctor": one.pk, "score": 50.0} for one in others]))
    assert chosen(Order.objects.get()) == town.doctors


def test_accepting_twice_changes_nothing(town: Town) -> None:
    line = town.line()
    town.accept(line)
    again = town.accept(PlanLine.objects.get())
    assert (again.done, again.already, again.refused) == (0, [line], [])
    assert (Order.objects.count(), Dispatch.objects.count()) == (1, 0)


def test_a_line_can_be_accepted_anew_when_its_order_came_to_nothing(town: Town) -> None:
    line = town.line()
    town.accept(line)
    first = Order.objects.get()
    cancel_order(first, by=town.office, at=AT, reason="企业撤回")
    assert town.accept(PlanLine.objects.get()).placed == [line]
    line.refresh_from_db()
    assert line.order != first


def test_one_refusal_leaves_the_others_and_is_named(town: Town) -> None:
    good = town.line()
    need = town.another_need()
    Interest.objects.create(doctor=town.doctors[1], credit_code=need.enterprise.credit_code, what="持股")
    bad = town.line(town.doctors[1], need=need, alternates=[])
    last = town.line(town.doctors[2], need=town.another_need(), alternates=[])
    found = town.accept(good, bad, last)
    assert found.placed == [good, last]
    assert [line for line, _why in found.refused] == [bad]
    assert "declared an interest" in found.refused[0][1]
    assert Order.objects.filter(need=need).count() == 0


def test_an_order_that_waits_gets_its_doctor_dispatched(town: Town) -> None:
    order = OrderFactory(host=town.host, university=town.university)
    line = town.line(need=order.need, alternates=[])
    found = town.accept(line)
    assert (found.placed, found.dispatched) == ([], [line])
    dispatch = Dispatch.objects.get()
    assert (dispatch.order, dispatch.doctor, dispatch.offered_by) == (order, town.doctors[0], town.office)
    assert town.accept(PlanLine.objects.get()).already == [line]
    other = town.line(town.doctors[1], need=OrderFactory(host=town.host, doctors=[town.doctors[0]]).need)
    assert [why for _line, why in town.accept(other).refused] == [
        f"{town.doctors[1]} is not one of the doctors asked for."
    ]


def test_an_order_that_another_doctor_answers_is_left_to_him(town: Town) -> None:
    order = OrderFactory(host=town.host, university=town.university)
    dispatch_doctor(order, town.doctors[0], by=town.office, at=AT, on=START)
    found = town.accept(town.line(town.doctors[1], need=order.need))
    assert [why for _line, why in found.refused] == [
        "The order for this need is “awaiting the doctor” with another doctor."
    ]


def test_a_plan_is_not_accepted_against_what_was_decided_since(town: Town) -> None:
    line = town.line()
    pin = town.pin(town.doctors[1])
    assert "pinned this need" in town.accept(line).refused[0][1]
    actions.lift_override(pin, by=town.office, at=AT, reason="改主意")
    town.forbid()
    assert "forbade this pair" in town.accept(line).refused[0][1]
    assert Order.objects.count() == 0


def test_what_cannot_be_accepted_says_why(town: Town) -> None:
    nobody = PlanLine.objects.create(run=town.run, need=town.another_need(), why_none="capacity")
    other = PlanLine.objects.create(
        run=MatchRunFactory(need=None, batch=town.batch), need=town.need, doctor=town.doctors[0]
    )
    stranger = town.line(need=NeedFactory(), alternates=[])
    whys = [why for _line, why in town.accept(nobody, other, stranger).refused]
    assert whys[:2] == ["The plan has nobody for this need.", "This line belongs to another plan."]
    assert "is not a receiving enterprise" in whys[2]


def test_orders_are_placed_while_the_batch_takes_them(town: Town) -> None:
    town.batch.orders_until = town.batch.orders_from
    town.batch.save()
    found = town.accept(town.line(), on=START + timedelta(days=1))
    assert [why for _line, why in found.refused] == [f"Orders of {town.batch} are taken from {START} to {START}."]


def test_a_served_need_joins_the_assignment_the_doctor_has(town: Town) -> None:
    doctor = town.doctors[0]
    line = town.line(lead=False)
    assert "beside a lead project" in town.accept(line).refused[0][1]
    assignment = AssignmentFactory(doctor=doctor, batch=town.batch)
    assert town.accept(line).served == [line]
    project = Project.objects.get(kind="served")
    assert (project.assignment, project.need, project.enterprise) == (assignment, town.need, town.host.enterprise)
    assert town.accept(line).already == [line]
    assert (Order.objects.count(), Assignment.objects.count()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_a_line_at_once_place_one_order() -> None:
    town = Town()
    line = town.line()
    found = together(*(lambda: town.accept(PlanLine.objects.get(pk=line.pk)) for _ in range(2)))
    assert sorted((one.done, len(one.already), len(one.refused)) for one in found) == [(0, 1, 0), (1, 0, 0)]
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_doctors_last_place_is_dispatched_once() -> None:
    """Two lines of two plans give the same place to two orders that wait: one doctor is named, once."""
    town = Town()
    doctor = DoctorFactory(university=town.university)
    orders = [OrderFactory(host=HostFactory(batch=town.batch), university=town.university) for _ in range(2)]
    lines = [town.line(doctor, need=order.need, alternates=[]) for order in orders]
    found = together(*(lambda line=line: town.accept(line) for line in lines))
    assert sorted(len(one.dispatched) for one in found) == [0, 1]
    assert Dispatch.objects.count() == 1
