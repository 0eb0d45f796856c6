"""The plan of a batch: optimal, within every limit, the same for the same input."""

from collections import Counter
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.plan import Demand, Edge, Key, Pair, Plan, Unkept, Unserved, propose


def pairs_of(plan: Plan) -> list[Key]:
    return [(pair.demand_id, pair.doctor_id) for pair in plan.pairs]


def test_the_best_total_beats_the_greedy_one() -> None:
    plan = propose([Demand(1), Demand(2)], [Edge(1, 10, 90.0), Edge(1, 11, 80.0), Edge(2, 10, 85.0)], {10: 1, 11: 1})
    assert pairs_of(plan) == [(1, 11), (2, 10)]
    assert (plan.total, plan.greedy) == (165.0, 90.0)
    assert plan.unserved == ()


def test_reasons_of_the_unserved() -> None:
    plan = propose(
        [Demand(1), Demand(2), Demand(3), Demand(4, frozenset({"host:7"})), Demand(5, frozenset({"host:7"}))],
        [Edge(1, 10, 50.0), Edge(2, 10, 40.0), Edge(3, 10, 0.0), Edge(4, 11, 30.0), Edge(5, 11, 20.0)],
        {10: 1, 11: 2},
        {"host:7": 1},
    )
    assert pairs_of(plan) == [(1, 10), (4, 11)]
    assert plan.unserved == (Unserved(2, "capacity"), Unserved(3, "no_candidate"), Unserved(5, "quota"))


def test_a_quota_of_the_doctors_side_counts_too() -> None:
    plan = propose(
        [Demand(1), Demand(2)],
        [Edge(1, 10, 50.0), Edge(2, 11, 60.0)],
        {10: 1, 11: 1},
        {"university:3": 1},
        doctor_groups={10: frozenset({"university:3"}), 11: frozenset({"university:3"})},
    )
    assert pairs_of(plan) == [(2, 11)]
    assert plan.unserved == (Unserved(1, "quota"),)


def test_fixed_pairs_stand_and_forbidden_ones_never() -> None:
    plan = propose(
        [Demand(1), Demand(2), Demand(3)],
        [Edge(1, 10, 90.0), Edge(1, 11, 10.0), Edge(2, 10, 80.0), Edge(3, 12, 70.0)],
        {10: 1, 11: 1, 12: 1},
        fixed=[(1, 11)],
        forbidden=[(3, 12)],
    )
    assert plan.pairs == (Pair(1, 11, 10.0, fixed=True), Pair(2, 10, 80.0))
    assert plan.unserved == (Unserved(3, "no_candidate"),)
    assert (plan.total, plan.greedy) == (90.0, 90.0)


def test_a_fixed_pair_needs_no_score() -> None:
    plan = propose([Demand(1)], [], {10: 1}, fixed=[(1, 10)])
    assert plan.pairs == (Pair(1, 10, 0.0, fixed=True),)


@pytest.mark.parametrize(
    ("fixed", "unkept"),
    [
        ([(9, 10)], Unkept(9, 10, "unknown_need")),
        ([(1, 12)], Unkept(1, 12, "forbidden")),
        ([(1, 10), (1, 11)], Unkept(1, 11, "twice")),
        ([(1, 10), (2, 10)], Unkept(2, 10, "capacity")),
        ([(1, 99)], Unkept(1, 99, "capacity")),
        ([(3, 10), (4, 11)], Unkept(4, 11, "quota")),
    ],
)
def test_contradictions_are_named_and_left_out(fixed: list[Key], unkept: Unkept) -> None:
    demands = [Demand(1), Demand(2), Demand(3, frozenset({"class:a"})), Demand(4, frozenset({"class:a"}))]
    plan = propose(demands, [], {10: 1, 11: 1, 12: 1}, {"class:a": 1}, fixed=fixed, forbidden=[(1, 12)])
    assert plan.unkept == (unkept,)
    assert (unkept.demand_id, unkept.doctor_id) not in pairs_of(plan)


