"""Small rounds beside every plan there is: optimal for each goal, within every limit, conflicts smallest."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchengine.allocation import Demand, Doctor, Edge, Goal, Key, Plan, Problem, solve
from matchengine.allocation.worth import CHOICES

GOALS: tuple[Goal, ...] = ("total", "most", "fair")
NEST = (frozenset[str](), frozenset("a"), frozenset("ab"), frozenset("c"))  # b within a
CROSS = (frozenset[str](), frozenset("a"), frozenset("bc"), frozenset("ac"), frozenset("ab"))
OTHER = (frozenset[str](), frozenset("x"), frozenset("xy"))


@st.composite
def rounds(
    draw: st.DrawFn, *, nested: bool = True, bounds: bool = False, wants: int = 2, doctors: int = 3, pins: bool = True
) -> Problem:
    demands, people = [], []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        wanted = draw(st.integers(1, wants))
        must = draw(st.integers(0, wanted)) if bounds else 0
        demands.append(Demand(number, wanted, must, draw(st.sampled_from(NEST if nested else CROSS))))
    for number in range(11, 11 + draw(st.integers(1, doctors))):
        most = draw(st.integers(0, 3))
        least = draw(st.integers(0, min(1, most))) if bounds else 0
        groups = draw(st.sampled_from(OTHER if nested else (*OTHER, frozenset("b"))))
        people.append(Doctor(number, most, least, groups=groups))
    edges = [
        Edge(one.id, other.id, float(score), draw(st.sampled_from([None, 1, 2])), draw(st.sampled_from([None, 1, 5])))
        for one, other in product(demands, people)
        if (score := draw(st.integers(0, 6)))
    ]
    quotas = {name: draw(st.integers(0, 3)) for name in draw(st.frozensets(st.sampled_from("abcxy"), max_size=4))}
    every = st.sampled_from([(one.id, other.id) for one, other in product(demands, people)])
    fixed = draw(st.lists(every, max_size=2)) if pins else []
    return Problem(demands, people, edges, quotas, fixed, draw(st.lists(every, max_size=1)))


def plans(
    problem: Problem, *, kept: frozenset[Key] = frozenset(), also: frozenset[Key] = frozenset()
) -> Iterator[frozenset[Key]]:
    """Every set of pairs within the limits (bounds from below apart) that holds these fixed pairs."""
    open_ = {(edge.demand_id, edge.doctor_id) for edge in problem.edges} - set(problem.forbidden) | kept | also
    choices = [
        [
            frozenset((need.id, doctor) for doctor in some)
            for size in range(need.wants + 1)
            for some in combinations(sorted(doctor for number, doctor in open_ if number == need.id), size)
        ]
        for need in problem.demands
    ]
    for choice in product(*choices):
        pairs = frozenset[Key]().union(*choice)
        if kept <= pairs and not broken(problem, pairs):
            yield pairs


def broken(problem: Problem, pairs: frozenset[Key]) -> bool:
    needs = {one.id: one for one in problem.demands}
    doctors = {one.id: one for one in problem.doctors}
    counted = Counter(group for need, doctor in pairs for group in needs[need].groups | doctors[doctor].groups)
    wanted, loads = Counter(need for need, _ in pairs), Counter(doctor for _, doctor in pairs)
    return (
        any(count > needs[need].wants for need, count in wanted.items())
        or any(count > doctors[doctor].most for doctor, count in loads.items())
        or any(counted[group] > most for group, most in problem.quotas.items())
    )


def fulfilled(problem: Problem, pairs: frozenset[Key]) -> bool:
    wanted, loads = Counter(need for need, _ in pairs), Counter(doctor for _, doctor in pairs)
    return all(wanted[one.id] >= one.must for one in problem.demands) and all(
        loads[one.id] >= one.least for one in problem.doctors
    )


def value(problem: Problem, pairs: frozenset[Key], fixed: frozenset[Key], goal: Goal) -> tuple[float, ...]:
    """What the goal measures, the most important first; evenness of loads last."""
    edges = {(edge.demand_id, edge.doctor_id): edge for edge in problem.edges}
    worth = sum(worth_of(edges[pair]) for pair in pairs if pair in edges and pair not in problem.forbidden)
    # The first place of a doctor costs nothing: a plan of fewer pairs with equal worth is not more even.
    even = -sum(load * (load - 1) // 2 for load in Counter(doctor for _, doctor in pairs).values())
    served = len({need for need, _ in pairs})
    pinned = {need for need, _ in fixed}
    lots = {
        need: max(edges[pair].score for pair in pairs if pair[0] == need) for need, _ in pairs if need not in pinned
    }
    lowest = min(lots.values(), default=100.0)
    if goal == "total":
        return round(worth, 6), even
    return (served, round(worth, 6), even) if goal == "most" else (served, lowest, round(worth, 6), even)


def worth_of(edge: Edge) -> float:
    points = (*CHOICES, 0.0, 0.0, 0.0)
    return edge.score + sum(points[one - 1] for one in (edge.need_choice, edge.doctor_choice) if one)


def keys(plan: Plan) -> frozenset[Key]:
    return frozenset((pair.demand_id, pair.doctor_id) for pair in plan.pairs)


def pins(plan: Plan) -> frozenset[Key]:
    return frozenset((pair.demand_id, pair.doctor_id) for pair in plan.pairs if pair.fixed)


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=150)
@given(data=st.data())
def test_no_plan_is_better_and_no_limit_is_broken(nested: bool, goal: Goal, data: st.DataObject) -> None:
    problem = replace(data.draw(rounds(nested=nested, bounds=data.draw(st.booleans()))), goal=goal)
    plan = solve(problem)
    fixed = pins(plan)
    every = list(plans(problem, kept=fixed))
    whole = [pairs for pairs in every if fulfilled(problem, pairs)]
    assert keys(plan) in every
    assert bool(whole) == (not plan.conflicts)
    if whole:
        assert value(problem, keys(plan), fixed, goal) == max(value(problem, one, fixed, goal) for one in whole)
        assert fulfilled(problem, keys(plan))
    assert {(one.demand_id, one.doctor_id) for one in plan.unkept} | fixed == set(problem.fixed)


@settings(max_examples=150)
@given(rounds(bounds=True), st.randoms(), st.sampled_from(GOALS))
def test_the_order_of_the_input_changes_nothing(problem: Problem, random: Random, goal: Goal) -> None:
    def mixed(things: Sequence[object]) -> list[object]:
        return random.sample(list(things), len(things))

    other = Problem(
        mixed(problem.demands),
        mixed(problem.doctors),
        mixed(problem.edges),
        dict(mixed(list(problem.quotas.items()))),
        mixed(problem.fixed),
        mixed(problem.forbidden),
        goal,
    )
    assert solve(other) == solve(replace(problem, goal=goal))


@settings(max_examples=200)
@given(rounds())
def test_greedy_keeps_the_limits_and_is_never_better(problem: Problem) -> None:
    plan = solve(problem)
    assert plan.greedy <= plan.total
    taken = frozenset((pair.demand_id, pair.doctor_id) for pair in plan.greedy_pairs)
    assert not broken(problem, taken)
    assert pins(plan) <= taken
    assert plan.greedy == pytest.approx(sum(pair.score + pair.bonus for pair in plan.greedy_pairs))
    assert plan.total == pytest.approx(sum(pair.score + pair.bonus for pair in plan.pairs))


@settings(max_examples=200)
@given(rounds(), st.sampled_from(GOALS))
def test_each_need_is_served_or_said_to_lack_somebody(problem: Problem, goal: Goal) -> None:
    plan = solve(replace(problem, goal=goal))
    lacking = {one.demand_id: one for one in plan.unserved}
    served = Counter(need for need, _ in keys(plan))
    edges = {(one.demand_id, one.doctor_id) for one in problem.edges}
    for need in problem.demands:
        missing = need.wants - served[need.id]
        assert missing == (lacking[need.id].missing if need.id in lacking else 0)
        if missing:
            others = {pair for pair in edges - keys(plan) if pair[0] == need.id}
            allowed = others - set(problem.forbidden)
            reason = lacking[need.id].reason
            assert (reason == "no_candidate") == (not others)
            assert (reason == "forbidden") == bool(others and not allowed)
            if reason == "capacity":
                loads = Counter(doctor for _, doctor in keys(plan))
                assert all(one.most <= loads[one.id] for one in problem.doctors if (need.id, one.id) in allowed)
    assert {one.reason for one in plan.unserved} <= {"no_candidate", "forbidden", "quota", "capacity"}


@settings(max_examples=200)
@given(rounds(wants=1), st.sampled_from(GOALS))
def test_an_open_alternate_can_step_in(problem: Problem, goal: Goal) -> None:
    plan = solve(replace(problem, goal=goal), alternates=9)
    edges = {(one.demand_id, one.doctor_id): one for one in problem.edges}
    current = keys(plan)
    for need in problem.demands:
        own = {pair for pair in current if pair[0] == need.id}
        rows = plan.alternates.get(need.id, ())
        allowed = {pair for pair in edges if pair[0] == need.id} - set(problem.forbidden) - own
        assert {(row.demand_id, row.doctor_id) for row in rows} == allowed
        assert [row.open for row in rows] == sorted((row.open for row in rows), reverse=True)
        for row in rows:
            pair = (row.demand_id, row.doctor_id)
            assert row.open == (not broken(problem, current - own | {pair}))
            before = sum(worth_of(edges[one]) for one in own if one in edges and one not in problem.forbidden)
            assert row.loss == (pytest.approx(before - worth_of(edges[pair])) if row.open else None)


def requirements(problem: Problem, plan: Plan, needs: frozenset[int], doctors: frozenset[int]) -> bool:
    """Whether the bounds of these alone can be kept; what was fixed and is not of these is allowed."""
    kept = frozenset(pair for pair in pins(plan) if pair[0] in needs)
    reduced = replace(
        problem,
        demands=[replace(one, must=one.must if one.id in needs else 0) for one in problem.demands],
        doctors=[replace(one, least=one.least if one.id in doctors else 0) for one in problem.doctors],
    )
    return any(fulfilled(reduced, pairs) for pairs in plans(reduced, kept=kept, also=pins(plan)))


@pytest.mark.parametrize("nested", [True, False])
@settings(max_examples=250)
@given(data=st.data())
def test_a_conflict_is_named_when_there_is_one_and_none_is_smaller(nested: bool, data: st.DataObject) -> None:
    problem = data.draw(rounds(nested=nested, bounds=True))
    plan = solve(problem)
    claims = [("need", one.id) for one in problem.demands if one.must or any(p[0] == one.id for p in pins(plan))]
    claims += [("doctor", one.id) for one in problem.doctors if one.least]

    def possible(some: Sequence[tuple[str, int]]) -> bool:
        needs = frozenset(number for kind, number in some if kind == "need")
        return requirements(problem, plan, needs, frozenset(number for kind, number in some if kind == "doctor"))

    sizes = [size for size in range(len(claims) + 1) if any(not possible(one) for one in combinations(claims, size))]
    assert bool(sizes) == bool(plan.conflicts)
    rest = set(claims)
    for number, conflict in enumerate(plan.conflicts):
        members = [("need", one) for one in conflict.demands] + [("doctor", one) for one in conflict.doctors]
        assert set(members) <= rest
        assert not possible(members)
        assert all(possible([one for one in members if one != left]) for left in members)
        assert conflict.short > 0
        if number == 0:
            assert conflict.smallest
            assert len(members) == sizes[0]
        rest -= set(members)
    assert possible(sorted(rest))


@settings(max_examples=100)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 4))
def test_equal_doctors_get_equal_load(needs: int, doctors: int, most: int) -> None:
    demands = [Demand(number) for number in range(needs)]
    people = [Doctor(100 + number, most) for number in range(doctors)]
    plan = solve(Problem(demands, people, [Edge(one.id, other.id, 50.0) for one in demands for other in people]))
    loads = plan.loads.values()
    assert sum(loads) == min(needs, doctors * most)
    assert max(loads) - min(loads) <= 1
