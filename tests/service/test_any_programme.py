"""A programme with rules on weeks, years, rolling days and all services of a doctor: closed, refreshed, locked, opened
again and moved to other rules."""

from datetime import date, datetime
from typing import Any

import pytest

from assignments.actions import begin_assignment
from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month
from programmes.actions import repin_rules, write_rule_set
from programmes.models import Batch, RulePin
from service import actions, closing
from service.as_of import as_of_day, as_of_moment
from service.models import Check, Reopening, Standing
from service.sources import rules_of
from service.standings import refresh_standings
from servicerules import as_data
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    RuleSetFactory,
    VisitFactory,
    WaiverFactory,
    moment,
)

pytestmark = pytest.mark.django_db
MARCH, APRIL = Month(2025, 3), Month(2025, 4)
WEEK = {"id": "week", "measure": {"days": {}}, "in": {"every": "week"}, "must": {"least": 1}, "waivable": "yes"}
YEAR = {"id": "year", "measure": {"days": {}}, "in": {"every": "service_year"}, "should": {"least": 90}}
DOCTOR = {
    "id": "doctor", "of": {"each": "doctor"}, "measure": {"days": {}}, "in": {"every": "month"}, "must": {"least": 5},
}  # fmt: skip


def at(month: int, day: int, hour: int = 9, year: int = 2025) -> datetime:
    return moment(date(year, month, day), hour)


def batch_of(*rules: dict[str, Any]) -> Batch:
    data = {"code": "kinds", "entries": {"grace_days": 5}, "rules": list(rules)}
    return BatchFactory(rule_set=RuleSetFactory(code="kinds", version=1, data=data))


def served(batch: Batch, **facts: Any) -> Assignment:
    return AssignmentFactory(batch=batch, **{"starts_on": date(2025, 3, 3), "ends_on": date(2026, 3, 2), **facts})


def visit(assignment: Assignment, first: date, length: int) -> None:
    last = date.fromordinal(first.toordinal() + length - 1)
    VisitFactory(
        assignment=assignment, starts_on=first, ends_on=last, status="confirmed", logged_at=moment(last, 18),
        confirmed_at=moment(last, 19),
    )  # fmt: skip


def rows(assignment: Assignment) -> list[tuple[Any, ...]]:
    found = assignment.checks.order_by("last", "rule", "window")
    return list(found.values_list("rule", "window", "verdict", "value", "asks"))


def test_a_week_is_closed_with_the_month_of_its_last_day() -> None:
    one = served(batch_of(WEEK))
    visit(one, date(2025, 3, 5), 2)
    visit(one, date(2025, 3, 31), 1)
    assert closing.close_month(MARCH, at=at(4, 1)) == 1
    assert rows(one) == [
        ("week", "2025-W10", "met", 2, 1),
        ("week", "2025-W11", "not_met", 0, 1),
        ("week", "2025-W12", "not_met", 0, 1),
        ("week", "2025-W13", "not_met", 0, 1),
    ]
    # W14 ends on 6 April: it is not over, and has no check before April is closed.
    assert closing.close_month(MARCH, at=at(4, 1)) == 0
    assert closing.close_month(APRIL, at=at(5, 1)) == 1
    assert [row[1:4] for row in rows(one)[4:]] == [
        ("2025-W14", "met", 1), ("2025-W15", "not_met", 0), ("2025-W16", "not_met", 0), ("2025-W17", "not_met", 0),
    ]  # fmt: skip
    assert closing.months_to_close(on=date(2025, 5, 2)) == []


def test_a_window_locks_with_its_months_and_a_locked_one_never_changes() -> None:
    one = served(batch_of(WEEK))
    closing.close_month(MARCH, at=at(4, 1))
    assert closing.refresh_open_checks(at=at(4, 6, 0)) == 4
    assert set(one.checks.values_list("locked_at", "locks_on")) == {(at(4, 6, 0), date(2025, 4, 6))}
    visit(one, date(2025, 3, 5), 2)
    assert closing.refresh_open_checks(at=at(4, 7)) == 0
    assert {row[2] for row in rows(one)} == {"not_met"}


