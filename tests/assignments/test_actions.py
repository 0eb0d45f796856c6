"""From a published need to a service: who is told, what is refused, who comes next, what two acts at once lead to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from assignments import terms
from assignments.actions import (
    accept_dispatch,
    add_served_enterprise,
    begin_assignment,
    cancel_assignment,
    cancel_order,
    complete_assignment,
    decline_dispatch,
    dispatch_doctor,
    lapse_dispatch,
    place_order,
    stop_assignment,
    withdraw_dispatch,
    withdraw_need,
)
from assignments.models import Assignment, Dispatch, Order, Project
from core.errors import AlreadyDone, Refused
from core.models import Job, Notice
from enterprises.models import Need
from experts.models import Doctor, Interest
from matching import actions
from officedata.months import term_end
from outbox.models import Mail
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DispatchFactory,
    DoctorFactory,
    EnterpriseFactory,
    HostFactory,
    LiaisonFactory,
    MemberFactory,
    NeedFactory,
    moment,
)
from tests.outbox.conftest import with_address
from tests.threads import race, together

AT, DAY = moment(START), timedelta(days=1)


class Town:
    """A host with a published need, its member, and a university's liaison with doctors."""

    def __init__(self, doctors: int = 3, **host: Any) -> None:
        self.host = HostFactory(**host)
        self.member = MemberFactory(enterprise=self.host.enterprise).user
        self.liaison = LiaisonFactory()
        self.university = self.liaison.university
        self.doctors = [DoctorFactory(university=self.university) for _ in range(doctors)]
        self.need = NeedFactory(enterprise=self.host.enterprise)
        self.office = CityUserFactory()

    def place(self, *doctors: Doctor, **facts: Any) -> Order:
        chosen = {"doctors": list(doctors)} if doctors else {"university": self.university}
        return place_order(self.need, by=self.member, at=AT, on=START, **(chosen | facts))

    def offer(self, doctor: Doctor | None = None) -> Dispatch:
        """An order for the first doctor (or the one given), and the offer to him."""
        doctor = doctor or self.doctors[0]
        return dispatch_doctor(self.place(doctor), doctor, by=self.liaison.user, at=AT, on=START)

    def another(self) -> "Town":
        """Another host's need, in the same batch and with the same doctors."""
        other = Town(0, batch=self.host.batch)
        other.liaison, other.university, other.doctors = self.liaison, self.university, self.doctors
        return other


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def refused(act: Callable[[], Any]) -> str:
    """The code with which an act is refused."""
    with pytest.raises(Refused) as refusal:
        act()
    assert type(refusal.value) is Refused or refusal.value.code == "already_done"
    return refusal.value.code


def told(kind: str) -> set[User]:
    return {notice.user for notice in Notice.objects.filter(kind=kind)}


def status(row: Any) -> str:
    row.refresh_from_db()
    return str(row.status)


# -- Needs -------------------------------------------------------------------------------------------------


def test_publishing_asks_for_exactly_one_match(town: Town) -> None:
    need = NeedFactory(enterprise=town.host.enterprise, status="submitted")
    actions.publish_need(need, by=town.office, at=AT)
    need.refresh_from_db()
    assert (need.status, need.published_at, need.status_by) == ("published", AT, town.office)
    job = Job.objects.get()
    assert (job.kind, job.key, job.args, job.asked_by) == ("match_need", str(need.pk), {"need": need.pk}, town.office)
    with pytest.raises(AlreadyDone):
        actions.publish_need(need, by=town.office, at=AT)
    assert actions.ask_for_match(need, by=town.office, at=AT) == job
    assert Job.objects.count() == 1
    assert told("need_published") == {town.member}


def test_withdrawing_ends_the_order_and_the_offers(town: Town) -> None:
    dispatch = town.offer()
    order = dispatch.order
    assert refused(lambda: withdraw_need(town.need, by=town.member, at=AT, reason=" ")) == "reason_missing"
    withdraw_need(town.need, by=town.member, at=AT, reason="已自行解决")
    assert (status(town.need), status(order), status(dispatch)) == ("withdrawn", "cancelled", "withdrawn")
    assert dispatch.reason == "已自行解决"
    assert told("order_cancelled") == {town.doctors[0].user}
    for row in (town.need, order, dispatch):
        said = row.events.order_by("pgh_id").last().pgh_context.metadata
        assert (said["reason"], said["by"]) == ("已自行解决", town.member.pk)
    assert [event.status for event in town.need.events.order_by("pgh_id")] == ["published", "ordered", "withdrawn"]
    with pytest.raises(AlreadyDone):
        withdraw_need(town.need, by=town.member, at=AT, reason="再来一次")


