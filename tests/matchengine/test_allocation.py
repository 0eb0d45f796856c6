"""What a plan of a round says, case by case; the property tests compare it with every plan there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from matchengine.allocation import (
    Alternate,
    Conflict,
    Demand,
    Doctor,
    Edge,
    Key,
    Pair,
    Plan,
    Problem,
    Quota,
    Unkept,
    Unserved,
    solve,
    solve_arrays,
)


def pairs_of(plan: Plan) -> list[Key]:
    return [(pair.demand_id, pair.doctor_id) for pair in plan.pairs]


def doctors(**most: int) -> list[Doctor]:
    """d10=1: doctor 10 with one place."""
    return [Doctor(int(name[1:]), places) for name, places in most.items()]


def test_the_best_total_beats_the_greedy_one() -> None:
    edges = [Edge(1, 10, 90.0), Edge(1, 11, 80.0), Edge(2, 10, 85.0)]
    plan = solve(Problem([Demand(1), Demand(2)], doctors(d10=1, d11=1), edges))
    assert plan.pairs == (Pair(1, 11, 80.0), Pair(2, 10, 85.0))
    assert plan.greedy_pairs == (Pair(1, 10, 90.0),)
    assert (plan.total, plan.greedy) == (165.0, 90.0)
    assert plan.loads == {10: 1, 11: 1}
    assert plan.unserved == plan.unkept == plan.conflicts == ()


def test_the_goals_differ() -> None:
    # Need 1 with either doctor; need 2 with doctor 10 alone, and badly; need 3 with doctor 11 alone, middling.
    edges = [Edge(1, 10, 95.0), Edge(1, 11, 20.0), Edge(2, 10, 10.0)]
    needs = [Demand(1), Demand(2)]
    assert pairs_of(solve(Problem(needs, doctors(d10=1, d11=1), edges))) == [(1, 10)]
    assert pairs_of(solve(Problem(needs, doctors(d10=1, d11=1), edges, goal="most"))) == [(1, 11), (2, 10)]
    edges = [Edge(1, 10, 99.0), Edge(1, 11, 50.0), Edge(2, 10, 60.0), Edge(2, 11, 20.0)]
    assert pairs_of(solve(Problem(needs, doctors(d10=1, d11=1), edges, goal="most"))) == [(1, 10), (2, 11)]
    assert pairs_of(solve(Problem(needs, doctors(d10=1, d11=1), edges, goal="fair"))) == [(1, 11), (2, 10)]


def test_a_fair_plan_takes_no_second_doctor_away() -> None:
    edges = [Edge(1, 10, 80.0), Edge(1, 11, 5.0), Edge(2, 12, 60.0)]
    plan = solve(Problem([Demand(1, wants=2), Demand(2)], doctors(d10=1, d11=1, d12=1), edges, goal="fair"))
    assert pairs_of(plan) == [(1, 10), (1, 11), (2, 12)]


def test_reasons_of_the_unserved() -> None:
    host = frozenset({"host:7"})
    plan = solve(
        Problem(
            [Demand(1), Demand(2), Demand(3), Demand(4, groups=host), Demand(5, groups=host), Demand(6), Demand(7, 3)],
            doctors(d10=1, d11=2, d12=1),
            [
                *(Edge(1, 10, 50.0), Edge(2, 10, 40.0), Edge(3, 10, 0.0), Edge(4, 11, 30.0), Edge(5, 11, 20.0)),
                *(Edge(6, 12, 30.0), Edge(7, 12, 40.0)),
            ],
            {"host:7": 1},
            forbidden=[(6, 12)],
        )
    )
    assert pairs_of(plan) == [(1, 10), (4, 11), (7, 12)]
    assert plan.unserved == (
        Unserved(2, "capacity"),
        Unserved(3, "no_candidate"),
        Unserved(5, "quota"),
        Unserved(6, "forbidden"),
        Unserved(7, "no_candidate", missing=2),
    )


def test_a_quota_of_the_doctors_side_counts_too() -> None:
    people = [Doctor(10, 1, groups=frozenset({"university:3"})), Doctor(11, 1, groups=frozenset({"university:3"}))]
    plan = solve(Problem([Demand(1), Demand(2)], people, [Edge(1, 10, 50.0), Edge(2, 11, 60.0)], {"university:3": 1}))
    assert pairs_of(plan) == [(2, 11)]
    assert plan.unserved == (Unserved(1, "quota"),)


def test_fixed_pairs_stand_and_forbidden_ones_never() -> None:
    plan = solve(
        Problem(
            [Demand(1), Demand(2), Demand(3)],
            doctors(d10=1, d11=1, d12=1),
            [Edge(1, 10, 90.0), Edge(1, 11, 10.0), Edge(2, 10, 80.0), Edge(3, 12, 70.0)],
            fixed=[(1, 11)],
            forbidden=[(3, 12)],
        )
    )
    assert plan.pairs == (Pair(1, 11, 10.0, fixed=True), Pair(2, 10, 80.0))
    assert plan.unserved == (Unserved(3, "forbidden"),)
    assert (plan.total, plan.greedy) == (90.0, 90.0)


def test_a_fixed_pair_needs_no_score() -> None:
    assert solve(Problem([Demand(1)], doctors(d10=1), [], fixed=[(1, 10), (1, 10)])).pairs == (
        Pair(1, 10, 0.0, fixed=True),
    )


@pytest.mark.parametrize(
    ("fixed", "unkept"),
    [
        ([(9, 10)], Unkept(9, 10, "unknown_need")),
        ([(1, 99)], Unkept(1, 99, "unknown_doctor")),
        ([(1, 12)], Unkept(1, 12, "forbidden")),
        ([(1, 10), (1, 11)], Unkept(1, 11, "twice")),
        ([(1, 10), (2, 10)], Unkept(2, 10, "capacity")),
        ([(3, 10), (4, 11)], Unkept(4, 11, "quota")),
    ],
)
def test_contradictions_are_named_and_left_out(fixed: list[Key], unkept: Unkept) -> None:
    group = frozenset({"class:a"})
    demands = [Demand(1), Demand(2), Demand(3, groups=group), Demand(4, groups=group)]
    people = doctors(d10=1, d11=1, d12=1)
    plan = solve(Problem(demands, people, [], {"class:a": 1}, fixed=fixed, forbidden=[(1, 12)]))
    assert plan.unkept == (unkept,)
    assert (unkept.demand_id, unkept.doctor_id) not in pairs_of(plan)


def test_the_best_pairs_of_a_doctor_are_those_he_leads() -> None:
    needs = [Demand(1), Demand(2), Demand(3)]
    edges = [Edge(1, 10, 50.0), Edge(2, 10, 70.0), Edge(3, 10, 60.0)]
    led = [
        [pair.demand_id for pair in solve(Problem(needs, [Doctor(10, 3, leads=leads)], edges)).pairs if pair.lead]
        for leads in (None, 0, 1, 2)
    ]
    assert led == [[1, 2, 3], [], [2], [2, 3]]


def test_wishes_decide_between_near_equals_only() -> None:
    needs, people = [Demand(1)], doctors(d10=1, d11=1)
    near = [Edge(1, 10, 50.0), Edge(1, 11, 49.5, need_choice=1, doctor_choice=3)]
    assert solve(Problem(needs, people, near)).pairs == (Pair(1, 11, 49.5, bonus=1.3),)
    far = [Edge(1, 10, 52.0), Edge(1, 11, 49.5, need_choice=1, doctor_choice=1)]
    assert pairs_of(solve(Problem(needs, people, far))) == [(1, 10)]
    unlisted = [Edge(1, 10, 50.0), Edge(1, 11, 49.99, need_choice=9, doctor_choice=0)]
    assert pairs_of(solve(Problem(needs, people, unlisted))) == [(1, 10)]


def test_scores_count_to_the_hundredth() -> None:
    plan = solve(Problem([Demand(1)], doctors(d10=1, d11=1), [Edge(1, 10, 50.004), Edge(1, 11, 50.006)]))
    assert plan.pairs == (Pair(1, 11, 50.01),)


def test_alternates() -> None:
    plan = solve(
        Problem(
            [Demand(1), Demand(2)],
            doctors(d10=1, d11=2, d12=1, d13=0, d14=1),
            [
                *(Edge(1, 10, 90.0), Edge(1, 11, 60.0), Edge(1, 12, 80.0, need_choice=1), Edge(1, 13, 85.0)),
                *(Edge(1, 14, 10.0), Edge(2, 11, 70.0), Edge(2, 10, 20.0)),
            ],
        )
    )
    assert pairs_of(plan) == [(1, 10), (2, 11)]
    assert plan.alternates == {
        1: (
            Alternate(1, 12, 80.0, 1.0, open=True, loss=9.0),
            Alternate(1, 11, 60.0, 0.0, open=True, loss=30.0),
            Alternate(1, 14, 10.0, 0.0, open=True, loss=80.0),
        ),
        2: (Alternate(2, 10, 20.0, 0.0, open=False, loss=None),),
    }


def test_needs_that_must_be_served_and_places_that_must_be_filled() -> None:
    edges = [Edge(1, 10, 90.0), Edge(2, 10, 10.0), Edge(1, 11, 5.0)]
    assert pairs_of(solve(Problem([Demand(1), Demand(2, must=1)], doctors(d10=1, d11=0), edges))) == [(2, 10)]
    people = [Doctor(10, 1), Doctor(11, 1, least=1)]
    assert pairs_of(solve(Problem([Demand(1)], people, edges))) == [(1, 11)]


def test_a_conflict_of_needs_names_the_quota_and_the_smallest_set() -> None:
    taiyuan = frozenset({"university:taiyuan"})
    people = [Doctor(10, 2, groups=taiyuan), Doctor(11, 2, groups=taiyuan), Doctor(12, 3)]
    edges = [Edge(need, doctor, 50.0) for need in (12, 15, 31) for doctor in (10, 11)]
    edges += [Edge(need, doctor, 60.0) for need in (1, 2) for doctor in (10, 12)]
    demands = [Demand(need, must=1) for need in (1, 2, 12, 15, 31)]
    plan = solve(Problem(demands, people, edges, {"university:taiyuan": 2}))
    assert plan.conflicts == (
        Conflict(
            demands=(12, 15, 31),
            doctors=(),
            places=(),
            quotas=(("university:taiyuan", 2),),
            wants=(),
            candidates=(10, 11),
            short=1,
            smallest=True,
        ),
    )
    assert len(plan.pairs) == 4
    assert len(plan.unserved) == 1


def test_a_conflict_over_the_places_of_a_doctor_and_a_fixed_pair() -> None:
    plan = solve(
        Problem([Demand(1), Demand(2, must=1), Demand(3)], doctors(d10=1), [Edge(2, 10, 9.0)], fixed=[(1, 10)])
    )
    [conflict] = plan.conflicts
    assert (conflict.demands, conflict.places, conflict.short) == ((1, 2), ((10, 1),), 1)
    assert plan.pairs == (Pair(1, 10, 0.0, fixed=True),)


def test_a_conflict_of_doctors_who_all_need_the_same_need() -> None:
    plan = solve(Problem([Demand(1)], [Doctor(10, 2, 1), Doctor(11, 2, 1)], [Edge(1, 10, 9.0), Edge(1, 11, 8.0)]))
    [conflict] = plan.conflicts
    assert (conflict.demands, conflict.doctors, conflict.wants) == ((), (10, 11), ((1, 1),))
    assert pairs_of(plan) == [(1, 10)]


def test_several_conflicts_are_named_the_smallest_first() -> None:
    edges = [Edge(need, 10, 50.0) for need in (1, 2)] + [Edge(need, 11, 50.0) for need in (4, 5, 6)]
    demands = [Demand(need, must=1) for need in range(1, 7)]
    plan = solve(Problem(demands, doctors(d10=1, d11=2), edges))
    assert [conflict.demands for conflict in plan.conflicts] == [(3,), (1, 2), (4, 5, 6)]
    assert all(conflict.smallest for conflict in plan.conflicts)


def test_many_needs_with_one_small_conflict_among_them() -> None:
    edges = [Edge(need, 1000 + (need + step) % 150, 50.0) for need in range(300) for step in range(20)]
    edges = [edge for edge in edges if edge.demand_id not in {7, 70, 170}]
    edges += [Edge(need, doctor, 40.0) for need in (7, 70, 170) for doctor in (1003, 1090)]
    people = [Doctor(1000 + number, 1 if number in (3, 90) else 3) for number in range(150)]
    plan = solve(Problem([Demand(need, must=1) for need in range(300)], people, edges))
    [conflict] = plan.conflicts
    assert (conflict.demands, conflict.smallest) == ((7, 70, 170), True)
    assert conflict.places == ((1003, 1), (1090, 1))
    assert len(plan.pairs) == 299


def test_bounds_that_contradict_themselves_are_conflicts_of_one() -> None:
    people = [Doctor(10, 1, least=2), Doctor(11, -3, least=1)]
    plan = solve(Problem([Demand(1, wants=1, must=3)], people, [Edge(1, 10, 50.0)]))
    assert [(one.demands, one.doctors, one.wants, one.places, one.short) for one in plan.conflicts] == [
        ((1,), (), ((1, 1),), (), 2),
        ((), (10,), (), ((10, 1),), 1),
        ((), (11,), (), ((11, 0),), 1),
    ]
    assert pairs_of(plan) == [(1, 10)]


def test_quotas_that_cross_each_other_still_give_whole_pairs() -> None:
    # Three needs, each two of them sharing a quota of one: half of each would be 1.5.
    demands = [Demand(1, groups=frozenset("ab")), Demand(2, groups=frozenset("bc")), Demand(3, groups=frozenset("ac"))]
    edges = [Edge(need, need + 10, 50.0) for need in (1, 2, 3)]
    plan = solve(Problem(demands, doctors(d11=1, d12=1, d13=1), edges, {"a": 1, "b": 1, "c": 1}))
    assert plan.total == 50.0
    assert [one.reason for one in plan.unserved] == ["quota", "quota"]


def test_nothing_to_plan() -> None:
    assert solve(Problem([], [], [])) == Plan()
    assert solve(Problem([Demand(1)], doctors(d10=5), [Edge(2, 10, 9.0)])).unserved == (Unserved(1, "no_candidate"),)
    assert solve(Problem([Demand(1)], doctors(d10=-3), [Edge(1, 10, 9.0)])).unserved == (Unserved(1, "capacity"),)
    assert solve(Problem([Demand(1)], [], [Edge(1, 10, 9.0)])).unserved == (Unserved(1, "no_candidate"),)
    assert solve(Problem([], doctors(d10=1), [Edge(1, 10, 9.0)])).loads == {10: 0}
    assert solve(Problem([Demand(1, wants=0)], doctors(d10=1), [Edge(1, 10, 9.0)])).unserved == ()
    odd = [Edge(1, 10, float("nan")), Edge(1, 11, float("inf")), Edge(1, 12, -1.0)]
    plan = solve(Problem([Demand(1)], doctors(d10=1, d11=1, d12=1), odd))
    assert plan.unserved == (Unserved(1, "no_candidate"),)
    for goal in ("total", "most", "fair"):
        assert solve(Problem([Demand(1, must=1)], [Doctor(10, 1, 1)], [], goal=goal)).pairs == ()


def test_bounds_beyond_all_measure() -> None:
    people = [Doctor(10, 10**30, least=10**20), Doctor(11, 10**12)]
    plan = solve(Problem([Demand(1, wants=10**30, must=10**12)], people, [Edge(1, 10, 9.0)], {"a": 10**30}))
    assert [(one.demands, one.doctors) for one in plan.conflicts] == [((1,), ()), ((), (10,))]
    assert pairs_of(plan) == [(1, 10)]


def test_a_quota_below_nothing_is_nothing() -> None:
    demands = [Demand(1, groups=frozenset("a"))]
    plan = solve(Problem(demands, doctors(d10=1), [Edge(1, 10, 9.0)], {"a": -2, "unknown": -1}))
    assert plan.unserved == (Unserved(1, "quota"),)


def test_of_two_edges_of_a_pair_the_better_counts() -> None:
    plan = solve(Problem([Demand(1)], doctors(d10=1), [Edge(1, 10, 9.0), Edge(1, 10, 12.0), Edge(1, 10, 11.0)]))
    assert plan.pairs == (Pair(1, 10, 12.0),)


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (Problem([Demand(1), Demand(1)], [], []), "two needs have the same id 1"),
        (Problem([], doctors(d10=1, d010=2), []), "two doctors have the same id 10"),
        (Problem([Demand(1)], doctors(d10=1), [Edge(1, 10, 100.5)]), "a score is 100.5, but scores go from 0 to 100"),
        (Problem([], [], [], goal="cheap"), "no such goal: 'cheap'"),
    ],
)
def test_what_makes_no_sense_is_an_error(problem: Problem, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        solve(problem)


def test_arrays_in_any_order() -> None:
    demand, doctor, score = [1, 0, 0], [0, 1, 0], [85.0, 80.0, 90.0]
    chosen = solve_arrays(demand, doctor, score, most=[1, 1])
    assert (chosen.edges.tolist(), chosen.total, chosen.kept) == ([True, True, False], 165.0, True)
    chosen = solve_arrays(demand, doctor, score, most=[1, 1], needs=3, must=[1, 1, 1])
    assert (chosen.edges.tolist(), chosen.kept) == ([True, True, False], False)
    one = [Quota("a", 1, doctors=np.array([0, 1]))]
    assert solve_arrays(demand, doctor, score, most=[1, 1], quotas=one).edges.tolist() == [False, False, True]
    pinned = [True, False, False]
    assert solve_arrays(demand, doctor, [0.0, 0.0, 90.0], most=[1, 1], pinned=pinned).edges.tolist() == pinned
    assert solve_arrays([], [], [], most=[]).edges.tolist() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"demand": [0, 0]}, "two edges of one need and doctor"),
        ({"doctor": [0, 5]}, "names a doctor that is not there"),
        ({"demand": [-1, 0]}, "names a need that is not there"),
        ({"must": [2, 0]}, "more than it wants"),
        ({"least": [4]}, "less places"),
        ({"most": [-1]}, "less places"),
        ({"quotas": [Quota("a", -1)]}, "a quota is below 0"),
        ({"score": [5.0, 500.0]}, "scores go from 0 to 100"),
        ({"pinned": [True, True]}, "exceed the limits"),
    ],
)
def test_arrays_that_make_no_sense(change: dict[str, list[float]], message: str) -> None:
    sound = {"demand": [0, 1], "doctor": [0, 0], "score": [5.0, 6.0], "most": [1], "needs": 2}
    with pytest.raises(ValueError, match=message):
        solve_arrays(**{**sound, **change})


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(3, 30), st.booleans())
def test_rounds_too_big_for_brute_force_reach_the_bound_of_the_linear_programme(
    seed: int, needs: int, people: int, quotas: bool
) -> None:
    random = np.random.default_rng(seed)
    demand, doctor = np.nonzero(random.random((needs, people)) < 0.4)
    score, most = random.integers(1, 2001, len(demand)) / 100, random.integers(0, 4, people)
    groups = [Quota(f"u{one}", 3, doctors=np.flatnonzero(np.arange(people) % 5 == one)) for one in range(5)]
    chosen = solve_arrays(demand, doctor, score, most=most, needs=needs, quotas=groups if quotas else ())
    assert chosen.total == pytest.approx(bound(demand, doctor, score, most, needs, quotas=quotas))


def bound(
    demand: np.ndarray, doctor: np.ndarray, score: np.ndarray, most: np.ndarray, needs: int, *, quotas: bool
) -> float:
    """The greatest total that halves of pairs could reach, by HiGHS."""
    if not len(demand):
        return 0.0
    edges = np.arange(len(demand))
    rows = np.concatenate([demand, needs + doctor, needs + len(most) + doctor % 5])
    table = csr_array((np.ones(3 * len(edges)), (rows, np.tile(edges, 3))), shape=(needs + len(most) + 5, len(edges)))
    limits = np.concatenate([np.ones(needs), most, np.full(5, 3 if quotas else len(edges))])
    found = milp(-score, bounds=Bounds(0, 1), constraints=LinearConstraint(table, ub=limits))
    return -float(found.fun)
