"""Allocates a whole batch: of all plans that keep every limit, one with the greatest total score."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Reason = Literal["no_candidate", "capacity", "quota"]
Fault = Literal["unknown_need", "forbidden", "twice", "capacity", "quota"]
Doubles = NDArray[np.float64]
Key = tuple[int, int]  # need, doctor


@dataclass(frozen=True, slots=True)
class Demand:
    """A need that wants one doctor; `groups` name the quotas it counts in, such as its host and its class."""

    id: int
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edge:
    """A doctor who may serve a need, and how well (0–100)."""

    demand_id: int
    doctor_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a plan; a fixed pair stands whatever its score, 0 where it has no edge."""

    demand_id: int
    doctor_id: int
    score: float
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Unserved:
    """A need without a doctor: nobody matches, all who match are taken, or a quota is used up."""

    demand_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unkept:
    """A fixed pair that contradicts a limit or another fixed pair, and was left out."""

    demand_id: int
    doctor_id: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Plan:
    """Pairs, unserved needs and contradictions, each by need.

    `greedy` is the total that always taking the best pair left would reach under the same limits and fixed pairs.
    """

    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    unkept: tuple[Unkept, ...]
    total: float
    greedy: float


class _Limits:
    """Places and quotas that are left."""

    def __init__(self, places: Mapping[int, int], quotas: Mapping[str, int], groups: "_Groups") -> None:
        self.places = dict(places)
        self.quotas = dict(quotas)
        self.groups = groups

    def copy(self) -> "_Limits":
        return _Limits(self.places, self.quotas, self.groups)

    def left(self, doctor: int) -> int:
        return max(0, self.places.get(doctor, 0))

    def counted(self, pair: Key) -> list[str]:
        """The quotas a pair counts in, once each."""
        return sorted(group for group in self.groups.of(pair) if group in self.quotas)

    def refuses(self, pair: Key) -> Literal["capacity", "quota"] | None:
        if not self.left(pair[1]):
            return "capacity"
        return "quota" if any(self.quotas[group] < 1 for group in self.counted(pair)) else None

    def take(self, pair: Key) -> None:
        self.places[pair[1]] -= 1
        for group in self.counted(pair):
            self.quotas[group] -= 1


@dataclass(frozen=True, slots=True)
class _Groups:
    demands: Mapping[int, frozenset[str]]
    doctors: Mapping[int, frozenset[str]]

    def of(self, pair: Key) -> frozenset[str]:
        return self.demands.get(pair[0], frozenset()) | self.doctors.get(pair[1], frozenset())


def propose(
    demands: Iterable[Demand],
    edges: Iterable[Edge],
    capacities: Mapping[int, int],
    quotas: Mapping[str, int] | None = None,
    *,
    doctor_groups: Mapping[int, frozenset[str]] | None = None,
    fixed: Iterable[Key] = (),
    forbidden: Iterable[Key] = (),
) -> Plan:
    """Give each need at most one doctor so that the total score is greatest.

    `capacities` are places by doctor id (none where missing), `quotas` the most pairs by group name; a pair counts in
    the groups of its need and of its doctor. Pairs are (need, doctor): `fixed` ones stand first, as far as limits
    allow, `forbidden` ones never. A pair without a positive finite score is never proposed. The order of the input
    changes nothing. Two demands with one id are an error.
    """
    wanted = sorted(demands, key=lambda demand: demand.id)
    groups = _Groups({demand.id: demand.groups for demand in wanted}, doctor_groups or {})
    if len(groups.demands) != len(wanted):
        raise ValueError("two demands have the same id")
    banned = set(forbidden)
    scores = _scores(edges, groups.demands, banned)
    limits = _Limits(capacities, quotas or {}, groups)
    pinned, unkept = _pin(sorted(set(fixed)), scores, limits, banned)
    served = {pair.demand_id for pair in pinned}
    open_scores = {pair: score for pair, score in scores.items() if pair[0] not in served}
    greedy = _greedy(open_scores, limits.copy())
    chosen = _best(open_scores, limits)
    for pair in chosen:
        limits.take(pair)
    pairs = pinned + [Pair(*pair, scores[pair]) for pair in chosen]
    pairs.sort(key=lambda pair: pair.demand_id)
    left = [demand.id for demand in wanted if demand.id not in {pair.demand_id for pair in pairs}]
    return Plan(
        pairs=tuple(pairs),
        unserved=_reasons(left, scores, limits),
        unkept=tuple(unkept),
        total=math.fsum(pair.score for pair in pairs),
        greedy=math.fsum([pair.score for pair in pinned] + [scores[pair] for pair in greedy]),
    )


