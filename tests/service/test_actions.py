"""Visits logged, confirmed, disputed, taken back; waivers, reminders, re-opened months, outcomes; two acts at once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from assignments.models import Assignment, Project
from core.errors import AlreadyDone, Refused
from core.models import Notice
from experts.models import Doctor
from officedata.months import Month
from service import actions
from service.models import Check, Outcome, Reminder, Standing, Visit, Waiver
from service.standings import refresh_standings
from tests.factories import (
    START,
    AssignmentFactory,
    CheckFactory,
    CityUserFactory,
    EnterpriseFactory,
    MemberFactory,
    VisitFactory,
    WaiverFactory,
    moment,
)
from tests.threads import race, together

DAY = timedelta(days=1)
TODAY = date(2025, 3, 20)
NOW = moment(TODAY)
MARCH = Month(2025, 3)


@pytest.fixture
def assignment(db: None) -> Assignment:
    made: Assignment = AssignmentFactory()
    return made


def log(assignment: Assignment, first: date = TODAY - DAY, last: date = TODAY, **facts: Any) -> Visit:
    given = {"by": assignment.doctor.user, "at": NOW, "on": TODAY, "enterprise": assignment.host.enterprise}
    return actions.log_visit(assignment, starts_on=first, ends_on=last, **({"content": "查看窑口"} | given | facts))


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def told(kind: str) -> list[User]:
    return [notice.user for notice in Notice.objects.filter(kind=kind).order_by("pk")]


def fresh(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


def standing(assignment: Assignment) -> dict[str, Any]:
    return dict(Standing.objects.filter(pk=assignment.pk).values().get())


def recomputed(assignment: Assignment, on: date) -> dict[str, Any]:
    """The standing worked out anew from nothing, put back as it was."""
    kept = Standing.objects.get(pk=assignment.pk)
    Standing.objects.filter(pk=assignment.pk).delete()
    refresh_standings([fresh(assignment)], on=on)
    found = standing(assignment)
    kept.save()
    return {**found, "reminded_on": kept.reminded_on}


# -- Logging -----------------------------------------------------------------------------------------------


def test_a_logged_visit_awaits_the_enterprise(assignment: Assignment) -> None:
    member = MemberFactory(enterprise=assignment.host.enterprise).user
    visit = log(assignment, content=" 查看窑口 ", solved=" 配比 ", next_step=" 试烧 ", mode="onsite")
    visit.refresh_from_db()
    assert (visit.status, visit.doctor, visit.enterprise) == ("logged", assignment.doctor, assignment.host.enterprise)
    assert (visit.starts_on, visit.ends_on, visit.length) == (TODAY - DAY, TODAY, 2)
    assert (visit.content, visit.solved, visit.next_step, visit.mode) == ("查看窑口", "配比", "试烧", "onsite")
    assert (visit.logged_by, visit.logged_at, visit.confirmed_at) == (assignment.doctor.user, NOW, None)
    notice = Notice.objects.get(kind="visit_logged")
    assert notice.user == member
    assert notice.params == {
        "doctor": assignment.doctor.name, "host": visit.enterprise.name, "days": 2, "first": "2025-03-19"
    }  # fmt: skip
    now = standing(assignment)
    assert (now["month_days"], now["month_awaiting"], now["last_visit_on"], now["on"]) == (0, 2, TODAY, TODAY)


def test_every_refusal_has_its_code(assignment: Assignment) -> None:
    log(assignment, date(2025, 3, 10), date(2025, 3, 11))
    cases: list[tuple[str, date, date, dict[str, Any]]] = [
        ("content_missing", TODAY, TODAY, {"content": " \n"}),
        ("not_served", TODAY, TODAY, {"enterprise": EnterpriseFactory()}),
        ("ends_before_start", TODAY, TODAY - DAY, {}),
        ("future_days", TODAY, TODAY + DAY, {}),
        ("before_term", START - DAY, START, {}),
        ("duplicate", date(2025, 3, 10), date(2025, 3, 11), {}),
        ("overlap", date(2025, 3, 11), date(2025, 3, 12), {}),
        ("overlap", date(2025, 3, 9), date(2025, 3, 12), {}),
    ]
    for code, first, last, facts in cases:
        assert refused(lambda: log(assignment, first, last, **facts)) == code  # noqa: B023
    assert Visit.objects.count() == 1


def test_several_refusals_are_all_named(assignment: Assignment) -> None:
    with pytest.raises(Refused) as refusal:
        log(assignment, assignment.ends_on, assignment.ends_on + DAY)
    assert refusal.value.code == "future_days"
    assert len({refusal.value.message, *refusal.value.reasons}) == 2  # and it ends after the term


@pytest.mark.parametrize(
    ("on", "code"), [(date(2025, 4, 5), ""), (date(2025, 4, 6), "month_locked"), (date(2025, 5, 1), "month_locked")]
)
def test_after_the_grace_period_the_month_is_locked(assignment: Assignment, on: date, code: str) -> None:
    def act() -> Visit:
        return log(assignment, TODAY, TODAY, on=on, at=moment(on))

    if code:
        assert refused(act) == code
    else:
        assert act().status == "logged"


@pytest.mark.parametrize(("value", "code"), [("preparing", "not_begun"), ("cancelled", "not_begun"), ("active", "")])
def test_visits_are_logged_once_service_has_begun(assignment: Assignment, value: str, code: str) -> None:
    Assignment.objects.update(status=value)
    if code:
        assert refused(lambda: log(assignment)) == code
    else:
        assert log(assignment).pk


def test_after_a_stop_visits_up_to_the_last_day_are_still_logged(assignment: Assignment) -> None:
    facts = {"stopped_on": TODAY - DAY, "stopped_at": NOW, "stop_reason": "停产"}
    Assignment.objects.update(status="stopped", **facts)
    assert log(assignment, TODAY - 2 * DAY, TODAY - DAY).pk
    assert refused(lambda: log(assignment, TODAY, TODAY)) == "after_term"


def test_an_enterprise_served_beside_the_host_is_visited_too(assignment: Assignment) -> None:
    other = EnterpriseFactory()
    Project.objects.create(assignment=assignment, kind="served", enterprise=other, title="诊断")
    log(assignment)
    visit = log(assignment, enterprise=other)
    assert visit.enterprise == other
    now = standing(assignment)
    assert (now["month_awaiting"], now["days_awaiting"]) == (2, 2)  # the same two days for the doctor


def test_days_taken_back_can_be_logged_anew(assignment: Assignment) -> None:
    visit = log(assignment)
    actions.withdraw_visit(visit, by=assignment.doctor.user, at=NOW, on=TODAY)
    assert log(assignment).pk != visit.pk


def test_an_entry_sent_twice_is_one_visit(assignment: Assignment) -> None:
    key = uuid4()
    visit = log(assignment, client_key=key)
    assert log(assignment, client_key=key) == visit
    assert refused(lambda: log(assignment, START, START, client_key=key)) == "sent_before"
    assert refused(lambda: log(assignment, client_key=key, content="别的")) == "sent_before"
    assert Visit.objects.count() == 1
    assert refused(lambda: log(assignment, client_key=uuid4())) == "duplicate"


# -- Answers -----------------------------------------------------------------------------------------------


def test_confirmed_days_count(assignment: Assignment) -> None:
    by = CityUserFactory()
    visit = log(assignment)
    actions.confirm_visit(visit, by=by, at=moment(TODAY, 15), on=TODAY)
    visit.refresh_from_db()
    assert (visit.status, visit.confirmed_at, visit.status_by) == ("confirmed", moment(TODAY, 15), by)
    assert told("visit_confirmed") == [assignment.doctor.user]
    now = standing(assignment)
    assert (now["month_days"], now["month_awaiting"], now["month_verdict"]) == (2, 0, "met")
    for act in (actions.confirm_visit, actions.withdraw_visit):
        with pytest.raises(AlreadyDone):
            act(visit, by=by, at=NOW, on=TODAY)
    with pytest.raises(AlreadyDone):
        actions.dispute_visit(visit, by=by, at=NOW, on=TODAY, reason="没来")


def test_a_dispute_needs_a_reason_and_can_be_settled(assignment: Assignment) -> None:
    by = CityUserFactory()
    visit = log(assignment)
    assert refused(lambda: actions.dispute_visit(visit, by=by, at=NOW, on=TODAY, reason=" ")) == "reason_missing"
    actions.dispute_visit(visit, by=by, at=moment(TODAY, 15), on=TODAY, reason=" 只来了一天 ")
    visit.refresh_from_db()
    assert (visit.status, visit.dispute_reason, visit.disputed_at) == ("disputed", "只来了一天", moment(TODAY, 15))
    assert told("visit_disputed") == [assignment.doctor.user]
    assert visit.events.order_by("pgh_id").last().pgh_context.metadata["reason"] == "只来了一天"
    now = standing(assignment)
    assert (now["month_days"], now["month_awaiting"]) == (0, 0)
    actions.confirm_visit(visit, by=by, at=moment(TODAY, 16), on=TODAY)
    assert standing(assignment)["month_days"] == 2


def test_a_visit_is_taken_back_before_it_is_confirmed(assignment: Assignment) -> None:
    visit = log(assignment)
    actions.withdraw_visit(visit, by=assignment.doctor.user, at=moment(TODAY, 15), on=TODAY)
    visit.refresh_from_db()
    assert (visit.status, visit.withdrawn_at) == ("withdrawn", moment(TODAY, 15))
    now = standing(assignment)
    assert (now["month_awaiting"], now["last_visit_on"]) == (0, None)


def test_of_several_those_decided_meanwhile_are_left(assignment: Assignment) -> None:
    visits = [log(assignment, day, day) for day in (TODAY - 2 * DAY, TODAY - DAY, TODAY)]
    actions.withdraw_visit(visits[1], by=assignment.doctor.user, at=NOW, on=TODAY)
    done, sentences = actions.confirm_visits(
        Visit.objects.order_by("pk"), by=CityUserFactory(), at=moment(TODAY, 15), on=TODAY
    )
    assert done == [visits[0], visits[2]]
    assert len(sentences) == 1
    assert [fresh(visit).status for visit in visits] == ["confirmed", "withdrawn", "confirmed"]


@pytest.mark.parametrize("days", [0, 1, 40, 210])
def test_a_kept_standing_equals_one_worked_out_anew(assignment: Assignment, days: int) -> None:
    by = CityUserFactory()
    on = TODAY + days * DAY
    for number, back in enumerate((9, 7, 5, 3, 1)):
        visit = log(assignment, on - back * DAY, on - (back - 1) * DAY, on=on, at=moment(on))
        if number % 3 == 0:
            actions.confirm_visit(visit, by=by, at=moment(on, 10), on=on)
        elif number % 3 == 1:
            actions.dispute_visit(visit, by=by, at=moment(on, 10), on=on, reason="没来")
        assert standing(assignment) == recomputed(assignment, on)
    waiver = actions.ask_waiver(assignment, Month.of(on), by=by, at=moment(on), reason="大修")
    actions.decide_waiver(waiver, by=by, at=moment(on, 12), on=on, granted=True)
    assert standing(assignment) == recomputed(assignment, on)


# -- Waivers -----------------------------------------------------------------------------------------------


def test_a_waiver_is_asked_and_granted(assignment: Assignment) -> None:
    office, member = CityUserFactory(), MemberFactory(enterprise=assignment.host.enterprise).user
    waiver = actions.ask_waiver(assignment, MARCH, by=member, at=NOW, reason=" 窑炉大修 ")
    assert (waiver.status, waiver.month, waiver.reason) == ("asked", date(2025, 3, 1), "窑炉大修")
    assert (waiver.asked_by, waiver.asked_at) == (member, NOW)
    assert set(told("waiver_asked")) == set(User.objects.filter(role="office"))
    assert office in told("waiver_asked")
    actions.decide_waiver(waiver, by=office, at=moment(TODAY, 12), on=TODAY, granted=True)
    assert (waiver.status, waiver.status_by, waiver.status_at) == ("granted", office, moment(TODAY, 12))
    assert set(told("waiver_decided")) == {member, assignment.doctor.user}
    assert standing(assignment)["month_verdict"] == "waived"


def test_a_refusal_needs_a_reason_and_leaves_room_for_another_request(assignment: Assignment) -> None:
    office, doctor = CityUserFactory(), assignment.doctor.user
    waiver = actions.ask_waiver(assignment, MARCH, by=doctor, at=NOW, reason="大修")
    act: dict[str, Any] = {"by": office, "at": NOW, "on": TODAY, "granted": False}
    assert refused(lambda: actions.decide_waiver(waiver, reason=" ", **act)) == "reason_missing"
    assert fresh(waiver).status == "asked"
    actions.decide_waiver(waiver, reason=" 可以提前安排 ", **act)
    assert (waiver.status, waiver.decision_reason) == ("refused", "可以提前安排")
    assert len(told("waiver_decided")) == 1
    with pytest.raises(AlreadyDone):
        actions.decide_waiver(waiver, reason="再想想", **act)
    assert actions.ask_waiver(assignment, MARCH, by=doctor, at=NOW, reason="又停电").pk != waiver.pk


@pytest.mark.parametrize(
    ("month", "code"),
    [
        (Month(2025, 2), "outside_term"),
        (Month(2025, 3), ""),
        (Month(2026, 2), ""),
        (Month(2026, 3), "outside_term"),
    ],
)
def test_a_waiver_is_for_a_month_of_the_term(assignment: Assignment, month: Month, code: str) -> None:
    def act() -> Waiver:
        return actions.ask_waiver(assignment, month, by=CityUserFactory(), at=NOW, reason="大修")

    if code:
        assert refused(act) == code
    else:
        assert act().month == month.first


@pytest.mark.parametrize("value", ["asked", "granted"])
def test_a_month_is_asked_off_once(assignment: Assignment, value: str) -> None:
    WaiverFactory(assignment=assignment, status=value, status_at=NOW if value == "granted" else None)
    act = {"by": CityUserFactory(), "at": NOW}
    with pytest.raises(AlreadyDone):
        actions.ask_waiver(assignment, MARCH, reason="大修", **act)
    assert refused(lambda: actions.ask_waiver(assignment, MARCH, reason="", **act)) == "reason_missing"
    assert Waiver.objects.count() == 1


# -- Reminders ---------------------------------------------------------------------------------------------


def test_a_doctor_is_reminded_once_a_day(assignment: Assignment) -> None:
    by, other = CityUserFactory(), AssignmentFactory()
    refresh_standings([assignment, other], on=TODAY)
    rows = list(Standing.objects.select_related("assignment__doctor__user").order_by("pk"))
    first, second = rows
    assert actions.remind([first], by=by, at=NOW, on=TODAY, note="请本周安排") == actions.Reminded([first], [], [])
    assert actions.remind(rows, by=by, at=moment(TODAY, 15), on=TODAY) == actions.Reminded([second], [first], [])
    assert actions.remind(rows, by=by, at=moment(TODAY, 16), on=TODAY) == actions.Reminded([], rows, [])
    assert list(Reminder.objects.order_by("pk").values_list("assignment", "month", "sent_on", "sent_by", "note")) == [
        (assignment.pk, date(2025, 3, 1), TODAY, by.pk, "请本周安排"),
        (other.pk, date(2025, 3, 1), TODAY, by.pk, ""),
    ]
    assert told("reminder") == [assignment.doctor.user, other.doctor.user]
    notice = Notice.objects.get(user=assignment.doctor.user)
    assert notice.params == {"month": "2025-03", "days": "0", "due": "2", "note": "请本周安排"}
    assert set(Standing.objects.values_list("reminded_on", flat=True)) == {TODAY}
    tomorrow = TODAY + DAY
    assert actions.remind(rows, by=by, at=moment(tomorrow), on=tomorrow).told == rows
    assert Notice.objects.count() == 4


@pytest.mark.parametrize("account", ["none", "closed"])
def test_of_a_doctor_who_cannot_be_told_nothing_is_kept(assignment: Assignment, account: str) -> None:
    refresh_standings([assignment], on=TODAY)
    if account == "closed":
        User.objects.filter(pk=assignment.doctor.user_id).update(is_active=False)
    else:
        Doctor.objects.filter(pk=assignment.doctor_id).update(user=None)
    (row,) = Standing.objects.select_related("assignment__doctor__user")
    assert actions.remind([row], by=CityUserFactory(), at=NOW, on=TODAY) == actions.Reminded([], [], [row])
    assert (Reminder.objects.count(), Notice.objects.count()) == (0, 0)
    assert Standing.objects.get().reminded_on is None


def test_a_new_standing_keeps_the_day_of_the_last_reminder(assignment: Assignment) -> None:
    refresh_standings([assignment], on=TODAY)
    actions.remind(list(Standing.objects.all()), by=CityUserFactory(), at=NOW, on=TODAY)
    refresh_standings([assignment], on=TODAY + DAY)
    assert standing(assignment)["reminded_on"] == TODAY


# -- Re-opening --------------------------------------------------------------------------------------------


@pytest.fixture
def check(assignment: Assignment) -> Check:
    made: Check = CheckFactory(
        assignment=assignment, verdict="not_met", locks_on=date(2025, 4, 6), locked_at=moment(date(2025, 4, 6))
    )
    return made


def test_a_locked_month_is_opened_with_a_reason_until_a_day(assignment: Assignment, check: Check) -> None:
    by, on = CityUserFactory(), date(2025, 4, 10)
    late: dict[str, Any] = {"on": on, "at": moment(on)}
    assert refused(lambda: log(assignment, TODAY, TODAY, **late)) == "month_locked"
    act: dict[str, Any] = {"by": by, "at": moment(on)}
    assert refused(lambda: actions.reopen_month(check, until=on, reason=" ", **act)) == "reason_missing"
    assert refused(lambda: actions.reopen_month(check, until=on - DAY, reason="补录", **act)) == "past"
    assert fresh(check).locked_at is not None
    actions.reopen_month(check, until=on + DAY, reason=" 系统故障 ", **act)
    row = fresh(check)
    assert assignment.reopenings.values_list("at", "until", "reason").get() == (moment(on), on + DAY, "系统故障")
    assert (row.locked_at, row.locks_on) == (None, on + 2 * DAY)
    with pytest.raises(AlreadyDone):
        actions.reopen_month(check, until=on + 5 * DAY, reason="再开", **act)
    for day, code in [(on, ""), (on + DAY, ""), (on + 2 * DAY, "month_locked")]:
        facts: dict[str, Any] = {"on": day, "at": moment(day)}
        visited = TODAY + (day - on)
        if code:
            assert refused(lambda: log(assignment, visited, visited, **facts)) == code  # noqa: B023
        else:
            assert log(assignment, visited, visited, **facts).pk


def test_a_month_can_be_opened_until_the_end_of_today(assignment: Assignment, check: Check) -> None:
    on = date(2025, 4, 10)
    actions.reopen_month(check, by=CityUserFactory(), at=moment(on, 9), until=on, reason="补录")
    row = fresh(check)
    assert (assignment.reopenings.get().until, row.locks_on, row.locked_at) == (on, on + DAY, None)
    assert log(assignment, TODAY, TODAY, on=on, at=moment(on, 23)).pk
    late: dict[str, Any] = {"on": on + DAY, "at": moment(on + DAY, 0)}
    assert refused(lambda: log(assignment, TODAY + DAY, TODAY + DAY, **late)) == "month_locked"


def test_days_are_those_of_the_city(assignment: Assignment, check: Check) -> None:
    """Half past midnight of 10 April in the city is still 9 April in UTC."""
    by, at = CityUserFactory(), datetime(2025, 4, 9, 16, 30, tzinfo=ZoneInfo("UTC"))
    act: dict[str, Any] = {"by": by, "at": at}
    assert refused(lambda: actions.reopen_month(check, until=date(2025, 4, 9), reason="补录", **act)) == "past"
    facts: dict[str, Any] = {"kind": "patent", "title": "一种镁碳砖", **act}
    outcome = actions.register_outcome([assignment], happened_on=date(2025, 4, 10), **facts)
    assert outcome.happened_on == date(2025, 4, 10)
    assert refused(lambda: actions.register_outcome([assignment], happened_on=date(2025, 4, 11), **facts)) == "future"


# -- Outcomes ----------------------------------------------------------------------------------------------


def test_one_outcome_of_two_assignments_counts_once(assignment: Assignment) -> None:
    by, other = CityUserFactory(), AssignmentFactory()
    facts: dict[str, Any] = {"by": by, "at": NOW, "kind": "patent", "happened_on": TODAY}
    first = actions.register_outcome([assignment], title=" 一种镁碳砖 ", effect=" 寿命六十炉 ", stage="pilot", **facts)
    again = actions.register_outcome([other, assignment], title="一种镁碳砖", effect="别的", **facts)
    assert again == first
    assert (again.title, again.effect, again.stage, again.registered_by) == ("一种镁碳砖", "寿命六十炉", "pilot", by)
    assert set(again.assignments.all()) == {assignment, other}
    actions.register_outcome([assignment], title="一种镁碳砖", **{**facts, "kind": "paper"})
    assert Outcome.objects.count() == 2


# -- Two at once -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_entry_that_arrives_twice_at_once_is_one_visit() -> None:
    assignment, key = AssignmentFactory(), uuid4()

    def act() -> Visit:
        return log(fresh(assignment), client_key=key)

    first, second = race(act, act)
    assert first == second
    assert Visit.objects.count() == 1
    assert standing(assignment)["month_awaiting"] == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keyed", [True, False])
def test_two_overlapping_entries_at_once_are_one_visit(keyed: bool) -> None:
    """The doctor serves one enterprise by two assignments, so the entries do not wait for one row."""
    one = AssignmentFactory()
    two = AssignmentFactory(doctor=one.doctor)
    enterprise = one.host.enterprise
    Project.objects.create(assignment=two, kind="served", enterprise=enterprise, title="诊断")

    def act(assignment: Assignment, first: date) -> Callable[[], Visit]:
        facts = {"client_key": uuid4()} if keyed else {}
        return lambda: log(fresh(assignment), first, TODAY, enterprise=enterprise, **facts)

    first, second = race(act(one, TODAY - DAY), act(two, TODAY))
    assert first.assignment_id == one.pk
    assert (type(second), second.code) == (Refused, "overlap")
    assert Visit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_overlapping_entries_of_one_assignment_at_once_are_one_visit() -> None:
    assignment = AssignmentFactory()
    first, second = race(lambda: log(fresh(assignment)), lambda: log(fresh(assignment), TODAY - 2 * DAY, TODAY - DAY))
    assert first.starts_on == TODAY - DAY
    assert (type(second), second.code) == (Refused, "overlap")


ANSWERS: dict[str, Callable[[Visit, User], Visit]] = {
    "confirmed": lambda visit, by: actions.confirm_visit(visit, by=by, at=NOW, on=TODAY),
    "disputed": lambda visit, by: actions.dispute_visit(visit, by=by, at=NOW, on=TODAY, reason="没来"),
    "withdrawn": lambda visit, by: actions.withdraw_visit(visit, by=by, at=NOW, on=TODAY),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        ("confirmed", "disputed", "confirmed"),
        ("confirmed", "withdrawn", "confirmed"),
        ("withdrawn", "confirmed", "withdrawn"),
        ("disputed", "disputed", "disputed"),
        ("confirmed", "confirmed", "confirmed"),
    ],
)
def test_of_two_answers_at_once_the_first_stands(one: str, other: str, left: str) -> None:
    visit, by = log(AssignmentFactory()), CityUserFactory()
    first, second = race(lambda: ANSWERS[one](fresh(visit), by), lambda: ANSWERS[other](fresh(visit), by))
    assert first.status == left
    assert type(second) is AlreadyDone
    assert fresh(visit).status == left
    assert standing(visit.assignment) == recomputed(visit.assignment, TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_visits_confirmed_at_once_both_stand_in_the_standing() -> None:
    assignment, by = AssignmentFactory(), CityUserFactory()
    visits = [log(assignment, day, day + DAY) for day in (TODAY - 4 * DAY, TODAY - 2 * DAY)]
    race(*[lambda visit=visit: ANSWERS["confirmed"](fresh(visit), by) for visit in visits])  # type: ignore[misc]
    now = standing(assignment)
    assert (now["days_counted"], now["days_awaiting"]) == (4, 0)
    assert now == recomputed(assignment, TODAY)


@pytest.mark.django_db(transaction=True)
def test_a_waiver_granted_while_a_visit_is_logged() -> None:
    assignment, by = AssignmentFactory(), CityUserFactory()
    waiver = actions.ask_waiver(assignment, MARCH, by=by, at=NOW, reason="大修")
    race(
        lambda: actions.decide_waiver(fresh(waiver), by=by, at=NOW, on=TODAY, granted=True),
        lambda: log(fresh(assignment)),
    )
    now = standing(assignment)
    assert (now["month_verdict"], now["month_awaiting"]) == ("waived", 2)
    assert now == recomputed(assignment, TODAY)


@pytest.mark.django_db(transaction=True)
def test_a_month_asked_off_by_two_at_once_is_asked_once() -> None:
    assignment, by = AssignmentFactory(), CityUserFactory()

    def act() -> Waiver:
        return actions.ask_waiver(fresh(assignment), MARCH, by=by, at=NOW, reason="大修")

    first, second = race(act, act)
    assert first.status == "asked"
    assert type(second) is AlreadyDone
    assert Waiver.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reminders_sent_by_many_at_once_are_one() -> None:
    assignment, by = AssignmentFactory(), CityUserFactory()
    refresh_standings([assignment], on=TODAY)
    together(*[lambda: actions.remind(list(Standing.objects.all()), by=by, at=NOW, on=TODAY)] * 4)
    assert (Reminder.objects.count(), Notice.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_outcome_registered_by_two_at_once_is_one() -> None:
    one, two, by = AssignmentFactory(), AssignmentFactory(), CityUserFactory()

    def act(assignment: Assignment) -> Callable[[], Outcome]:
        return lambda: actions.register_outcome(
            [assignment], by=by, at=NOW, kind="patent", title="一种镁碳砖", happened_on=TODAY
        )

    first, second = race(act(one), act(two))
    assert first == second
    assert set(first.assignments.all()) == {one, two}


@pytest.mark.django_db
def test_a_doctor_without_an_account_hears_nothing() -> None:
    visit = VisitFactory(logged_by=CityUserFactory(), assignment__doctor__user=None)
    actions.confirm_visit(visit, by=CityUserFactory(), at=NOW, on=TODAY)
    assert Notice.objects.count() == 0
