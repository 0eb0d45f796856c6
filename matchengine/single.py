"""Plans in which nobody serves an enterprise twice, and which needs of a plan compete for the same doctors."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from matchengine.allocation import ALTERNATES, Conflict, Edge, Key, Pair, Plan, Problem, solve

MOST_CONTESTED = 10  # conflicts named
MOST_NEEDS = 12  # needs of one conflict: a longer list is of no use to a reader
ASKED = 200


@dataclass(frozen=True, slots=True)
class Single:
    """A plan that brings a doctor and an enterprise together once; `twice` are the fixed pairs left out for that, and
    `cut` the pairs that could not be for that; no such plan has a total above `bound`."""

    problem: Problem
    plan: Plan
    bound: float
    twice: tuple[Key, ...] = ()
    cut: frozenset[Key] = frozenset()


def solve_single(
    problem: Problem, enterprises: Mapping[int, int], *, alternates: int = ALTERNATES, named: bool = True
) -> Single:
    """The plan of a problem in which no doctor is given two needs of one enterprise (`enterprises`: by need's id), with
    `alternates` and conflicts `named` as in `solve`.

    The solver knows no such limit. Where it pairs the two again the best pair stays, the others lose their edges, and
    it is asked anew; those it brings together again after that lose all edges but one, so that this ends soon. Where
    nobody is given two places nothing is cut, and the plan is the best.
    """
    fixed, twice = _once(problem, enterprises)
    problem = replace(problem, edges=tuple(problem.edges), fixed=fixed)
    cut: set[Key] = set()
    seen: set[Key] = set()
    plan = solve(problem, alternates=alternates, named=named)
    bound = plan.total
    while repeated := _repeated(plan, enterprises):
        for (enterprise, doctor), pairs in repeated.items():
            keep = _best(pairs, problem)
            cut |= {(pair.demand_id, doctor) for pair in pairs if pair is not keep}
            if (enterprise, doctor) in seen:
                cut |= {(need, doctor) for need, own in enterprises.items() if own == enterprise} - {
                    (keep.demand_id, doctor)
                }
            seen.add((enterprise, doctor))
        left = tuple(edge for edge in problem.edges if _key(edge) not in cut)
        plan = solve(replace(problem, edges=left), alternates=alternates, named=named)
    left = tuple(edge for edge in problem.edges if _key(edge) not in cut)
    return Single(replace(problem, edges=left), plan, bound, twice, frozenset(cut))


def contested(single: Single) -> tuple[Conflict, ...]:
    """Which needs compete for which doctors: the conflicts there would be if every need that has a candidate had to be
    served, of up to `MOST_NEEDS` needs each, after those the plan itself could not resolve.

    Of k needs that conflict none has candidates with room for k pairs, so only needs with little room are asked about;
    of these at most `ASKED`, those with the least room.
    """
    problem, plan = single.problem, single.plan
    rooms = _rooms(problem)
    if not any(one.demand_id in rooms for one in plan.unserved):
        return plan.conflicts
    asked = {need for room, need in sorted((room, need) for need, room in rooms.items() if room < MOST_NEEDS)[:ASKED]}
    bound = asked | {need for need, _doctor in problem.fixed} | {one.id for one in problem.demands if one.must}
    demands = [
        replace(one, must=one.wants if one.id in asked else one.must) for one in problem.demands if one.id in bound
    ]
    edges = [edge for edge in problem.edges if edge.demand_id in bound]
    found = solve(replace(problem, demands=demands, edges=edges, goal="total"), alternates=0).conflicts
    known = {one.demands for one in plan.conflicts}
    new = [one for one in found if one.demands not in known and len(one.demands) <= MOST_NEEDS]
    return (plan.conflicts + tuple(new))[:MOST_CONTESTED]


def _rooms(problem: Problem) -> dict[int, int]:
    """For each need that has a candidate, the most pairs that its candidates and its own quotas have room for."""
    forbidden, quotas = set(problem.forbidden), problem.quotas
    doctors = {doctor.id: doctor for doctor in problem.doctors}
    places: dict[int, Counter[str]] = defaultdict(Counter)
    for edge in problem.edges:
        doctor = doctors.get(edge.doctor_id)
        if doctor is not None and _key(edge) not in forbidden:
            group = min((name for name in doctor.groups if name in quotas), default=f"doctor {doctor.id}")
            places[edge.demand_id][group] += doctor.most
    own = {one.id: [quotas[name] for name in one.groups if name in quotas] for one in problem.demands}
    return {
        need: min([sum(min(most, quotas.get(group, most)) for group, most in found.items()), *own.get(need, [])])
        for need, found in places.items()
    }


def _key(edge: Edge) -> Key:
    return edge.demand_id, edge.doctor_id


def _once(problem: Problem, enterprises: Mapping[int, int]) -> tuple[list[Key], tuple[Key, ...]]:
    """The fixed pairs in order of need and doctor, and those that would bring a doctor to an enterprise again."""
    met: set[Key] = set()
    kept: list[Key] = []
    twice: list[Key] = []
    for need, doctor in sorted(set(problem.fixed)):
        both = (enterprises.get(need, 0), doctor)
        if need in enterprises and both in met:
            twice.append((need, doctor))
        else:
            kept.append((need, doctor))
            met.add(both)
    return kept, tuple(twice)


def _repeated(plan: Plan, enterprises: Mapping[int, int]) -> dict[Key, list[Pair]]:
    """(enterprise, doctor) → the pairs that bring the two together, where there are several."""
    found: dict[Key, list[Pair]] = defaultdict(list)
    for pair in plan.pairs:
        found[enterprises[pair.demand_id], pair.doctor_id].append(pair)
    return {both: pairs for both, pairs in found.items() if len(pairs) > 1}


def _best(pairs: list[Pair], problem: Problem) -> Pair:
    """Which of the repeated stays: the fixed one, else one that has to be, else the better one."""
    must = {demand.id for demand in problem.demands if demand.must}
    return min(pairs, key=lambda pair: (not pair.fixed, pair.demand_id not in must, -pair.score, pair.demand_id))
