"""Distances on the sphere: the cases in which the formula is plain arithmetic, and what any distance must obey."""

from math import acos, cos, degrees, inf, nan, pi, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchengine.distance import RADIUS, kilometres

HALF = pi * RADIUS  # from a place to its antipode
LATITUDE, LONGITUDE = st.floats(-90, 90), st.floats(-180, 180)
PLACE = st.tuples(LATITUDE, LONGITUDE)
METRE = 0.001


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ((90, 0), (-90, 0), 1),
        ((90, 12), (-90, -77), 1),
        ((90, 0), (90, 135), 0),
        ((90, 45), (0, 45), 1 / 2),
        ((0, 0), (0, 90), 1 / 2),
        ((0, 0), (45, 0), 1 / 4),
        ((0, 0), (0, 180), 1),
        ((0, 180), (0, -180), 0),
        ((30, 20), (-30, -160), 1),
        ((0, 179.5), (0, -179.5), 1 / 180),
        ((38, 113), (37, 113), 1 / 180),
        ((38, 113), (38, 113), 0),
    ],
)
def test_special_cases(one: tuple[float, float], other: tuple[float, float], share: float) -> None:
    assert kilometres(*one, *other) == pytest.approx(HALF * share, abs=METRE)


def test_a_degree_of_the_meridian_in_kilometres() -> None:
    assert kilometres(37.5, 113, 38.5, 113) == pytest.approx(111.195, abs=METRE)


def test_a_step_along_a_parallel_follows_the_law_of_cosines() -> None:
    at = radians(60)
    angle = acos(sin(at) ** 2 + cos(at) ** 2 * cos(radians(90)))
    assert kilometres(60, 0, 60, 90) == pytest.approx(RADIUS * angle, abs=METRE)
    assert degrees(angle) < 45  # shorter than the parallel itself, which is 90 degrees times cos 60


@given(PLACE, PLACE)
@example((-29.9, 0.1), (29.9, -179.9))
def test_both_ways_are_equally_long_and_none_longer_than_half_the_globe(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = kilometres(*one, *other)
    assert there == pytest.approx(kilometres(*other, *one), abs=1e-6)
    assert 0 <= there <= HALF


@given(PLACE, PLACE, PLACE)
def test_a_detour_is_never_shorter(
    one: tuple[float, float], over: tuple[float, float], other: tuple[float, float]
) -> None:
    assert kilometres(*one, *other) <= kilometres(*one, *over) + kilometres(*over, *other) + METRE


@given(PLACE)
def test_a_place_is_no_way_from_itself_and_half_the_globe_from_its_antipode(place: tuple[float, float]) -> None:
    latitude, longitude = place
    assert kilometres(*place, *place) == 0
    opposite = longitude - 180 if longitude > 0 else longitude + 180
    assert kilometres(*place, -latitude, opposite) == pytest.approx(HALF, abs=METRE)


@given(LATITUDE, LATITUDE, LONGITUDE)
def test_along_a_meridian_only_the_latitude_counts(one: float, other: float, longitude: float) -> None:
    assert kilometres(one, longitude, other, longitude) == pytest.approx(HALF * abs(one - other) / 180, abs=METRE)


@pytest.mark.parametrize("place", [(90.01, 0), (-91, 0), (0, 180.5), (0, -181), (nan, 0), (0, nan), (inf, 0)])
def test_what_is_not_on_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="not on Earth"):
        kilometres(*place, 0, 0)
    with pytest.raises(ValueError, match="not on Earth"):
        kilometres(0, 0, *place)
