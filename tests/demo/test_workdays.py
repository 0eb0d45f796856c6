"""Weekends and holidays of the demo's calendar."""

from datetime import date, timedelta

import pytest

from demo.workdays import from_day, is_workday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 9, 30), True),
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), False),  # a Saturday
        (date(2026, 2, 16), False),  # the eve of the Spring Festival
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 4, 6), False),
        (date(2026, 5, 5), False),
        (date(2026, 6, 19), False),
        (date(2026, 9, 25), False),
        (date(2026, 11, 26), True),
    ],
)
def test_days_on_which_people_work(day: date, works: bool) -> None:
    assert is_workday(day) is works


def test_days_that_follow_each_other() -> None:
    assert from_day(date(2025, 9, 29), 2) == date(2025, 9, 29)
    assert from_day(date(2025, 9, 29), 3) == date(2025, 10, 13)
    assert from_day(date(2026, 11, 27), 2) == date(2026, 11, 30)


def test_every_month_of_many_years_has_three_workdays_in_a_row_early_enough() -> None:
    for year in range(2024, 2031):
        for month in range(1, 13):
            first = date(year, month, 3)
            assert from_day(first, 3) - first <= timedelta(days=21), first
