"""Months, terms in months, and the local day of a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officedata.months import LOCAL_ZONE, Month, day_count, day_end, day_start, local_day, term_end, working_days

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def test_a_month_knows_its_days() -> None:
    february = Month(2024, 2)
    assert (february.first, february.last, february.days) == (date(2024, 2, 1), date(2024, 2, 29), 29)
    assert Month(2023, 2).days == 28
    assert (Month(2024, 12).next(), Month(2024, 1).previous()) == (Month(2025, 1), Month(2023, 12))
    assert Month(2024, 11).plus(14) == Month(2026, 1)


def test_months_sort_by_time_and_print() -> None:
    in_order = [Month(2023, 12), Month(2024, 1), Month(2024, 2)]
    assert sorted([in_order[2], in_order[0], in_order[1]]) == in_order
    assert str(Month(2026, 3)) == "2026-03"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "", " 2026-10", "2026-10\n"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


@pytest.mark.parametrize(("year", "month"), [(2024, 0), (2024, 13), (0, 1), (10_000, 1)])
def test_no_such_month(year: int, month: int) -> None:
    with pytest.raises(ValueError, match="no such month"):
        Month(year, month)


def test_the_month_of_a_moment_is_local() -> None:
    assert Month.of_moment(datetime(2024, 1, 31, 15, 59, 59, tzinfo=UTC)) == Month(2024, 1)
    assert Month.of_moment(datetime(2024, 1, 31, 16, 0, tzinfo=UTC)) == Month(2024, 2)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2024, 1, 31))
    with pytest.raises(TypeError):
        Month.of(datetime(2024, 1, 31, tzinfo=UTC))


def test_a_day_begins_and_ends_locally() -> None:
    assert day_start(date(2024, 2, 1)) == datetime(2024, 1, 31, 16, tzinfo=UTC)
    assert day_start(date(2024, 2, 2)) - day_end(date(2024, 2, 1)) == timedelta(microseconds=1)
    assert local_day(day_end(date(2024, 2, 1)), LOCAL_ZONE) == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2023, 12, 7), 12, date(2024, 12, 6)),
        (date(2024, 1, 1), 12, date(2024, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 27)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 1, 30), 2, date(2023, 3, 29)),
        (date(2023, 3, 15), 36, date(2026, 3, 14)),
    ],
)
def test_term_end(start: date, months: int, end: date) -> None:
    assert term_end(start, months) == end


def test_a_term_has_a_month() -> None:
    with pytest.raises(ValueError, match="at least one month"):
        term_end(date(2024, 1, 1), 0)


def test_day_count() -> None:
    assert day_count(date(2023, 12, 7), date(2024, 12, 6)) == 366
    assert day_count(date(2024, 1, 2), date(2024, 1, 1)) == 0


def test_between() -> None:
    assert Month.between(date(2023, 11, 30), date(2024, 2, 1)) == [
        Month(2023, 11),
        Month(2023, 12),
        Month(2024, 1),
        Month(2024, 2),
    ]
    assert Month.between(date(2024, 2, 2), date(2024, 2, 1)) == []


@given(DAYS)
def test_text_and_neighbours_lead_back(day: date) -> None:
    month = Month.of(day)
    assert Month.parse(str(month)) == month
    assert month.next().previous() == month
    assert month.first <= day <= month.last
    assert month.last + timedelta(days=1) == month.next().first


@given(DAYS, DAYS)
def test_between_covers_every_day_once(one: date, other: date) -> None:
    first, last = sorted((one, other))
    months = Month.between(first, last)
    assert (months[0], months[-1]) == (Month.of(first), Month.of(last))
    assert sum(month.days for month in months) == day_count(months[0].first, months[-1].last)
    assert all(earlier.next() == later for earlier, later in pairwise(months))


@given(DAYS, st.integers(1, 48))
def test_terms_follow_on_each_other(start: date, months: int) -> None:
    after = term_end(start, months) + timedelta(days=1)
    # The day after the term is the corresponding day, or the first of the next month where that day does not exist.
    assert after.day in (start.day, 1)
    assert Month.of(start).plus(months).first <= after <= Month.of(start).plus(months + 1).first


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [
        (date(2026, 3, 17), date(2026, 3, 20), 3),  # Tuesday to Friday
        (date(2026, 3, 20), date(2026, 3, 22), 0),  # Friday to Sunday
        (date(2026, 3, 20), date(2026, 3, 24), 2),  # Friday to Tuesday
        (date(2026, 3, 21), date(2026, 3, 23), 1),  # Saturday to Monday
        (date(2026, 3, 2), date(2026, 3, 30), 20),  # four weeks
        (date(2026, 3, 20), date(2026, 3, 20), 0),
        (date(2026, 3, 20), date(2026, 3, 1), 0),
    ],
)
def test_working_days_leave_out_weekends(after: date, until: date, days: int) -> None:
    assert working_days(after, until) == days