def test_opening_a_week_opens_its_months_for_every_rule() -> None:
    one = served(batch_of(WEEK, DOCTOR))
    closing.close_month(MARCH, at=at(4, 6))
    check = one.checks.get(window="2025-W10")
    assert check.locked_at is not None
    by = CityUserFactory()
    actions.reopen_month(check, by=by, at=at(4, 10), until=date(2025, 4, 12), reason="补录")
    assert list(Reopening.objects.values_list("assignment", "month", "until", "reason", "by")) == [
        (one.pk, MARCH.first, date(2025, 4, 12), "补录", by.pk)
    ]
    assert set(one.checks.values_list("locked_at", "locks_on")) == {(None, date(2025, 4, 13))}
    VisitFactory(assignment=one, starts_on=date(2025, 3, 4), ends_on=date(2025, 3, 8), status="confirmed",
                 logged_at=at(4, 11), confirmed_at=at(4, 11, 12))  # fmt: skip
    closing.refresh_open_checks(at=at(4, 13, 0))
    assert [row[:4] for row in rows(one) if row[2] == "met"] == [
        ("week", "2025-W10", "met", 5), ("doctor", "2025-03", "met", 5),
    ]  # fmt: skip
    assert one.checks.unlocked().count() == 0
    # Opened once more, the first time stays.
    actions.reopen_month(fresh(check), by=by, at=at(5, 10), until=date(2025, 5, 12), reason="再补")
    assert Reopening.objects.count() == 2


def fresh(check: Check) -> Check:
    return Check.objects.get(pk=check.pk)


def test_a_rule_on_a_doctor_adds_up_his_services_of_the_batch() -> None:
    batch = batch_of(DOCTOR)
    one = served(batch)
    two = served(batch, doctor=one.doctor)
    alone = served(batch)
    elsewhere = served(batch_of(WEEK), doctor=one.doctor)
    visit(one, date(2025, 3, 5), 2)
    visit(two, date(2025, 3, 10), 3)
    visit(alone, date(2025, 3, 10), 3)
    visit(elsewhere, date(2025, 3, 20), 1)
    closing.close_month(MARCH, at=at(4, 6))
    month = ("doctor", "2025-03")
    assert [rows(each) for each in (one, two, alone)] == [
        [(*month, "met", 5, 5)], [(*month, "met", 5, 5)], [(*month, "not_met", 3, 5)],
    ]  # fmt: skip
    assert [each.checks.get().days_counted for each in (one, two, alone)] == [2, 3, 3]


def test_a_team_are_the_doctors_who_serve_one_enterprise_in_a_batch() -> None:
    team = {**DOCTOR, "id": "team", "of": {"each": "team"}}
    batch = batch_of(team)
    one = served(batch)
    mate = served(batch, host=one.host)
    other = served(batch)
    visit(one, date(2025, 3, 10), 3)
    visit(mate, date(2025, 3, 20), 2)
    visit(other, date(2025, 3, 20), 2)
    assert closing.close_month(MARCH, at=at(4, 1)) == 3
    found = {row.assignment_id: (row.verdict, row.value) for row in Check.objects.all()}
    assert found == {one.pk: ("met", 5), mate.pk: ("met", 5), other.pk: ("not_met", 2)}


def test_a_soft_year_warns_and_keeps_the_reason() -> None:
    one = served(batch_of(YEAR))
    visit(one, date(2025, 3, 10), 20)
    for month in Month.between(date(2025, 3, 1), date(2026, 2, 28)):
        assert closing.close_month(month, at=moment(month.next().first)) == 0
    assert closing.close_month(Month(2026, 3), at=at(4, 1, year=2026)) == 1
    assert rows(one) == [("year", "Y1", "warning", 20, 90)]
    check = one.checks.get()
    assert (check.first, check.last, check.locks_on) == (date(2025, 3, 3), date(2026, 3, 2), date(2026, 4, 6))
    by = CityUserFactory()
    Check.objects.filter(pk=check.pk).update(reason="出国半年", reason_by=by, reason_at=at(4, 2, year=2026))
    closing.refresh_open_checks(at=at(4, 6, 0, year=2026))
    check.refresh_from_db()
    assert (check.verdict, check.reason, check.locked_at) == ("warning", "出国半年", at(4, 6, 0, year=2026))


