"""Where each assignment stands: worked out for a day, kept in a row, never turned back."""

from datetime import date, timedelta
from typing import Any

import pytest

from assignments.models import Assignment
from service.actions import confirm_visit
from service.models import Check, Standing, Visit
from service.standings import refresh_all_standings, refresh_standings
from tests.factories import AssignmentFactory, CheckFactory, VisitFactory, WaiverFactory, moment
from tests.threads import race

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def stand(assignment: Assignment, on: date) -> Standing:
    refresh_standings([assignment], on=on)
    return Standing.objects.get(pk=assignment.pk)


def served(assignment: Assignment, first: date, days: int = 2, status: str = "confirmed") -> None:
    VisitFactory(assignment=assignment, starts_on=first, ends_on=first + (days - 1) * DAY, status=status)


def test_a_fresh_assignment_owes_everything() -> None:
    row = stand(AssignmentFactory(), date(2025, 3, 1))
    assert (row.on, row.month, row.month_verdict) == (date(2025, 3, 1), date(2025, 3, 1), "pending")
    assert (row.month_days, row.month_awaiting, row.month_due) == (0, 0, 2)
    assert (row.days_counted, row.days_awaiting, row.target, row.owed) == (0, 0, 30, 30)
    assert (row.months_missed, row.pace, row.behind, row.last_visit_on) == (0, "on_track", False, None)


def test_days_confirmed_and_awaiting_stand_apart() -> None:
    assignment = AssignmentFactory()
    served(assignment, date(2025, 3, 3), 4)
    served(assignment, date(2025, 4, 8), 2)
    served(assignment, date(2025, 4, 14), 3, "logged")
    served(assignment, date(2025, 4, 1), 1, "disputed")
    served(assignment, date(2025, 4, 2), 1, "withdrawn")
    row = stand(assignment, date(2025, 4, 20))
    assert (row.month, row.month_verdict, row.month_days, row.month_awaiting) == (date(2025, 4, 1), "met", 2, 3)
    assert (row.days_counted, row.days_awaiting, row.owed) == (6, 3, 24)
    assert row.last_visit_on == date(2025, 4, 16)


@pytest.mark.parametrize(("day", "behind"), [(21, False), (22, True), (31, True)])
def test_a_month_without_a_visit_is_at_risk_in_its_last_ten_days(day: int, behind: bool) -> None:
    assert stand(AssignmentFactory(), date(2025, 3, day)).behind is behind


@pytest.mark.parametrize(("status", "behind"), [("confirmed", False), ("logged", False), ("disputed", True)])
def test_a_visit_that_would_meet_the_month_takes_the_risk_away(status: str, behind: bool) -> None:
    assignment = AssignmentFactory()
    served(assignment, date(2025, 3, 10), 2, status)
    assert stand(assignment, date(2025, 3, 28)).behind is behind


def test_a_waived_month_is_not_at_risk() -> None:
    assignment = AssignmentFactory()
    WaiverFactory(assignment=assignment, status="granted", status_at=moment(date(2025, 3, 25)))
    row = stand(assignment, date(2025, 3, 28))
    assert (row.month_verdict, row.behind) == ("waived", False)


def test_a_part_month_asks_for_nothing() -> None:
    row = stand(AssignmentFactory(starts_on=date(2025, 3, 20)), date(2025, 3, 28))
    assert (row.month_verdict, row.month_due, row.behind) == ("exempt", 0, False)


@pytest.mark.parametrize(
    ("on", "days", "pace", "owed"),
    [
        (date(2025, 9, 1), 30, "done", 0),
        (date(2025, 9, 1), 25, "ahead", 5),
        (date(2026, 1, 20), 10, "behind", 20),
        (date(2026, 2, 20), 0, "lost", 30),
    ],
)
def test_the_pace_of_the_year(on: date, days: int, pace: str, owed: int) -> None:
    assignment = AssignmentFactory()
    if days:
        served(assignment, date(2025, 4, 1), days)
    row = stand(assignment, on)
    assert (row.pace, row.owed) == (pace, owed)
    assert row.behind is (pace in ("behind", "lost"))


def test_missed_months_are_counted_from_the_checks() -> None:
    assignment = AssignmentFactory()
    for month, verdict in zip((3, 4, 5, 6, 7), Check.Verdict.values, strict=False):
        CheckFactory(assignment=assignment, first=date(2025, month, 1), verdict=verdict)
    CheckFactory(verdict="not_met")
    assert stand(assignment, date(2025, 8, 1)).months_missed == 1


def test_only_active_assignments_stand_anywhere() -> None:
    assignment = AssignmentFactory()
    stand(assignment, date(2025, 3, 9))
    for value in ("preparing", "completed", "cancelled"):
        AssignmentFactory(status=value)
    assert refresh_all_standings(on=date(2025, 3, 10), at=moment(date(2025, 3, 10))) == 1
    assert list(Standing.objects.values_list("pk", "on")) == [(assignment.pk, date(2025, 3, 10))]
    Assignment.objects.update(status="completed")
    assignment.refresh_from_db()
    assert refresh_standings([assignment], on=date(2025, 3, 11)) == 0
    assert Standing.objects.count() == 0
    refresh_standings([AssignmentFactory()], on=date(2025, 3, 11))
    Assignment.objects.update(status="completed")
    assert refresh_all_standings(on=date(2025, 3, 12), at=moment(date(2025, 3, 12))) == 0
    assert Standing.objects.count() == 0


def test_work_that_comes_late_does_not_turn_the_clock_back() -> None:
    assignment = AssignmentFactory()
    stand(assignment, date(2025, 4, 25))
    served(assignment, date(2025, 4, 8))
    row = stand(assignment, date(2025, 4, 20))
    assert (row.on, row.month_days, row.days_counted) == (date(2025, 4, 25), 2, 2)


def test_before_and_after_the_term_the_edge_months_are_shown() -> None:
    assignment = AssignmentFactory()
    assert stand(assignment, date(2025, 2, 10)).month == date(2025, 3, 1)
    row = stand(assignment, date(2026, 3, 5))
    assert (row.month, row.month_verdict) == (date(2026, 2, 1), "not_met")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("night_first", [True, False])
def test_the_night_run_and_a_confirmation_take_turns(night_first: bool) -> None:
    """Whichever comes second waits, and then reads what the other wrote."""
    assignment = AssignmentFactory()
    visit = VisitFactory(assignment=assignment)
    day = date(2025, 3, 31)
    refresh_all_standings(on=day, at=moment(day))

    def confirm() -> None:
        confirm_visit(Visit.objects.get(pk=visit.pk), by=visit.logged_by, at=moment(day), on=day)

    def night() -> None:
        refresh_all_standings(on=day, at=moment(day))

    race(night, confirm) if night_first else race(confirm, night)
    assert Standing.objects.get().days_counted == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(count: int, django_assert_num_queries: Any) -> None:
    made = [AssignmentFactory() for _ in range(count)]
    for assignment in made:
        served(assignment, date(2025, 3, 10))
        CheckFactory(assignment=assignment)
    rows = list(Assignment.objects.select_related("batch"))
    refresh_standings(rows[:1], on=date(2025, 4, 1))  # the rules are read once in the life of the process
    with django_assert_num_queries(7):
        refresh_standings(rows, on=date(2025, 4, 2))