def _scores(edges: Iterable[Edge], known: Mapping[int, frozenset[str]], banned: set[Key]) -> dict[Key, float]:
    """The score of every pair that may be proposed, in order; of two edges of a pair the better counts."""
    scores: dict[Key, float] = {}
    for edge in edges:
        pair = (edge.demand_id, edge.doctor_id)
        if edge.demand_id in known and pair not in banned and math.isfinite(edge.score) and edge.score > 0:
            scores[pair] = max(edge.score, scores.get(pair, 0.0))
    return dict(sorted(scores.items()))


def _pin(
    fixed: Sequence[Key], scores: Mapping[Key, float], limits: _Limits, banned: set[Key]
) -> tuple[list[Pair], list[Unkept]]:
    """Place the fixed pairs in order of need and doctor; one that contradicts what stands before it is left out."""
    pinned: dict[int, Pair] = {}
    unkept: list[Unkept] = []
    for pair in fixed:
        fault: Fault | None = (
            "unknown_need"
            if pair[0] not in limits.groups.demands
            else "forbidden"
            if pair in banned
            else "twice"
            if pair[0] in pinned
            else limits.refuses(pair)
        )
        if fault:
            unkept.append(Unkept(*pair, fault))
            continue
        limits.take(pair)
        pinned[pair[0]] = Pair(*pair, scores.get(pair, 0.0), fixed=True)
    return list(pinned.values()), unkept


def _greedy(scores: Mapping[Key, float], limits: _Limits) -> list[Key]:
    taken: dict[int, Key] = {}
    for pair in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if pair[0] not in taken and not limits.refuses(pair):
            limits.take(pair)
            taken[pair[0]] = pair
    return list(taken.values())


def _best(scores: Mapping[Key, float], limits: _Limits) -> list[Key]:
    """The pairs of a best plan.

    Needs, places and nested quotas make a transport problem, whose corner solutions are whole; quotas that cross each
    other may leave halves, and then whole numbers are asked for outright.
    """
    pairs = [pair for pair in scores if not limits.refuses(pair)]
    if not pairs:
        return []
    gains = np.array([scores[pair] for pair in pairs])
    table, most = _rows(pairs, limits)
    share = _solved(gains, table, most, whole=False)
    if np.abs(share - share.round()).max() > 1e-6:
        share = _solved(gains, table, most, whole=True)
    return [pair for pair, taken in zip(pairs, share, strict=True) if taken > 0.5]


def _solved(gains: Doubles, table: csr_array, most: Doubles, *, whole: bool) -> Doubles:
    """How much of each pair is taken (0–1) where the gain is greatest and no row of the table exceeds its most."""
    found = milp(
        -gains,
        integrality=np.full(len(gains), int(whole), np.int8),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(table, ub=most),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:  # to serve nobody keeps every limit, so an answer exists
        raise RuntimeError(f"the solver found no plan: {found.message}")
    return np.asarray(found.x, dtype=np.float64)


def _rows(pairs: Sequence[Key], limits: _Limits) -> tuple[csr_array, Doubles]:
    """One row per need (at most 1), doctor (his places) and quota: sparse rows × pairs, and the most of each row."""
    numbers: dict[tuple[str, int | str], int] = {}
    most: list[float] = []
    rows: list[int] = []
    columns: list[int] = []
    for column, pair in enumerate(pairs):
        keys: list[tuple[str, int | str, int]] = [("need", pair[0], 1), ("doctor", pair[1], limits.left(pair[1]))]
        keys += [("group", group, limits.quotas[group]) for group in limits.counted(pair)]
        for kind, name, bound in keys:
            row = numbers.setdefault((kind, name), len(numbers))
            if row == len(most):
                most.append(float(bound))
            rows.append(row)
            columns.append(column)
    table = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(most), len(pairs)))
    return table, np.array(most)


def _reasons(left: Sequence[int], scores: Mapping[Key, float], limits: _Limits) -> tuple[Unserved, ...]:
    """Why each of the needs left has nobody."""
    candidates: dict[int, list[int]] = {}
    for demand, doctor in scores:
        candidates.setdefault(demand, []).append(doctor)
    return tuple(Unserved(demand, _reason(demand, candidates.get(demand, []), limits)) for demand in left)


def _reason(demand: int, doctors: Sequence[int], limits: _Limits) -> Reason:
    if not doctors:
        return "no_candidate"
    own = limits.groups.demands[demand]
    if any(limits.quotas.get(group, 1) < 1 for group in own):
        return "quota"
    return "quota" if any(limits.left(doctor) for doctor in doctors) else "capacity"
