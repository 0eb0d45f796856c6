"""What became of suggestions: which act writes which rows, and which writes none."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from assignments import terms
from assignments.actions import (
    accept_dispatch,
    begin_assignment,
    cancel_assignment,
    complete_assignment,
    decline_dispatch,
    dispatch_doctor,
    place_order,
    stop_assignment,
    withdraw_dispatch,
)
from assignments.models import Assignment, Dispatch, Order
from experts.models import Doctor
from matching import feedback
from matching.models import Feedback, Suggestion
from tests.factories import (
    START,
    AssignmentFactory,
    CityUserFactory,
    CountyOfficeFactory,
    CountyUserFactory,
    DoctorFactory,
    HostFactory,
    LiaisonFactory,
    MatchRunFactory,
    MemberFactory,
    NeedFactory,
    SuggestionFactory,
    moment,
)

AT = moment(START)


class Town:
    """A host's need with a shortlist of five doctors, the best first."""

    def __init__(self) -> None:
        self.host = HostFactory()
        self.member = MemberFactory(enterprise=self.host.enterprise).user
        self.liaison = LiaisonFactory()
        self.office = CityUserFactory()
        self.need = NeedFactory(enterprise=self.host.enterprise)
        self.doctors = [DoctorFactory(university=self.liaison.university) for _ in range(5)]
        self.run = MatchRunFactory(need=self.need, engine_version="2.0+w3")
        self.lines = [
            SuggestionFactory(need=self.need, run=self.run, doctor=doctor, rank=rank, score=Decimal(90 - rank))
            for rank, doctor in enumerate(self.doctors, start=1)
        ]

    def place(self, *doctors: Doctor, by: User | None = None) -> Order:
        chosen: dict[str, Any] = {"doctors": doctors} if doctors else {"university": self.liaison.university}
        return place_order(self.need, by=by or self.member, at=AT, on=START, **chosen)

    def offer(self, *doctors: Doctor) -> Dispatch:
        return dispatch_doctor(self.place(*doctors), doctors[0], by=self.liaison.user, at=AT, on=START)

    def noted(self) -> list[tuple[str, int]]:
        """What was written, oldest first: what became of whom, by his rank on the shortlist."""
        return list(Feedback.objects.order_by("pk").values_list("kind", "rank"))


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def service(dispatch: Dispatch, town: Town) -> Assignment:
    assignment = accept_dispatch(dispatch, by=dispatch.doctor.user, at=AT, on=START)
    return begin_assignment(assignment, by=town.office, at=AT, starts_on=START)


ORDERED_SECOND = [("passed_over", 1), ("ordered", 2), ("passed_over", 3), ("passed_over", 4), ("passed_over", 5)]


def test_an_order_accepted_and_served_to_its_end(town: Town) -> None:
    doctor, line = town.doctors[1], town.lines[1]
    assignment = service(town.offer(doctor), town)
    after = assignment.ends_on + timedelta(days=1)
    assert terms.complete_ended(at=moment(after), on=after) == 1
    assert town.noted() == [*ORDERED_SECOND, ("accepted", 2), ("ended_well", 2)]
    for row in Feedback.objects.all():
        assert (row.engine, row.engine_version, row.need) == ("bm25", "2.0+w3", town.need)
        assert (row.suggestion.rank, row.suggestion.doctor) == (row.rank, row.doctor)  # type: ignore[union-attr]
    of_him = Feedback.objects.filter(doctor=doctor).order_by("pk")
    assert [(row.score, row.points, row.reason) for row in of_him] == [(line.score, line.points, "")] * 3
    assert [row.by for row in of_him] == [town.member, doctor.user, None]
    assert [row.at for row in of_him] == [AT, AT, moment(after)]
    assert {row.by for row in Feedback.objects.filter(kind="passed_over")} == {town.member}


def test_a_refusal_keeps_its_reason_and_the_next_one_is_asked(town: Town) -> None:
    one, two = town.doctors[:2]
    dispatch = town.offer(one, two)
    decline_dispatch(dispatch, by=one.user, at=AT, on=START, reason=" 方向不合 ")
    passed = [("passed_over", rank) for rank in (3, 4, 5)]
    assert town.noted() == [("ordered", 1), ("ordered", 2), *passed, ("declined", 1)]
    row = Feedback.objects.get(kind="declined")
    assert (row.doctor, row.by, row.reason) == (one, one.user, "方向不合")
    accept_dispatch(Dispatch.objects.get(doctor=two), by=two.user, at=AT, on=START)
    assert town.noted()[6:] == [("accepted", 2)]


def test_an_offer_that_lapses_is_nobodys_act(town: Town) -> None:
    dispatch = town.offer(town.doctors[1])
    day = dispatch.answer_by + timedelta(days=1)
    assert terms.lapse_overdue(at=moment(day), on=day) == 1
    assert town.noted() == [*ORDERED_SECOND, ("expired", 2)]
    assert Feedback.objects.get(kind="expired").by is None


def test_an_offer_taken_back_by_the_university_says_nothing(town: Town) -> None:
    dispatch = town.offer(town.doctors[1])
    withdraw_dispatch(dispatch, by=town.liaison.user, at=AT, on=START, reason="另有安排")
    assert town.noted() == ORDERED_SECOND