def test_a_waiver_names_any_window() -> None:
    one = served(batch_of(WEEK))
    by = CityUserFactory()
    actions.ask_waiver(one, "2025-W11", by=by, at=at(3, 20), reason="停产")
    with pytest.raises(Refused) as refusal:
        actions.ask_waiver(one, "2025-03", by=by, at=at(3, 20), reason="停产")
    assert refusal.value.code == "outside_term"
    WaiverFactory(
        assignment=one, window="2025-W12", month=None, status="granted", asked_at=at(3, 20), status_at=at(3, 21)
    )
    closing.close_month(MARCH, at=at(4, 6))
    assert [row[1:3] for row in rows(one)] == [
        ("2025-W10", "not_met"), ("2025-W11", "pending"), ("2025-W12", "waived"), ("2025-W13", "not_met"),
    ]  # fmt: skip


def test_other_rules_judge_what_is_open_and_leave_what_is_locked() -> None:
    batch = batch_of(WEEK)
    one = served(batch)
    visit(one, date(2025, 4, 7), 3)
    closing.close_month(MARCH, at=at(4, 7))
    closing.close_month(APRIL, at=at(5, 2))
    locked = [row for row in rows(one) if row[1] <= "2025-W13"]
    by = CityUserFactory()
    month = {"id": "month", "measure": {"days": {}}, "in": {"every": "month"}, "must": {"least": 3}}
    new = write_rule_set(
        "kinds", by=by, name="改", data={"code": "kinds", "entries": {"grace_days": 5}, "rules": [month]}
    )
    repin_rules(batch, new, by=by, at=at(5, 3), reason="周改月。")
    closing.refresh_open_checks(at=at(5, 3, 10), batch=batch.pk)
    # Weeks that were locked stay; those that were not have no rule any more; April gets its month, March is locked.
    assert rows(one) == [*locked, ("month", "2025-04", "met", 3, 3)]
    assert closing.refresh_open_checks(at=at(5, 3, 11), batch=batch.pk) == 0
    check = one.checks.get(rule="month")
    week = one.checks.get(window="2025-W10")
    assert as_of_day(check, date(2025, 5, 4)).state == "met"
    with pytest.raises(Refused) as refusal:
        as_of_day(check, date(2025, 5, 1))
    assert refusal.value.code == "not_asked_then"
    assert as_of_day(week, date(2025, 4, 20)).state == "not_met"
    assert RulePin.objects.filter(batch=batch).count() == 2


def test_a_verdict_as_of_a_day_is_by_the_rules_of_that_day() -> None:
    """The second version asks for less: before it, the month was not met, and stays so whenever it is asked."""
    month = {"id": "month", "measure": {"days": {}}, "in": {"every": "month"}, "must": {"least": 5}}
    batch = batch_of(month)
    one = served(batch)
    visit(one, date(2025, 3, 10), 3)
    closing.close_month(MARCH, at=at(4, 1))
    by = CityUserFactory()
    easier = {"code": "kinds", "entries": {"grace_days": 5}, "rules": [{**month, "must": {"least": 3}}]}
    repin_rules(batch, write_rule_set("kinds", by=by, name="放宽", data=easier), by=by, at=at(4, 3), reason="放宽。")
    closing.refresh_open_checks(at=at(4, 4), batch=batch.pk)
    check = one.checks.get()
    assert check.verdict == "met"
    states = [as_of_day(check, date(2025, 4, day)).state for day in (1, 2, 3, 9)]
    assert states == ["not_met", "not_met", "met", "met"]


def test_an_extension_moves_the_term_and_a_locked_one_too() -> None:
    term = {"id": "term", "measure": {"days": {}}, "in": {"whole": "term"}, "must": {"least": 10}}
    one = served(batch_of(term), ends_on=date(2025, 4, 15))
    closing.close_month(APRIL, at=at(5, 6))
    assert [(row[:3], one.checks.get().locked_at) for row in rows(one)] == [(("term", "term", "not_met"), at(5, 6))]
    Assignment.objects.filter(pk=one.pk).update(extended_to=date(2025, 5, 31), extended_known_at=at(5, 8))
    assert closing.settle_services([one.pk], at=at(5, 8, 10)) == 1
    assert rows(one) == []  # the window is not over; the history keeps what was decided
    visit(one, date(2025, 5, 10), 10)
    assert closing.months_to_close(on=date(2025, 6, 1)) == [MARCH, Month(2025, 5)]
    assert closing.close_month(Month(2025, 5), at=at(6, 1)) == 1
    assert rows(one) == [("term", "term", "met", 10, 10)]


