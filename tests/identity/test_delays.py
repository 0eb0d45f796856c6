"""The arithmetic of delays: when they begin, how they grow, and that they always end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.delays import Budget, Count, Pace, after_waiting, level_at, one_less, one_more, seconds_left

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
PACE = Pace(free=4, first=2, doubling=1, longest=900, forgiven=1800)
SLOWER = Pace(free=10, first=1, doubling=2, longest=600, forgiven=180)
BUDGET = Budget(burst=3, forgiven=2)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def tried(times: int, growth: Pace | Budget = PACE) -> Count:
    count = Count(0, NOW, NOW)
    for _time in range(times):
        count = one_more(count, growth, NOW)
    return count


@pytest.mark.parametrize(
    ("times", "seconds"), [(1, 0), (4, 0), (5, 2), (6, 4), (7, 8), (13, 512), (14, 900), (500, 900)]
)
def test_delays_double_and_stop_growing(times: int, seconds: int) -> None:
    assert seconds_left(tried(times), NOW) == seconds


def test_a_slower_growth_doubles_with_every_second_try() -> None:
    assert [round(SLOWER.delay(level), 2) for level in (10, 11, 12, 13, 15)] == [0, 1, 1.41, 2, 4]


def test_a_count_is_forgotten_little_by_little() -> None:
    count = tried(6)
    assert level_at(count, PACE, later(1800)) == 5
    assert level_at(count, PACE, later(6 * 1800)) == 0
    # The clock of another machine may be behind.
    assert level_at(count, PACE, later(-60)) == 6


def test_a_right_password_takes_back_its_try_and_no_other() -> None:
    assert one_less(tried(7), PACE, NOW) == tried(6)
    assert one_less(Count(0, NOW, NOW), PACE, NOW) == Count(0, NOW, NOW)


def test_a_budget_lets_some_through_at_once_and_then_one_by_one() -> None:
    assert [seconds_left(tried(times, BUDGET), NOW) for times in (1, 2, 3)] == [0, 0, 2]
    spent = tried(3, BUDGET)
    assert seconds_left(one_more(spent, BUDGET, later(2)), later(2)) == 2
    assert seconds_left(one_more(spent, BUDGET, later(60)), later(60)) == 0


def test_who_has_waited_goes_on_and_who_comes_first_waits() -> None:
    made_to_wait = after_waiting(Count(0, later(-700), later(-700)), NOW, seconds=8, valid=600)
    assert made_to_wait == Count(0, later(-700), later(8))
    assert after_waiting(made_to_wait, later(7), seconds=8, valid=600) is not None
    assert after_waiting(made_to_wait, later(8), seconds=8, valid=600) is None
    assert after_waiting(made_to_wait, later(608), seconds=8, valid=600) is None
    assert after_waiting(made_to_wait, later(609), seconds=8, valid=600) == Count(0, later(-700), later(617))


def test_the_next_try_waits_at_least_as_long_as_the_site_says() -> None:
    assert seconds_left(one_more(Count(0, NOW, NOW), PACE, NOW, least=8), NOW) == 8
    assert seconds_left(one_more(tried(8), PACE, NOW, least=8), NOW) == 32


PACES = st.builds(
    Pace,
    free=st.integers(0, 50),
    first=st.floats(0.5, 10),
    doubling=st.floats(0.5, 60),
    longest=st.floats(10, 5000),
    forgiven=st.floats(0.5, 5000),
)


@given(pace=PACES, gaps=st.lists(st.floats(0, 10_000), max_size=60))
def test_no_delay_is_ever_longer_than_the_longest_and_each_ends(pace: Pace, gaps: list[float]) -> None:
    count, now = Count(0, NOW, NOW), NOW
    for gap in gaps:
        now += timedelta(seconds=gap)
        count = one_more(count, pace, now)
        assert 0 <= (count.until - now).total_seconds() <= pace.longest + 0.001
        assert 0 <= count.level <= pace.most
    # After an attack of any length nothing is left once its highest count is forgotten.
    assert level_at(count, pace, now + timedelta(seconds=(pace.most + 1) * pace.forgiven)) == 0


@given(pace=PACES, one=st.floats(0, 200), more=st.floats(0, 200))
def test_a_higher_count_never_waits_less(pace: Pace, one: float, more: float) -> None:
    assert pace.delay(one) <= pace.delay(one + more) + 0.001
