"""The monthly close: every month in order, one check each, whoever runs it and however often."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from pytest_django import DjangoAssertNumQueries

from assignments.actions import begin_assignment, stop_assignment
from assignments.models import Assignment
from core import jobs
from core.models import Job, Period
from officedata.months import Month, day_end
from programmes.actions import write_rule_set
from service import actions, closing
from service.as_of import as_of_day, as_of_moment
from service.models import Check, Visit
from service.sources import rules_of
from servicerules import worst
from tests.calendar_work import calendar_asks
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CheckFactory,
    CityUserFactory,
    VisitFactory,
    WaiverFactory,
    moment,
)
from tests.threads import race, together

MARCH, APRIL, MAY = Month(2025, 3), Month(2025, 4), Month(2025, 5)
DAY = timedelta(days=1)


def at(month: int, day: int, hour: int = 9) -> Any:
    return moment(date(2025, month, day), hour)


def verdict(assignment: Assignment, month: Month = MARCH) -> str:
    rows = Check.objects.filter(assignment=assignment, window=str(month))
    return worst(rows.values_list("verdict", flat=True))


def checks() -> list[tuple[date, str]]:
    return list(Check.objects.order_by("window", "assignment").values_list("window", "verdict"))


def visit(assignment: Assignment, first: date, days: int = 2, **facts: Any) -> Visit:
    made: Visit = VisitFactory(assignment=assignment, starts_on=first, ends_on=first + (days - 1) * DAY, **facts)
    return made


# -- Which months ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_which_months_are_to_close() -> None:
    assert closing.months_to_close(on=date(2025, 6, 1)) == []
    AssignmentFactory(status="preparing", starts_on=date(2025, 1, 1))
    AssignmentFactory(status="cancelled", starts_on=date(2025, 1, 1))
    assert closing.months_to_close(on=date(2025, 6, 1)) == []
    AssignmentFactory(starts_on=date(2025, 3, 31))
    assert closing.months_to_close(on=date(2025, 3, 31)) == []
    assert closing.months_to_close(on=date(2025, 4, 1)) == [MARCH]
    assert closing.months_to_close(on=date(2025, 6, 1)) == [MARCH, APRIL, MAY]
    closing.close_month(APRIL, at=at(6, 1))
    assert closing.months_to_close(on=date(2025, 6, 1)) == [MARCH, MAY]
    assert closing.months_never_closed(on=date(2025, 6, 1)) == [MARCH, MAY]
    assert closing.months_to_close(on=date(2025, 6, 30)) == [MARCH, MAY]


@pytest.mark.django_db
def test_two_years_of_closed_months_cost_one_query_more(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    AssignmentFactory(starts_on=date(2025, 3, 31), ends_on=date(2027, 3, 30))
    for month in Month.between(date(2025, 3, 1), date(2027, 1, 31)):
        closing.close_month(month, at=at(6, 1))
    with django_assert_num_queries(2):
        assert closing.months_to_close(on=date(2027, 3, 1)) == [Month(2027, 2)]


@pytest.mark.django_db
def test_a_closed_month_is_a_period() -> None:
    AssignmentFactory()
    assert closing.close_month(MARCH, at=at(4, 1)) == 1
    period = Period.objects.get()
    assert (period.kind, period.starts_on, period.ends_on) == ("service_month", MARCH.first, MARCH.last)
    assert (period.closed_at, period.facts) == (at(4, 1), {"checks": 1})
    assert closing.close_month(MARCH, at=at(4, 2)) == 0
    period.refresh_from_db()
    assert (period.closed_at, period.facts) == (at(4, 1), {"checks": 1})


@pytest.mark.django_db
def test_who_served_in_the_month_gets_a_check() -> None:
    stop = {"status": "stopped", "stop_reason": "停产", "stopped_at": at(4, 1)}
    served = [
        AssignmentFactory(),
        AssignmentFactory(starts_on=MARCH.last),
        AssignmentFactory(starts_on=date(2024, 3, 2), status="completed"),  # until 1 March
        AssignmentFactory(starts_on=date(2024, 9, 1), stopped_on=MARCH.first, **stop),
    ]
    for facts in [
        {"starts_on": APRIL.first},
        {"starts_on": date(2024, 3, 1), "status": "completed"},  # until the last of February
        {"starts_on": date(2024, 9, 1), "stopped_on": date(2025, 2, 28), **stop},
        {"status": "preparing"},
        {"status": "cancelled"},
    ]:
        AssignmentFactory(**facts)
    assert closing.close_month(MARCH, at=at(4, 1)) == 4
    assert set(Check.objects.values_list("assignment", flat=True)) == {each.pk for each in served}


# -- Verdicts ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_verdicts_of_a_month() -> None:
    """One of each kind, as the table of the judge has them."""
    made: dict[str, Assignment] = {name: AssignmentFactory() for name in (
        "met", "one-day", "not_met", "waived", "met though waived", "asked", "awaiting", "disputed", "online",
    )}  # fmt: skip
    made["exempt"] = AssignmentFactory(starts_on=date(2025, 3, 18))
    made["not exempt"] = AssignmentFactory(starts_on=date(2025, 3, 17))
    visit(made["met"], date(2025, 3, 10), status="confirmed")
    for day in (3, 6, 9, 12, 15):
        visit(made["one-day"], date(2025, 3, day), 1, status="confirmed")
    WaiverFactory(assignment=made["waived"], status="granted", status_at=at(3, 25))
    WaiverFactory(assignment=made["met though waived"], status="granted", status_at=at(3, 25))
    visit(made["met though waived"], date(2025, 3, 10), status="confirmed")
    WaiverFactory(assignment=made["asked"])
    visit(made["awaiting"], date(2025, 3, 10))
    visit(made["disputed"], date(2025, 3, 10), status="disputed")
    visit(made["online"], date(2025, 3, 10), status="confirmed", mode="online")
    visit(made["exempt"], date(2025, 3, 20), status="confirmed")
    closing.close_month(MARCH, at=at(4, 6, 0))  # the grace period is over
    found = {name: Check.objects.get(assignment=each) for name, each in made.items()}
    assert {name: (row.verdict, row.days_counted, row.days_awaiting) for name, row in found.items()} == {
        "met": ("met", 2, 0),
        "one-day": ("not_met", 5, 0),
        "not_met": ("not_met", 0, 0),
        "waived": ("waived", 0, 0),
        "met though waived": ("met", 2, 0),
        "asked": ("pending", 0, 0),
        "awaiting": ("pending", 0, 2),
        "disputed": ("not_met", 0, 0),
        "online": ("not_met", 0, 0),
        "exempt": ("exempt", 2, 0),
        "not exempt": ("not_met", 0, 0),
    }
    locked = {name for name, row in found.items() if row.locked_at == at(4, 6, 0)}
    assert locked == set(made) - {"asked", "awaiting"}
    met = found["met"]
    assert (met.locks_on, met.judged_at, met.rule_set) == (date(2025, 4, 6), at(4, 6, 0), made["met"].batch.rule_set)
    assert met.facts["used"] == [made["met"].visits.get().pk]
    assert (met.value, met.asks) == (1, 1)
    assert met.facts["window"] == {"first": "2025-03-01", "last": "2025-03-31"}
    assert (met.rule, met.facts["rule"], met.facts["version"]) == ("month-visits", "month-visits", 1)


@pytest.mark.django_db
def test_a_visit_over_the_turn_of_the_month() -> None:
    assignment = AssignmentFactory()
    visit(assignment, MARCH.last, status="confirmed")
    for month in (MARCH, APRIL):
        closing.close_month(month, at=at(5, 6))
    rows = Check.objects.order_by("window").values_list("verdict", "days_counted")
    assert list(rows) == [("met", Decimal(1)), ("not_met", Decimal(1))]


@pytest.mark.django_db
def test_the_rules_of_another_batch_leave_a_verdict_alone() -> None:
    """V-1: the second batch asks for 40 days, and four of them a month."""
    first = AssignmentFactory()
    data = first.batch.rule_set.data
    new = write_rule_set(
        "round", by=CityUserFactory(), name="四十天", data={**data, "term_min_days": 40, "month_min_days": 4}
    )
    second = AssignmentFactory(batch=BatchFactory(rule_set=new))
    for assignment in (first, second):
        visit(assignment, date(2025, 3, 10), status="confirmed")
    closing.close_month(MARCH, at=at(4, 6))
    assert (verdict(first), verdict(second)) == ("met", "not_met")
    rows = {check.assignment_id: check for check in Check.objects.filter(rule="month-visits")}
    assert (rows[first.pk].rule_set.version, rows[second.pk].rule_set.version) == (1, 2)
    assert closing.refresh_open_checks(at=at(6, 1)) == 0
    again = as_of_day(rows[first.pk], date(2025, 12, 1))
    assert (again.state, again.version) == ("met", 1)


# -- Grace and lock ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_in_the_days_of_grace_answers_come_in_and_then_the_month_locks() -> None:
    by, assignment = CityUserFactory(), AssignmentFactory()
    logged = visit(assignment, date(2025, 3, 10))
    closing.close_month(MARCH, at=at(4, 1, 0))
    check = Check.objects.get()
    assert (check.verdict, check.days_awaiting, check.locked_at) == ("pending", 2, None)
    assert closing.refresh_open_checks(at=at(4, 2)) == 0
    actions.confirm_visit(logged, by=by, at=at(4, 3), on=date(2025, 4, 3))
    assert closing.refresh_open_checks(at=at(4, 3, 12)) == 1
    check.refresh_from_db()
    assert (check.verdict, check.days_counted, check.locked_at, check.judged_at) == ("met", 2, None, at(4, 3, 12))
    assert closing.refresh_open_checks(at=at(4, 5, 23)) == 0
    assert closing.refresh_open_checks(at=at(4, 6, 0)) == 1
    check.refresh_from_db()
    assert (check.verdict, check.locked_at) == ("met", at(4, 6, 0))
    assert closing.refresh_open_checks(at=at(4, 7)) == 0


@pytest.mark.django_db
def test_what_was_logged_in_time_may_be_answered_after_the_lock() -> None:
    assignment = AssignmentFactory()
    logged = visit(assignment, date(2025, 3, 10))
    closing.close_month(MARCH, at=at(4, 1))
    assert closing.refresh_open_checks(at=at(4, 20)) == 0
    assert verdict(assignment) == "pending"
    actions.confirm_visit(logged, by=CityUserFactory(), at=at(4, 21), on=date(2025, 4, 21))
    assert closing.refresh_open_checks(at=at(4, 21, 12)) == 1
    check = Check.objects.get()
    assert (check.verdict, check.locked_at) == ("met", at(4, 21, 12))


@pytest.mark.django_db
def test_a_dispute_after_the_lock_ends_the_waiting() -> None:
    logged = visit(AssignmentFactory(), date(2025, 3, 10))
    closing.close_month(MARCH, at=at(4, 6))
    actions.dispute_visit(logged, by=CityUserFactory(), at=at(4, 21), on=date(2025, 4, 21), reason="没来")
    closing.refresh_open_checks(at=at(4, 21, 12))
    assert [check[1] for check in checks()] == ["not_met"]


@pytest.mark.django_db
def test_a_re_opened_month_takes_entries_and_is_judged_anew() -> None:
    by, assignment = CityUserFactory(), AssignmentFactory()
    closing.close_month(MARCH, at=at(4, 6))
    check = Check.objects.get()
    assert (check.verdict, check.locked_at) == ("not_met", at(4, 6))
    actions.reopen_month(check, by=by, at=at(4, 10), until=date(2025, 4, 12), reason="系统故障")
    late = visit(assignment, date(2025, 3, 10), logged_at=at(4, 11))
    actions.confirm_visit(late, by=by, at=at(4, 11, 12), on=date(2025, 4, 11))
    assert closing.refresh_open_checks(at=at(4, 11, 15)) == 1
    check.refresh_from_db()
    assert (check.verdict, check.locked_at, check.locks_on) == ("met", None, date(2025, 4, 13))
    assert closing.refresh_open_checks(at=at(4, 13, 0)) == 1
    check.refresh_from_db()
    assert (check.verdict, check.locked_at, check.assignment.reopenings.get().reason) == (
        "met",
        at(4, 13, 0),
        "系统故障",
    )


@pytest.mark.django_db
def test_a_verdict_as_of_a_past_day_is_the_same_whenever_it_is_asked() -> None:
    """V-3: what was known and in force on that day."""
    by, assignment = CityUserFactory(), AssignmentFactory()
    logged = visit(assignment, date(2025, 3, 10))
    closing.close_month(MARCH, at=at(4, 1))
    check = Check.objects.get()
    days = [date(2025, 3, 9), date(2025, 3, 31), date(2025, 4, 1), date(2025, 4, 2), date(2025, 4, 3), date(2025, 4, 9)]
    before = [as_of_day(check, day) for day in days[:4]]
    actions.confirm_visit(logged, by=by, at=at(4, 3), on=date(2025, 4, 3))
    stop_assignment(assignment, by=by, at=at(5, 1), last_day=date(2025, 3, 20), reason="停产")
    closing.refresh_open_checks(at=at(5, 2))
    check.refresh_from_db()
    after = [as_of_day(check, day) for day in days]
    assert after[:4] == before
    assert [(each.state, each.value) for each in after] == [
        ("pending", 0), ("pending", 0), ("pending", 0), ("pending", 0), ("met", 1), ("met", 1)
    ]  # fmt: skip
    assert after[4].as_of == day_end(date(2025, 4, 3))


# -- Catching up, running twice ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_every_missing_month_is_closed_in_order(quiet: None) -> None:
    assignment = AssignmentFactory(starts_on=date(2025, 1, 31))
    with time_machine.travel(at(6, 1, 1)):
        calendar_asks("service.tasks.close_months")()
        calendar_asks("service.tasks.close_months")()
        job = Job.objects.get()
        assert (job.kind, job.key, job.asked_by) == ("close_month", "next", None)
        assert jobs.run(job.pk) == "done"
        job.refresh_from_db()
        assert job.result == {"2025-01": 1, "2025-02": 1, "2025-03": 1, "2025-04": 1, "2025-05": 1}
        calendar_asks("service.tasks.close_months")()
        assert Job.objects.count() == 1
    assert [period.starts_on.month for period in Period.objects.order_by("closed_at")] == [1, 2, 3, 4, 5]
    # The first month has one day only; the last is still in its days of grace.
    assert checks() == [(f"2025-0{month}", "exempt" if month == 1 else "not_met") for month in (1, 2, 3, 4, 5)]
    assert Check.objects.unlocked().get().month == MAY
    assert assignment.checks.count() == 5


@pytest.mark.django_db
def test_who_begins_afterwards_in_a_closed_month_is_checked_too() -> None:
    """The agreement was signed late and names a first day that lies back."""
    by = CityUserFactory()
    AssignmentFactory(starts_on=date(2025, 2, 1))
    for month in closing.months_to_close(on=date(2025, 5, 1)):
        closing.close_month(month, at=at(5, 1))
    late = AssignmentFactory(status="preparing")
    assert closing.months_to_close(on=date(2025, 5, 3)) == []
    begin_assignment(late, by=by, at=at(5, 3), starts_on=date(2025, 3, 5))
    assert closing.months_to_close(on=date(2025, 5, 3)) == [MARCH, APRIL]
    assert closing.months_never_closed(on=date(2025, 5, 3)) == []
    for _turn in range(2):
        for month in closing.months_to_close(on=date(2025, 5, 3)):
            closing.close_month(month, at=at(5, 3, 12))
    assert list(late.checks.order_by("window").values_list("window", "verdict")) == [
        ("2025-03", "not_met"),
        ("2025-04", "not_met"),
    ]
    assert closing.months_to_close(on=date(2025, 5, 4)) == []


def many(count: int) -> list[Assignment]:
    batch = BatchFactory()
    return [AssignmentFactory(batch=batch) for _ in range(count)]


@pytest.mark.django_db(transaction=True)
def test_side_by_side_it_makes_one_check_each() -> None:
    made = many(5)
    outcomes = together(*[lambda: closing.close_month(MARCH, at=at(4, 1))] * 4)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert sorted(Check.objects.values_list("assignment", flat=True)) == sorted(each.pk for each in made)
    assert Period.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_one_check_wait_for_each_other() -> None:
    assignment = AssignmentFactory()

    def judge(hour: int) -> Callable[[], int]:
        return lambda: closing.judge_new_checks(MARCH, [assignment.pk], by=None, at=at(4, 1, hour), guard=lambda: None)

    race(judge(1), judge(2))
    assert Check.objects.get().judged_at == at(4, 1, 1)


@pytest.mark.django_db
def test_checks_written_by_one_statement_have_a_row_of_history_each() -> None:
    """Those that the statement wrote or changed, and no other."""
    kept, changed = CheckFactory(), CheckFactory()
    again, new = (CheckFactory.build(assignment=each) for each in (kept.assignment, AssignmentFactory()))
    Check.objects.bulk_create([again, new], ignore_conflicts=True)
    changed.verdict = Check.Verdict.NOT_MET
    assert Check.objects.bulk_update([kept, changed], ["verdict", "facts"]) == 2
    assert Check.objects.exclude(pk=kept.pk).delete()[0] == 2
    events = apps.get_model("service", "CheckEvent").objects.order_by("pgh_id")
    keys = [kept.assignment_id, changed.assignment_id, new.assignment_id]
    assert list(events.values_list("pgh_label", "assignment", "verdict"))[:4] == [
        ("insert", keys[0], "met"), ("insert", keys[1], "met"), ("insert", keys[2], "met"),
        ("update", keys[1], "not_met"),
    ]  # fmt: skip
    deleted = {("delete", keys[1], "not_met"), ("delete", keys[2], "met")}
    assert set(events.values_list("pgh_label", "assignment", "verdict")[4:]) == deleted
    assert events.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_close_that_died_in_the_middle_is_finished_without_a_second_check(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "CHUNK", 2)
    many(5)
    job = jobs.enqueue("close_month", "next", by=None, at=at(4, 1))
    first = jobs.Run(jobs.claim(job.pk))  # type: ignore[arg-type]

    def die(done: int, total: int) -> None:
        if done == 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        closing.close_month(MARCH, at=at(4, 1), progress=die, guard=first.hold)
    assert Check.objects.count() == 2
    assert Period.objects.get().closed_at is None
    assert closing.months_to_close(on=date(2025, 4, 1)) == [MARCH]
    Job.objects.update(lease_until=at(4, 1))
    with time_machine.travel(at(4, 1, 10)):
        assert jobs.run(job.pk) == "done"
    assert Check.objects.count() == 5
    assert Period.objects.get().closed_at is not None
    # The worker that was thought dead comes back and finds that the job is no longer its own.
    Check.objects.all().delete()
    with pytest.raises(jobs.LostLease):
        closing.close_month(MARCH, at=at(4, 1), guard=first.hold)
    assert Check.objects.count() == 0


@pytest.mark.django_db
def test_a_refresh_of_many_months_equals_a_fresh_judgement() -> None:
    """After many acts every open check says what a judge who begins anew would say."""
    by = CityUserFactory()
    made = many(4)
    for month in (MARCH, APRIL):
        closing.close_month(month, at=at(5, 1, 0))
    Check.objects.update(locked_at=None)
    for number, assignment in enumerate(made):
        for first in (date(2025, 3, 3 + number), date(2025, 4, 28 + number // 2)):
            logged = visit(assignment, first, 2 + number % 2, logged_at=at(4, 4))
            if number % 2:
                actions.confirm_visit(logged, by=by, at=at(5, 2), on=date(2025, 5, 2))
    closing.refresh_open_checks(at=at(5, 3))
    assert len({check.verdict for check in Check.objects.all()}) > 1
    for check in Check.objects.select_related("assignment__batch"):
        anew = as_of_moment(check, at(5, 3), rules_of(check.assignment))  # with what is known of all months
        assert (check.verdict, check.value, check.facts["hoped"]) == (anew.state, anew.value, str(anew.hoped))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(count: int, django_assert_num_queries: Any) -> None:
    many(count)
    for model in (Assignment, Check):
        ContentType.objects.get_for_model(model)  # known to a process from its first use on
    with django_assert_num_queries(24):
        closing.close_month(MARCH, at=at(4, 1))
    with django_assert_num_queries(16):
        closing.refresh_open_checks(at=at(4, 6))


# -- The jobs ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_bells_of_beat_ask_once_a_day(quiet: None) -> None:
    AssignmentFactory()
    with time_machine.travel(at(4, 10, 1), tick=False):
        calendar_asks("service.tasks.refresh_open_checks")()
        calendar_asks("service.tasks.refresh_open_checks")()
        calendar_asks("service.tasks.refresh_standings")()
        closing.close_month(MARCH, at=at(4, 1))
        found = list(Job.objects.order_by("pk"))
        assert [(job.kind, job.key) for job in found] == [
            ("refresh_checks", "2025-04-10"),
            ("refresh_standings", "2025-04-10"),
        ]
        assert [jobs.run(job.pk) for job in found] == ["done", "done"]
    assert [Job.objects.get(pk=job.pk).result for job in found] == [{"changed": 1}, {"standings": 1}]
    assert Check.objects.get().locked_at == at(4, 10, 1)