def test_a_need_that_is_served_is_not_withdrawn(town: Town) -> None:
    dispatch = town.offer()
    accept_dispatch(dispatch, by=town.doctors[0].user, at=AT, on=START)
    refused(lambda: withdraw_need(town.need, by=town.member, at=AT, reason="不要了"))
    assert (status(town.need), status(dispatch.order)) == ("ordered", "settled")


# -- Orders ------------------------------------------------------------------------------------------------


def test_an_order_keeps_its_choice_in_order_and_tells_the_university(town: Town) -> None:
    one, two, three = town.doctors
    other = LiaisonFactory()
    order = town.place(three, one, two, remark=" 尽快 ")
    assert (order.status, order.host, order.need, order.university) == ("placed", town.host, town.need, None)
    assert (order.placed_by, order.placed_at, order.remark) == (town.member, AT, "尽快")
    assert list(order.choices.values_list("preference", "doctor")) == [(1, three.pk), (2, one.pk), (3, two.pk)]
    assert status(town.need) == "ordered"
    assert told("order_placed") == {town.liaison.user}
    assert other.user not in told("order_placed")


def test_an_order_may_leave_the_choice_to_a_university(town: Town) -> None:
    order = town.place()
    assert (order.university, order.choices.count()) == (town.university, 0)
    assert told("order_placed") == {town.liaison.user}


def test_the_choice_is_one_to_three_doctors_or_a_university(town: Town) -> None:
    one, two, three = town.doctors
    four = DoctorFactory()
    for doctors, university in [
        ([], None),
        ([one], town.university),
        ([one, two, three, four], None),
        ([one, one], None),
    ]:
        act = {"doctors": doctors, "university": university}
        assert refused(lambda act=act: town.place(**act)) == "choice"  # type: ignore[misc]
    assert Order.objects.count() == 0
    assert status(town.need) == "published"


@pytest.mark.parametrize("value", [each for each in Need.Status.values if each != "published"])
def test_only_a_published_need_is_ordered_for(town: Town, value: str) -> None:
    town.need = NeedFactory(enterprise=town.host.enterprise, status=value)
    assert refused(lambda: town.place(town.doctors[0])) == "need_not_published"
    assert Order.objects.count() == 0


@pytest.mark.parametrize(("days", "code"), [(-1, "order_window"), (0, ""), (60, ""), (61, "order_window")])
def test_orders_are_taken_within_their_window(town: Town, days: int, code: str) -> None:
    on = START + days * DAY

    def act() -> Order:
        return place_order(town.need, by=town.member, at=AT, on=on, doctors=town.doctors[:1])

    if code:
        assert refused(act) == code
    else:
        assert act().host == town.host


@pytest.mark.parametrize("value", ["draft", "running", "closed"])
def test_orders_are_taken_by_an_open_batch(db: None, value: str) -> None:
    town = Town(batch=BatchFactory(status=value))
    assert refused(lambda: town.place(town.doctors[0], batch=town.host.batch)) == "order_window"
    # Without a batch named, a running one is meant, whose window is over; the others are not meant at all.
    assert refused(lambda: town.place(town.doctors[0])) == ("order_window" if value == "running" else "no_host")


def test_an_enterprise_that_is_no_host_does_not_order(town: Town) -> None:
    town.need = NeedFactory()
    assert refused(lambda: town.place(town.doctors[0])) == "no_host"
    assert refused(lambda: town.place(town.doctors[0], batch=town.host.batch)) == "no_host"


# -- Hard limits, asked at every step ------------------------------------------------------------------------


