"""Nobody serves an enterprise twice; who competes for whom: by table and by property."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from matchengine.allocation import Demand, Doctor, Edge, Problem, solve
from matchengine.single import MOST_NEEDS, contested, solve_single


def problem(needs: int, places: dict[int, int], edges: list[tuple[int, int, float]], **more: object) -> Problem:
    return Problem(
        demands=[Demand(need) for need in range(1, needs + 1)],
        doctors=[Doctor(doctor, most) for doctor, most in places.items()],
        edges=[Edge(*edge) for edge in edges],
        **more,  # type: ignore[arg-type]
    )


def pairs(plan: object) -> list[tuple[int, int]]:
    return [(pair.demand_id, pair.doctor_id) for pair in plan.pairs]  # type: ignore[attr-defined]


def test_the_better_of_two_needs_of_one_enterprise_keeps_the_doctor() -> None:
    one = problem(2, {10: 2, 11: 1}, [(1, 10, 50.0), (2, 10, 60.0), (1, 11, 20.0)])
    assert pairs(solve(one)) == [(1, 10), (2, 10)]
    single = solve_single(one, {1: 7, 2: 7})
    assert (pairs(single.plan), single.cut) == ([(1, 11), (2, 10)], {(1, 10)})
    assert (single.plan.total, single.bound) == (80.0, 110.0)


def test_needs_of_two_enterprises_may_have_the_same_doctor() -> None:
    one = problem(2, {10: 2}, [(1, 10, 50.0), (2, 10, 60.0)])
    single = solve_single(one, {1: 7, 2: 8})
    assert (pairs(single.plan), single.cut) == ([(1, 10), (2, 10)], frozenset())


def test_a_fixed_pair_keeps_the_doctor_from_the_other_need_of_its_enterprise() -> None:
    one = problem(2, {10: 2}, [(1, 10, 50.0), (2, 10, 60.0)], fixed=[(1, 10)])
    single = solve_single(one, {1: 7, 2: 7})
    assert (pairs(single.plan), single.twice) == ([(1, 10)], ())


def test_of_two_fixed_pairs_that_bring_the_same_together_the_first_stands() -> None:
    one = problem(2, {10: 2}, [(1, 10, 50.0), (2, 10, 60.0)], fixed=[(2, 10), (1, 10)])
    single = solve_single(one, {1: 7, 2: 7})
    assert (pairs(single.plan), single.twice) == ([(1, 10)], ((2, 10),))


def test_a_need_that_has_to_be_served_keeps_the_doctor() -> None:
    one = Problem([Demand(1, must=1), Demand(2)], [Doctor(10, 2)], [Edge(1, 10, 5.0), Edge(2, 10, 90.0)])
    assert pairs(solve_single(one, {1: 7, 2: 7}).plan) == [(1, 10)]


def test_needs_that_compete_are_named_with_whom_they_compete_for() -> None:
    one = problem(4, {10: 1, 11: 1}, [(1, 10, 50.0), (2, 10, 60.0), (3, 11, 10.0)])
    (conflict,) = contested(solve_single(one, {1: 1, 2: 2, 3: 3, 4: 4}))
    assert (conflict.demands, conflict.candidates, conflict.places, conflict.short) == ((1, 2), (10,), ((10, 1),), 1)


def test_a_plan_that_serves_all_who_can_be_has_no_conflict() -> None:
    one = problem(3, {10: 1, 11: 1}, [(1, 10, 50.0), (2, 11, 60.0)])
    assert contested(solve_single(one, {1: 1, 2: 2, 3: 3})) == ()


def test_a_small_conflict_is_found_beside_one_too_large_to_be_said() -> None:
    crowd = [(need, 10, float(need)) for need in range(1, MOST_NEEDS + 2)]
    few = [(MOST_NEEDS + 2, 11, 5.0), (MOST_NEEDS + 3, 11, 6.0)]
    one = problem(MOST_NEEDS + 3, {10: MOST_NEEDS, 11: 1}, crowd + few)
    single = solve_single(one, {need: need for need in range(1, MOST_NEEDS + 4)})
    assert [unserved.demand_id for unserved in single.plan.unserved] == [1, MOST_NEEDS + 2]
    assert [conflict.demands for conflict in contested(single)] == [(MOST_NEEDS + 2, MOST_NEEDS + 3)]


def test_conflicts_of_what_has_to_be_come_first() -> None:
    demands = [Demand(1, must=1), Demand(2, must=1), Demand(3), Demand(4)]
    edges = [Edge(1, 10, 50.0), Edge(2, 10, 60.0), Edge(3, 11, 10.0), Edge(4, 11, 20.0)]
    single = solve_single(Problem(demands, [Doctor(10, 1), Doctor(11, 1)], edges), {1: 1, 2: 2, 3: 3, 4: 4})
    assert [conflict.demands for conflict in contested(single)] == [(1, 2), (3, 4)]


def test_a_quota_is_named_as_what_limits() -> None:
    one = Problem(
        [Demand(1, groups=frozenset({"class:technology"})), Demand(2, groups=frozenset({"class:technology"}))],
        [Doctor(10, 1), Doctor(11, 1)],
        [Edge(1, 10, 50.0), Edge(2, 11, 60.0)],
        quotas={"class:technology": 1},
    )
    (conflict,) = contested(solve_single(one, {1: 1, 2: 2}))
    assert (conflict.demands, conflict.quotas, conflict.places) == ((1, 2), (("class:technology", 1),), ())


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Problem, dict[int, int]]:
    needs = draw(st.integers(0, 7))
    places = {doctor: draw(st.integers(0, 4)) for doctor in range(100, 100 + draw(st.integers(0, 4)))}
    possible = [(need, doctor) for need in range(1, needs + 1) for doctor in places]
    chosen = draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    edges = [(need, doctor, float(draw(st.integers(1, 100)))) for need, doctor in chosen]
    pins = st.lists(st.sampled_from(possible), max_size=3, unique_by=lambda pair: pair[0]) if possible else st.just([])
    fixed = draw(pins)
    enterprises = {need: draw(st.integers(1, 3)) for need in range(1, needs + 1)}
    return problem(needs, places, edges, fixed=fixed), enterprises


@given(rounds())
def test_a_doctor_and_an_enterprise_meet_once_and_every_need_is_accounted_for(
    given_round: tuple[Problem, dict[int, int]],
) -> None:
    asked, enterprises = given_round
    single = solve_single(asked, enterprises)
    met = Counter((enterprises[need], doctor) for need, doctor in pairs(single.plan))
    assert set(met.values()) <= {1}
    assert sorted([need for need, _doctor in pairs(single.plan)] + [one.demand_id for one in single.plan.unserved]) == [
        demand.id for demand in asked.demands
    ]
    relaxed = solve(asked)
    if not single.twice:
        assert single.plan.total <= relaxed.total + 1e-6
    if not single.cut and not single.twice:
        assert single.plan == relaxed