def test_a_service_that_is_stopped_ended_badly_with_the_reason(town: Town) -> None:
    assignment = service(town.offer(town.doctors[1]), town)
    day = START + timedelta(days=60)
    stop_assignment(assignment, by=town.office, at=moment(day), last_day=day, reason=" 双方不再需要 ")
    assert town.noted() == [*ORDERED_SECOND, ("accepted", 2), ("ended_badly", 2)]
    row = Feedback.objects.get(kind="ended_badly")
    assert (row.by, row.at, row.reason) == (town.office, moment(day), "双方不再需要")


def test_a_service_called_off_before_it_began_adds_nothing(town: Town) -> None:
    dispatch = town.offer(town.doctors[1])
    assignment = accept_dispatch(dispatch, by=dispatch.doctor.user, at=AT, on=START)
    cancel_assignment(assignment, by=town.office, at=AT, reason="没有签协议")
    assert town.noted() == [*ORDERED_SECOND, ("accepted", 2)]


def test_a_service_without_an_order_leaves_no_trace(db: None) -> None:
    assignment = AssignmentFactory()
    assert assignment.order is None
    complete_assignment(assignment, at=AT, on=date(2027, 1, 1))
    assert not Feedback.objects.exists()


# -- Who was passed over -------------------------------------------------------------------------------------


def test_whoever_could_not_have_been_ordered_was_not_passed_over(town: Town) -> None:
    Doctor.objects.filter(pk=town.doctors[0].pk).update(active=False)
    Doctor.objects.filter(pk=town.doctors[3].pk).update(posting_excludes=True)
    town.place(town.doctors[1])
    assert town.noted() == [("ordered", 2), ("passed_over", 3), ("passed_over", 5)]


def test_the_office_passes_over_only_the_lines_below(town: Town) -> None:
    """It may keep a better line for another need, as the plan of a batch does."""
    town.place(town.doctors[0], town.doctors[2], by=town.office)
    assert town.noted() == [("ordered", 1), ("ordered", 3), ("passed_over", 4), ("passed_over", 5)]


def test_a_doctor_from_outside_the_shortlist_leaves_no_trace(town: Town) -> None:
    stranger = DoctorFactory(university=town.liaison.university)
    dispatch = town.offer(stranger)
    accept_dispatch(dispatch, by=stranger.user, at=AT, on=START)
    assert town.noted() == []


def test_a_choice_left_to_a_university_begins_with_the_answer(town: Town) -> None:
    order, doctor = town.place(), town.doctors[3]
    assert town.noted() == []
    dispatch = dispatch_doctor(order, doctor, by=town.liaison.user, at=AT, on=START)
    accept_dispatch(dispatch, by=doctor.user, at=AT, on=START)
    assert town.noted() == [("accepted", 4)]


def test_only_the_shortlist_in_force_is_passed_over(town: Town) -> None:
    Suggestion.objects.filter(rank__gte=3).update(current=False)
    town.place(town.doctors[1])
    assert town.noted() == [("passed_over", 1), ("ordered", 2)]


# -- What is recorded ----------------------------------------------------------------------------------------


def test_the_line_in_force_counts_and_else_the_latest_that_was(town: Town) -> None:
    doctor, old = town.doctors[0], town.lines[0]
    Suggestion.objects.filter(pk=old.pk).update(current=False)
    later = MatchRunFactory(need=town.need, engine_version="2.1")
    was = SuggestionFactory(need=town.need, run=later, doctor=doctor, rank=7, current=False, points=[])
    unfinished = MatchRunFactory(need=town.need, finished_at=None)
    SuggestionFactory(need=town.need, run=unfinished, doctor=doctor, rank=9, current=False)

    def said() -> tuple[Any, ...]:
        row = feedback.record(town.need, doctor, "pinned", by=town.office, at=AT, reason=" 企业点名 ")
        assert row is not None
        row.refresh_from_db()
        assert (row.kind, row.reason, row.by, row.at) == ("pinned", "企业点名", town.office, AT)
        return row.suggestion, row.engine_version, row.rank, row.points

    assert said() == (was, "2.1", 7, [])
    Suggestion.objects.filter(pk=old.pk).update(current=True)
    assert said() == (old, "2.0+w3", 1, old.points)


def test_a_pair_the_engine_never_suggested_has_no_feedback(town: Town) -> None:
    assert feedback.record(town.need, DoctorFactory(), "forbidden", by=town.office, at=AT) is None
    assert feedback.record(NeedFactory(), town.doctors[0], "forbidden", by=town.office, at=AT) is None
    assert not Feedback.objects.exists()


def test_the_points_outlive_the_suggestion(town: Town) -> None:
    feedback.record(town.need, town.doctors[0], "forbidden", by=town.office, at=AT, reason="有利害关系")
    town.run.delete()
    row = Feedback.objects.get()
    assert (row.suggestion, row.rank, row.score, row.points) == (None, 1, Decimal(89), town.lines[0].points)


def test_feedback_is_the_offices_own(town: Town) -> None:
    town.place(town.doctors[0])
    area = CountyOfficeFactory(district=town.need.enterprise.district)
    people = {
        "city": town.office, "its county": CountyUserFactory(office=area), "a county": CountyUserFactory(),
        "enterprise": town.member, "university": town.liaison.user, "doctor": town.doctors[0].user,
    }  # fmt: skip
    seen = {name: Feedback.objects.visible_to(user).count() for name, user in people.items()}
    assert seen == {"city": 5, "its county": 5, "a county": 0, "enterprise": 0, "university": 0, "doctor": 0}