def inactive(town: Town, doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(active=False)


def posted(town: Town, doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(posting_excludes=True)


def interested(town: Town, doctor: Doctor) -> None:
    Interest.objects.create(doctor=doctor, credit_code=town.host.enterprise.credit_code, what="持股")


def of_another_discipline(town: Town, doctor: Doctor) -> None:
    Need.objects.filter(pk=town.need.pk).update(discipline="210", discipline_required=True)


def full(town: Town, doctor: Doctor) -> None:
    AssignmentFactory(doctor=doctor, status="preparing")


def asked_elsewhere(town: Town, doctor: Doctor) -> None:
    DispatchFactory(doctor=doctor)


def serving_here(town: Town, doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(most_hosts=5)
    AssignmentFactory(doctor=doctor, host=town.host, batch=town.host.batch)


LIMITS = [
    pytest.param(inactive, "inactive", id="inactive"),
    pytest.param(posted, "posting", id="posting"),
    pytest.param(interested, "interest", id="interest"),
    pytest.param(of_another_discipline, "discipline", id="discipline"),
    pytest.param(full, "full", id="full"),
    pytest.param(serving_here, "serves", id="serves"),
]


@pytest.mark.parametrize(("happen", "code"), [*LIMITS, pytest.param(asked_elsewhere, "full", id="asked")])
def test_a_limit_stops_an_order(town: Town, happen: Callable[..., None], code: str) -> None:
    happen(town, town.doctors[1])
    assert refused(lambda: town.place(*town.doctors)) == code
    assert status(town.need) == "published"
    assert Order.objects.filter(need=town.need).count() == 0


@pytest.mark.parametrize(("happen", "code"), [*LIMITS, pytest.param(asked_elsewhere, "full", id="asked")])
def test_a_limit_met_since_the_order_stops_the_dispatch(town: Town, happen: Callable[..., None], code: str) -> None:
    order = town.place(*town.doctors)
    happen(town, town.doctors[0])
    act = {"by": town.liaison.user, "at": AT, "on": START}
    assert refused(lambda: dispatch_doctor(order, town.doctors[0], **act)) == code
    assert status(order) == "placed"
    assert order.dispatches.count() == 0


@pytest.mark.parametrize(("happen", "code"), LIMITS)
def test_a_limit_met_since_the_offer_stops_the_acceptance(town: Town, happen: Callable[..., None], code: str) -> None:
    dispatch = town.offer()
    happen(town, town.doctors[0])
    act = {"by": town.doctors[0].user, "at": AT, "on": START}
    assert refused(lambda: accept_dispatch(dispatch, **act)) == code
    assert (status(dispatch), status(dispatch.order)) == ("offered", "dispatched")
    assert Assignment.objects.filter(order=dispatch.order).count() == 0


# -- Dispatches ----------------------------------------------------------------------------------------------


def test_an_offer_has_a_day_to_answer_by(town: Town) -> None:
    order = town.place(*town.doctors)
    dispatch = dispatch_doctor(order, town.doctors[1], by=town.liaison.user, at=AT, on=START)
    assert (dispatch.status, dispatch.doctor, dispatch.order) == ("offered", town.doctors[1], order)
    assert (dispatch.offered_by, dispatch.offered_at, dispatch.answer_by) == (town.liaison.user, AT, START + 7 * DAY)
    assert status(order) == "dispatched"
    assert told("dispatch_offered") == {town.doctors[1].user}


def test_an_offer_is_written_to_the_doctor_and_taken_back_when_it_ends_before_it_left(town: Town) -> None:
    for doctor in town.doctors:
        with_address(doctor.user)
    first, second = town.doctors[:2]
    dispatch = dispatch_doctor(town.place(first, second), first, by=town.liaison.user, at=AT, on=START)

    def mails() -> list[tuple[Any, ...]]:
        return list(Mail.objects.order_by("pk").values_list("user", "kind", "state"))

    assert mails() == [(first.user_id, "offer_waiting", "queued")]
    decline_dispatch(dispatch, by=first.user, at=AT, on=START, reason="课题冲突")
    assert mails() == [(first.user_id, "offer_waiting", "withdrawn"), (second.user_id, "offer_waiting", "queued")]
    Mail.objects.filter(user=second.user).update(state="sent", ended_at=AT)
    withdraw_need(town.need, by=town.member, at=AT, reason="已解决")
    assert [state for _, _, state in mails()] == ["withdrawn", "sent"]


def test_whom_a_university_may_send(town: Town) -> None:
    stranger = DoctorFactory()
    act = {"by": town.liaison.user, "at": AT, "on": START}
    named = town.place(town.doctors[0])
    assert refused(lambda: dispatch_doctor(named, town.doctors[1], **act)) == "not_asked"
    town = town.another()
    free = town.place()
    assert refused(lambda: dispatch_doctor(free, stranger, **act)) == "not_asked"
    assert dispatch_doctor(free, town.doctors[2], **act).doctor == town.doctors[2]


def test_a_second_dispatch_says_what_happened_before(town: Town) -> None:
    dispatch = town.offer()
    for doctor in town.doctors[:2]:
        act = {"by": town.liaison.user, "at": AT, "on": START}
        assert refused(lambda: dispatch_doctor(dispatch.order, doctor, **act)) == "already_done"  # noqa: B023
    assert Dispatch.objects.count() == 1


def test_accepting_settles_the_order_and_prepares_one_year(town: Town) -> None:
    dispatch, on = town.offer(), START + 7 * DAY
    assignment = accept_dispatch(dispatch, by=town.doctors[0].user, at=moment(on), on=on)
    assert (status(dispatch), dispatch.answered_on, dispatch.status_by) == ("accepted", on, town.doctors[0].user)
    assert (status(dispatch.order), status(town.need)) == ("settled", "ordered")
    assert (assignment.status, assignment.doctor, assignment.host) == ("preparing", town.doctors[0], town.host)
    assert (assignment.order, assignment.batch) == (dispatch.order, town.host.batch)
    assert (assignment.starts_on, assignment.ends_on) == (date(2025, 3, 8), date(2026, 3, 7))
    lead = Project.objects.get(assignment=assignment)
    assert (lead.kind, lead.enterprise, lead.need, lead.title) == (
        "lead", town.host.enterprise, town.need, town.need.title
    )  # fmt: skip
    assert told("dispatch_answered") == {town.member, town.liaison.user}


def test_an_early_acceptance_waits_for_the_batch_to_begin(db: None) -> None:
    batch = BatchFactory(starts_on=START + 30 * DAY, orders_from=START)
    town = Town(batch=batch)
    assignment = accept_dispatch(town.offer(), by=town.doctors[0].user, at=AT, on=START)
    assert (assignment.starts_on, assignment.ends_on) == (batch.starts_on, term_end(batch.starts_on))


def test_an_answer_after_the_last_day_is_refused(town: Town) -> None:
    dispatch, late = town.offer(), START + 8 * DAY
    act = {"by": town.doctors[0].user, "at": moment(late), "on": late}
    assert refused(lambda: accept_dispatch(dispatch, **act)) == "lapsed"
    assert (status(dispatch), Assignment.objects.count()) == ("offered", 0)


def test_a_second_answer_says_what_happened_before(town: Town) -> None:
    dispatch = town.offer()
    act = {"by": town.doctors[0].user, "at": AT, "on": START}
    accept_dispatch(dispatch, **act)
    assert refused(lambda: accept_dispatch(dispatch, **act)) == "already_done"
    assert refused(lambda: decline_dispatch(dispatch, reason="忙", **act)) == "already_done"
    assert refused(lambda: withdraw_dispatch(dispatch, reason="忙", **act)) == "already_done"
    assert refused(lambda: lapse_dispatch(dispatch, at=AT, on=START)) == "already_done"
    assert Assignment.objects.count() == 1
    assert status(dispatch.order) == "settled"


# -- Who comes next --------------------------------------------------------------------------------------------


def decline(dispatch: Dispatch) -> Dispatch:
    assert dispatch.doctor.user is not None
    return decline_dispatch(dispatch, by=dispatch.doctor.user, at=AT, on=START, reason=" 本学期课多 ")


def lapse(dispatch: Dispatch) -> Dispatch:
    assert terms.lapse_overdue(at=moment(START + 7 * DAY), on=START + 7 * DAY) == 0
    assert terms.lapse_overdue(at=moment(START + 8 * DAY), on=START + 8 * DAY) == 1
    dispatch.refresh_from_db()
    return dispatch


def withdraw(dispatch: Dispatch) -> Dispatch:
    return withdraw_dispatch(dispatch, by=CityUserFactory(), at=AT, on=START, reason=" 出国 ")


ENDS = [
    pytest.param(decline, ("declined", "本学期课多", START), id="declined"),
    pytest.param(lapse, ("expired", "", None), id="lapsed"),
    pytest.param(withdraw, ("withdrawn", "出国", None), id="withdrawn"),
]


@pytest.mark.parametrize(("end", "facts"), ENDS)
def test_the_next_alternate_is_offered_by_itself(town: Town, end: Callable[..., Dispatch], facts: Any) -> None:
    one, two, three = town.doctors
    order = town.place(two, one, three)
    first = end(dispatch_doctor(order, two, by=town.liaison.user, at=AT, on=START))
    assert (first.status, first.reason, first.answered_on) == facts
    second = Dispatch.objects.pending().get()
    on = START + 8 * DAY if end is lapse else START
    assert (second.order, second.doctor, second.offered_by, second.answer_by) == (order, one, None, on + 7 * DAY)
    assert (status(order), status(town.need)) == ("dispatched", "ordered")
    assert two.user in told("dispatch_offered")
    assert one.user in told("dispatch_offered")


def test_declining_needs_a_reason(town: Town) -> None:
    dispatch = town.offer()
    act = {"by": town.doctors[0].user, "at": AT, "on": START}
    assert refused(lambda: decline_dispatch(dispatch, reason=" ", **act)) == "reason_missing"
    assert status(dispatch) == "offered"
    decline(dispatch)
    assert dispatch.events.order_by("pgh_id").last().pgh_context.metadata["reason"] == "本学期课多"


def test_an_alternate_who_is_full_by_now_is_passed_over(town: Town) -> None:
    one, two, three = town.doctors
    order = town.place(one, two, three)
    first = dispatch_doctor(order, one, by=town.liaison.user, at=AT, on=START)
    full(town, two)
    decline(first)
    assert Dispatch.objects.pending().get(order=order).doctor == three


@pytest.mark.parametrize(("end", "facts"), ENDS)
def test_without_an_alternate_the_order_has_failed_and_the_need_is_free(
    town: Town, end: Callable[..., Dispatch], facts: Any
) -> None:
    one, two, _three = town.doctors
    order = town.place(one, two)
    first = dispatch_doctor(order, one, by=town.liaison.user, at=AT, on=START)
    full(town, two)
    end(first)
    assert (status(order), status(town.need)) == ("failed", "published")
    assert told("order_failed") == {town.member}
    again = town.place(town.doctors[2])
    assert again.pk != order.pk


def test_an_order_to_a_university_waits_for_another_doctor(town: Town) -> None:
    order = town.place()
    act = {"by": town.liaison.user, "at": AT, "on": START}
    first = dispatch_doctor(order, town.doctors[0], **act)
    decline(first)
    assert (status(order), status(town.need)) == ("placed", "ordered")
    assert Dispatch.objects.pending().count() == 0
    assert refused(lambda: dispatch_doctor(order, town.doctors[0], **act)) == "asked_before"
    assert dispatch_doctor(order, town.doctors[1], **act).status == "offered"


def test_cancelling_an_order_frees_the_need_and_the_doctor(town: Town) -> None:
    dispatch = town.offer()
    order = dispatch.order
    cancel_order(order, by=town.member, at=AT, reason="换人")
    assert (status(order), status(dispatch), status(town.need)) == ("cancelled", "withdrawn", "published")
    assert told("order_cancelled") == {town.doctors[0].user}
    assert refused(lambda: cancel_order(order, by=town.member, at=AT, reason="换人")) == "already_done"
    assert town.offer().status == "offered"


def test_a_settled_order_is_not_cancelled(town: Town) -> None:
    dispatch = town.offer()
    accept_dispatch(dispatch, by=town.doctors[0].user, at=AT, on=START)
    act = {"by": town.member, "at": AT, "reason": "换人"}
    assert refused(lambda: cancel_order(dispatch.order, **act)) == "settled"
    assert status(dispatch.order) == "settled"


# -- Assignments -----------------------------------------------------------------------------------------------


@pytest.fixture
def prepared(town: Town) -> Assignment:
    return accept_dispatch(town.offer(), by=town.doctors[0].user, at=AT, on=START)


def test_service_begins_and_runs_for_a_year(town: Town, prepared: Assignment) -> None:
    begun = begin_assignment(prepared, by=town.office, at=AT, starts_on=date(2025, 3, 31))
    assert (begun.status, begun.starts_on, begun.ends_on) == ("active", date(2025, 3, 31), date(2026, 3, 30))
    assert status(town.need) == "in_service"
    assert told("assignment_begun") == {town.member, town.liaison.user, town.doctors[0].user}
    act = {"by": town.office, "at": AT, "starts_on": START}
    assert refused(lambda: begin_assignment(prepared, **act)) == "already_done"


@pytest.mark.parametrize(("days", "code"), [(-1, "outside_batch"), (0, ""), (729, ""), (730, "outside_batch")])
def test_service_begins_within_the_batch(prepared: Assignment, days: int, code: str) -> None:
    act = {"by": CityUserFactory(), "at": AT, "starts_on": START + days * DAY}
    if code:
        assert refused(lambda: begin_assignment(prepared, **act)) == code
        assert status(prepared) == "preparing"
    else:
        assert begin_assignment(prepared, **act).starts_on == START + days * DAY


def test_a_service_does_not_begin_within_an_earlier_one_at_the_host(town: Town) -> None:
    """The earlier one was stopped with a last day that still lies ahead."""
    doctor = town.doctors[0]
    AssignmentFactory(
        doctor=doctor, host=town.host, batch=town.host.batch, status="stopped", stopped_on=START + 9 * DAY,
        stopped_at=AT, stop_reason="停产",
    )  # fmt: skip
    dispatch = town.offer()
    accept = {"by": doctor.user, "at": AT}
    assert refused(lambda: accept_dispatch(dispatch, on=START + 7 * DAY, **accept)) == "overlap"
    assert (status(dispatch), status(dispatch.order)) == ("offered", "dispatched")
    Assignment.objects.update(stopped_on=START + 5 * DAY)
    assignment = accept_dispatch(dispatch, on=START + 6 * DAY, **accept)
    begin = {"by": town.office, "at": AT}
    assert refused(lambda: begin_assignment(assignment, starts_on=START + 5 * DAY, **begin)) == "overlap"
    assert (status(assignment), assignment.starts_on) == ("preparing", START + 6 * DAY)
    assert begin_assignment(assignment, starts_on=START + 6 * DAY, **begin).status == "active"


def test_calling_off_before_the_beginning_frees_everything(town: Town, prepared: Assignment) -> None:
    act = {"by": town.office, "at": AT}
    assert refused(lambda: cancel_assignment(prepared, reason="", **act)) == "reason_missing"
    cancel_assignment(prepared, reason="学校不同意", **act)
    assert (status(prepared), status(prepared.order), status(town.need)) == ("cancelled", "cancelled", "published")
    assert told("assignment_cancelled") == {town.member, town.liaison.user, town.doctors[0].user}
    assert town.offer().status == "offered"


def test_a_service_under_way_is_stopped_not_called_off(town: Town, prepared: Assignment) -> None:
    begin_assignment(prepared, by=town.office, at=AT, starts_on=START)
    act = {"by": town.office, "at": AT, "reason": "不要了"}
    assert refused(lambda: cancel_assignment(prepared, **act)) == "already_done"
    assert (status(prepared), status(prepared.order), status(town.need)) == ("active", "settled", "in_service")


def test_stopping_names_the_last_day_and_the_reason(town: Town) -> None:
    assignment = AssignmentFactory(doctor=town.doctors[0], host=town.host)
    act = {"by": town.office, "at": moment(START + 90 * DAY)}
    for day, reason, code in [
        (START, " ", "reason_missing"),
        (START - DAY, "停产", "outside_term"),
        (assignment.ends_on + DAY, "停产", "outside_term"),
    ]:
        assert refused(lambda: stop_assignment(assignment, last_day=day, reason=reason, **act)) == code  # noqa: B023
    assert status(assignment) == "active"
    stop_assignment(assignment, last_day=START + 60 * DAY, reason=" 企业停产 ", **act)
    assert (status(assignment), assignment.stopped_on, assignment.stop_reason) == (
        "stopped", START + 60 * DAY, "企业停产"
    )  # fmt: skip
    assert (assignment.stopped_at, assignment.last_day) == (act["at"], START + 60 * DAY)
    assert told("assignment_stopped") == {town.member, town.liaison.user, town.doctors[0].user}
    again = {"last_day": START, "reason": "x", **act}
    assert refused(lambda: stop_assignment(assignment, **again)) == "already_done"


@pytest.mark.parametrize("edge", ["starts_on", "ends_on"])
def test_the_last_day_may_be_the_first_or_the_last_of_the_term(db: None, edge: str) -> None:
    assignment = AssignmentFactory()
    day = getattr(assignment, edge)
    stop_assignment(assignment, by=CityUserFactory(), at=AT, last_day=day, reason="停产")
    assert assignment.stopped_on == day


def test_terms_that_are_over_are_completed_by_the_calendar(db: None) -> None:
    ending, running = AssignmentFactory(), AssignmentFactory(starts_on=START + DAY)
    preparing = AssignmentFactory(status="preparing")
    last = ending.ends_on
    assert terms.complete_ended(at=moment(last), on=last) == 0
    assert refused(lambda: complete_assignment(ending, at=AT, on=last)) == "term_runs"
    assert terms.complete_ended(at=moment(last + DAY), on=last + DAY) == 1
    assert (status(ending), ending.status_by, ending.status_at) == ("completed", None, moment(last + DAY))
    assert (status(running), status(preparing)) == ("active", "preparing")
    assert terms.complete_ended(at=moment(last + DAY), on=last + DAY) == 0


def test_an_enterprise_served_beside_the_lead_project(db: None) -> None:
    assignment, other, by = AssignmentFactory(), EnterpriseFactory(), CityUserFactory()
    need = NeedFactory(enterprise=other)

    def serve(enterprise: Any, **facts: Any) -> Project:
        return add_served_enterprise(assignment, enterprise, by=by, at=AT, title=" 炉衬诊断 ", **facts)

    project = serve(other, need=need)
    assert (project.kind, project.enterprise, project.need, project.title) == ("served", other, need, "炉衬诊断")
    assert refused(lambda: serve(other)) == "served"
    assert refused(lambda: serve(assignment.host.enterprise)) == "served"
    avoided = EnterpriseFactory()
    Interest.objects.create(doctor=assignment.doctor, credit_code=avoided.credit_code, what="亲属任高管")
    assert refused(lambda: serve(avoided)) == "interest"
    for value in ("completed", "cancelled"):
        Assignment.objects.update(status=value)
        assert refused(lambda: serve(EnterpriseFactory())) == "not_running"
    assert Project.objects.filter(assignment=assignment, kind="served").count() == 1


# -- Two at once -----------------------------------------------------------------------------------------------


def fresh(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


@pytest.mark.django_db(transaction=True)
def test_two_orders_never_take_a_doctors_last_place() -> None:
    """Both orders stand, since an order takes no place; of the two dispatches one goes through."""
    one = Town(1)
    two = one.another()
    doctor = one.doctors[0]
    orders = [town.place(doctor) for town in (one, two)]

    def dispatch(order: Order) -> Callable[[], Dispatch]:
        return lambda: dispatch_doctor(fresh(order), fresh(doctor), by=one.liaison.user, at=AT, on=START)

    first, second = race(dispatch(orders[0]), dispatch(orders[1]))
    assert first.order == orders[0]
    assert (type(second), second.code) == (Refused, "full")
    assert [status(order) for order in orders] == ["dispatched", "placed"]
    assert Dispatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("places", "accepted"), [(1, 0), (2, 2)])
def test_two_acceptances_at_once_stay_within_a_doctors_places(places: int, accepted: int) -> None:
    """Two offers were made while he had two places; with one left, he has to decline one first."""
    one = Town(1)
    doctor = one.doctors[0]
    Doctor.objects.update(most_hosts=2)
    offers = [town.offer(doctor) for town in (one, one.another())]
    Doctor.objects.update(most_hosts=places)

    def accept(offer: Dispatch) -> Callable[[], Any]:
        return lambda: accept_dispatch(fresh(offer), by=doctor.user, at=AT, on=START)

    outcomes = race(accept(offers[0]), accept(offers[1]))
    assert [each.code for each in outcomes if isinstance(each, Refused)] == ["full"] * (2 - accepted)
    assert Assignment.objects.taking_a_place().filter(doctor=doctor).count() == accepted


@pytest.mark.django_db(transaction=True)
def test_an_acceptance_and_a_dispatch_never_take_the_last_place_together() -> None:
    one = Town(1)
    two, doctor = one.another(), one.doctors[0]
    other = two.place(doctor)
    offer = one.offer(doctor)
    first, second = race(
        lambda: accept_dispatch(fresh(offer), by=doctor.user, at=AT, on=START),
        lambda: dispatch_doctor(fresh(other), fresh(doctor), by=one.liaison.user, at=AT, on=START),
    )
    assert first.doctor == doctor
    assert (type(second), second.code) == (Refused, "full")
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_offer_accepted_twice_at_once_is_one_assignment() -> None:
    town = Town(1)
    offer = town.offer()

    def accept() -> Assignment:
        return accept_dispatch(fresh(offer), by=town.doctors[0].user, at=AT, on=START)

    first, second = race(accept, accept)
    assert first.status == "preparing"
    assert type(second) is AlreadyDone
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_orders_for_one_need_at_once_are_one() -> None:
    town = Town(2)

    def place(doctor: Doctor) -> Callable[[], Order]:
        return lambda: place_order(fresh(town.need), by=town.member, at=AT, on=START, doctors=[fresh(doctor)])

    first, second = race(place(town.doctors[0]), place(town.doctors[1]))
    assert first.status == "placed"
    assert (type(second), second.code) == (Refused, "need_not_published")
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_a_need_withdrawn_while_the_doctor_accepts(withdrawn_first: bool) -> None:
    town = Town(1)
    offer = town.offer()

    def take_back() -> Need:
        return withdraw_need(fresh(town.need), by=town.member, at=AT, reason="不要了")

    def accept() -> Assignment:
        return accept_dispatch(fresh(offer), by=town.doctors[0].user, at=AT, on=START)

    if withdrawn_first:
        first, second = race(take_back, accept)
        assert (first.status, type(second)) == ("withdrawn", AlreadyDone)
        assert (status(offer), status(offer.order), Assignment.objects.count()) == ("withdrawn", "cancelled", 0)
    else:
        first, second = race(accept, take_back)
        assert (first.status, type(second)) == ("preparing", Refused)
        assert (status(offer), status(offer.order), status(town.need)) == ("accepted", "settled", "ordered")


@pytest.mark.django_db(transaction=True)
def test_an_offer_that_lapses_while_the_doctor_accepts() -> None:
    town = Town(2)
    order = town.place(*town.doctors)
    offer = dispatch_doctor(order, town.doctors[0], by=town.liaison.user, at=AT, on=START)
    first, second = race(
        lambda: accept_dispatch(fresh(offer), by=town.doctors[0].user, at=AT, on=START + 7 * DAY),
        lambda: terms.lapse_overdue(at=AT, on=START + 8 * DAY),
    )
    assert (first.status, second) == ("preparing", 0)
    assert [each.status for each in Dispatch.objects.all()] == ["accepted"]


@pytest.mark.django_db(transaction=True)
def test_many_declines_and_dispatches_at_once_never_wait_in_a_circle() -> None:
    """Four orders with the same three doctors in different order, all declined at the same moment."""
    first = Town(4)
    towns = [first, *(first.another() for _ in range(3))]
    Doctor.objects.update(most_hosts=2)
    offers = []
    for turn, town in enumerate(towns):
        ranked = [first.doctors[(turn + step) % 4] for step in range(3)]
        order = town.place(*ranked)
        offers.append(dispatch_doctor(order, ranked[0], by=first.liaison.user, at=AT, on=START))
    outcomes = together(*[lambda offer=offer: decline(fresh(offer)) for offer in offers])  # type: ignore[misc]
    assert [each.status for each in outcomes] == ["declined"] * 4
    assert Dispatch.objects.pending().count() == 4
    for doctor in first.doctors:
        assert Dispatch.objects.pending().filter(doctor=doctor).count() <= 2


@pytest.mark.django_db
def test_the_doctor_hears_nothing_without_an_account() -> None:
    town = Town(1)
    Doctor.objects.update(user=None)
    order = town.place(town.doctors[0])
    dispatch = dispatch_doctor(order, town.doctors[0], by=town.liaison.user, at=AT, on=START)
    assert dispatch.status == "offered"
    assert told("dispatch_offered") == set()