def test_an_early_stop_closes_the_term_with_a_month_that_is_closed() -> None:
    term = {"id": "term", "measure": {"days": {}}, "in": {"whole": "term"}, "must": {"least": 10}}
    week = served(batch_of(WEEK, term))
    closing.close_month(MARCH, at=at(4, 1))
    before = rows(week)
    Assignment.objects.filter(pk=week.pk).update(
        status="stopped", stopped_on=date(2025, 3, 20), stopped_at=at(4, 2), stop_reason="停产", status_at=at(4, 2)
    )
    closing.settle_services([week.pk], at=at(4, 2, 10))
    # The week after the stop asks for nothing now; that of the stop was closed before, and stays.
    assert sorted(row[:3] for row in rows(week)) == sorted([
        *(row[:3] for row in before if row[1] != "2025-W13"),
        ("term", "term", "not_met"), ("week", "2025-W13", "exempt"),
    ])  # fmt: skip


def test_months_that_became_known_late_take_entries_for_the_days_of_grace() -> None:
    by = CityUserFactory()
    one = AssignmentFactory(status="preparing")
    begin_assignment(one, by=by, at=at(5, 3), starts_on=date(2025, 3, 5))
    one.refresh_from_db()
    enterprise = one.host.enterprise
    facts: dict[str, Any] = {"by": by, "enterprise": enterprise, "content": "查看窑口。"}
    logged = actions.log_visit(
        one, at=at(5, 8), on=date(2025, 5, 8), starts_on=date(2025, 3, 10), ends_on=date(2025, 3, 11), **facts
    )
    actions.confirm_visit(logged, by=by, at=at(5, 8, 12), on=date(2025, 5, 8))
    with pytest.raises(Refused) as refusal:
        actions.log_visit(
            one, at=at(5, 9), on=date(2025, 5, 9), starts_on=date(2025, 3, 12), ends_on=date(2025, 3, 13), **facts
        )
    assert refusal.value.code == "month_locked"
    closing.close_month(MARCH, at=at(5, 4))
    check = one.checks.get()
    assert (check.verdict, check.locks_on, check.locked_at) == ("not_met", date(2025, 5, 9), None)
    closing.refresh_open_checks(at=at(5, 9, 0))
    check.refresh_from_db()
    assert (check.verdict, check.locked_at) == ("met", at(5, 9, 0))


def test_a_standing_without_a_rule_on_months() -> None:
    one = served(batch_of(YEAR))
    visit(one, date(2025, 3, 10), 20)
    refresh_standings([one], on=date(2025, 8, 31))
    row = Standing.objects.get()
    assert (row.month, row.month_verdict, row.month_days, row.month_due) == (None, "", 0, 0)
    assert (row.days_counted, row.target, row.owed, row.pace, row.behind) == (20, 90, 70, "behind", True)


def test_a_rolling_window_is_looked_at_at_the_end_of_each_month() -> None:
    rolling = {"id": "rolling", "measure": {"days": {}}, "in": {"rolling": 30}, "must": {"least": 4}}
    one = served(batch_of(rolling))
    visit(one, date(2025, 3, 25), 4)
    closing.close_month(MARCH, at=at(4, 6))
    closing.close_month(APRIL, at=at(5, 6))
    assert rows(one) == [
        ("rolling", "2025-03-31", "met", 4, 4),
        ("rolling", "2025-04-30", "not_met", 0, 4),
    ]


def test_what_is_stored_is_the_verdict_as_data() -> None:
    one = served(batch_of(WEEK, YEAR))
    visit(one, date(2025, 3, 5), 2)
    closing.close_month(MARCH, at=at(4, 6))
    for check in one.checks.select_related("assignment__batch"):
        assert check.facts == {**as_data(as_of_moment(check, at(4, 6), rules_of(one))), "changes": []}