def test_quotas_that_cross_each_other_still_give_whole_pairs() -> None:
    # Three needs, each two of them sharing a quota of one: half of each would be 1.5.
    plan = propose(
        [Demand(1, frozenset("ab")), Demand(2, frozenset("bc")), Demand(3, frozenset("ac"))],
        [Edge(need, need + 10, 50.0) for need in (1, 2, 3)],
        {11: 1, 12: 1, 13: 1},
        {"a": 1, "b": 1, "c": 1},
    )
    assert plan.total == 50.0
    assert [one.reason for one in plan.unserved] == ["quota", "quota"]


def test_nothing_to_plan() -> None:
    assert propose([], [], {}) == Plan((), (), (), 0.0, 0.0)
    assert propose([Demand(1)], [Edge(2, 10, 9.0)], {10: 5}).unserved == (Unserved(1, "no_candidate"),)
    assert propose([Demand(1)], [Edge(1, 10, 9.0)], {10: -3}).unserved == (Unserved(1, "capacity"),)
    odd = [Edge(1, 10, float("nan")), Edge(1, 11, float("inf")), Edge(1, 12, -1.0)]
    assert propose([Demand(1)], odd, {10: 1, 11: 1, 12: 1}).unserved == (Unserved(1, "no_candidate"),)


def test_two_demands_of_one_id_are_an_error() -> None:
    with pytest.raises(ValueError, match="same id"):
        propose([Demand(1), Demand(1)], [], {})


NEEDS, DOCTORS = range(1, 5), range(11, 14)
Instance = tuple[list[Demand], list[Edge], dict[int, int], dict[str, int], dict[int, frozenset[str]]]
GROUPS = st.frozensets(st.sampled_from("abc"), max_size=2)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    demands = [Demand(need, draw(GROUPS)) for need in NEEDS]
    edges = [
        Edge(need, doctor, float(score))
        for need, doctor in product(NEEDS, DOCTORS)
        if (score := draw(st.integers(0, 9)))
    ]
    capacities = {doctor: draw(st.integers(0, 2)) for doctor in DOCTORS}
    quotas = {group: draw(st.integers(0, 3)) for group in draw(GROUPS)}
    return demands, edges, capacities, quotas, {doctor: draw(GROUPS) for doctor in DOCTORS}


def broken(pairs: list[Key], case: Instance) -> bool:
    demands, _, capacities, quotas, of = case
    groups = {demand.id: demand.groups for demand in demands}
    places = Counter(doctor for _, doctor in pairs)
    counted = Counter(group for need, doctor in pairs for group in groups[need] | of[doctor])
    return (
        any(count > capacities[doctor] for doctor, count in places.items())
        or any(counted[group] > most for group, most in quotas.items())
        or len({need for need, _ in pairs}) < len(pairs)
    )


@settings(max_examples=60, deadline=None)
@given(instances(), st.randoms())
def test_no_plan_is_better_and_no_limit_is_broken(case: Instance, random: Random) -> None:
    demands, edges, capacities, quotas, of = case
    plan = propose(demands, edges, capacities, quotas, doctor_groups=of)
    scores = {(edge.demand_id, edge.doctor_id): edge.score for edge in edges}
    best = 0.0
    for choice in product([None, *DOCTORS], repeat=len(NEEDS)):
        pairs = [(need, doctor) for need, doctor in zip(NEEDS, choice, strict=True) if doctor is not None]
        if all(pair in scores for pair in pairs) and not broken(pairs, case):
            best = max(best, sum(scores[pair] for pair in pairs))
    assert plan.total == best
    assert plan.greedy <= plan.total
    assert not broken(pairs_of(plan), case)
    assert all(pair.score > 0 for pair in plan.pairs)
    assert sorted([pair.demand_id for pair in plan.pairs] + [one.demand_id for one in plan.unserved]) == list(NEEDS)
    shuffled = random.sample(demands, len(demands)), random.sample(edges, len(edges))
    assert propose(*shuffled, capacities, quotas, doctor_groups=of) == plan
