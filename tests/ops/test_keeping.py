"""Which backups stay: seven days, four weeks, twelve months, and always the newest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from supervisor.backup import archives, thin_out
from supervisor.keeping import kept

moments = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), max_size=60)
END = datetime(2026, 11, 27, 3, 20)


def test_a_year_of_daily_backups() -> None:
    """20 to 27 November by day, then the Sundays of four weeks, then the last of each month."""
    year = [END - timedelta(days=day) for day in range(400)]
    assert sorted(f"{moment:%y-%m-%d}" for moment in kept(year)) == [
        *("25-12-31", "26-01-31", "26-02-28", "26-03-31", "26-04-30", "26-05-31", "26-06-30", "26-07-31", "26-08-31"),
        *("26-09-30", "26-10-31", "26-11-08", "26-11-15", "26-11-21", "26-11-22", "26-11-23", "26-11-24", "26-11-25"),
        *("26-11-26", "26-11-27"),
    ]


@given(moments)
def test_the_newest_always_stays_and_nothing_is_invented(made: list[datetime]) -> None:
    stay = kept(made)
    assert stay <= set(made)
    assert not made or max(made) in stay
    assert len(stay) <= 7 + 4 + 12


@given(moments, st.randoms())
def test_neither_order_nor_repetition_matters_and_twice_is_once(made: list[datetime], random: object) -> None:
    stay = kept(made)
    assert kept(list(reversed(made)) + made) == stay
    assert kept(stay) == stay


@given(moments)
def test_the_newest_of_each_of_the_last_seven_days_stays(made: list[datetime]) -> None:
    days = sorted({moment.date() for moment in made}, reverse=True)[:7]
    assert {max(moment for moment in made if moment.date() == day) for day in days} <= kept(made)


@given(moments)
def test_thinning_out_daily_keeps_what_thinning_out_once_would(made: list[datetime]) -> None:
    """An archive removed on one day is never one that a later day would keep."""
    held: set[datetime] = set()
    for moment in sorted(made):
        held = kept(held | {moment})
    assert held == kept(made)


def test_only_archives_are_removed(tmp_path: Path) -> None:
    for hour in range(3):
        (tmp_path / f"talentlink-20261127T{hour:02}0000Z.tar.sealed").touch()
    for other in ("notes.txt", "talentlink-20261127T000000Z.tar.bak", ".talentlink-20261127T000000Z.tar.unfinished"):
        (tmp_path / other).touch()
    assert [path.name for path in thin_out(tmp_path)] == [
        "talentlink-20261127T000000Z.tar.sealed",
        "talentlink-20261127T010000Z.tar.sealed",
    ]
    assert list(archives(tmp_path)) == [datetime(2026, 11, 27, 2, tzinfo=UTC)]
    assert len(list(tmp_path.iterdir())) == 4
