"""What needs without a doctor lack, and what would help: each change is tried on the whole problem before it is
proposed.

A conflict names the limits of one smallest cut. Some of them do not matter, such as doctors who are full but fit none
of these needs; other limits that matter may be missing. `causes` names those whose easing helps.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from matchengine.allocation import Conflict, Problem, shortfall
from matchengine.single import solve_single

MUCH = 1_000  # more than any conflict lacks
MOST_DOCTORS = 8  # doctors of one conflict who are tried
MOST_TRIED = 80  # plans tried for one problem
LARGEST = 200_000  # edges beyond which no plan is tried: each takes seconds


@dataclass(frozen=True, slots=True)
class Change:
    """Quotas (by name) and doctors (by id) with so much room more: pairs for a quota, places for a doctor."""

    quotas: Mapping[str, int]
    doctors: Mapping[int, int]

    def and_(self, other: "Change") -> "Change":
        """Both changes; of what both change the greater."""
        quotas, doctors = dict(self.quotas), dict(self.doctors)
        for name, more in other.quotas.items():
            quotas[name] = max(more, quotas.get(name, 0))
        for key, more in other.doctors.items():
            doctors[key] = max(more, doctors.get(key, 0))
        return Change(quotas, doctors)


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change after which `left` needs of the problem are without a doctor, fewer than now.

    Each of the `quotas` is raised by `more`, and any one of the `doctors`, where there are some, gives a place.
    """

    left: int
    more: int
    quotas: tuple[str, ...] = ()
    doctors: tuple[int, ...] = ()

    @property
    def change(self) -> Change:
        return Change(dict.fromkeys(self.quotas, self.more), dict.fromkeys(self.doctors[:1], 1))


class BatchProblem:
    """The problem of a batch, and how many needs go without under a change of its limits.

    `pairs` is how many pairs one place of a doctor brings (1 + N where he serves N enterprises beside each); `askable`
    are the doctors who could give a place more.
    """

    def __init__(
        self, problem: Problem, enterprises: Mapping[int, int], askable: Collection[int], *, pairs: int = 1
    ) -> None:
        edges = tuple(problem.edges)
        self.problem = replace(problem, edges=edges)
        self.enterprises = enterprises
        self.askable = askable
        self.pairs = pairs
        self._tries = MOST_TRIED if len(edges) <= LARGEST else 0

    @property
    def exhausted(self) -> bool:
        """Whether no more plans are tried."""
        return self._tries == 0

    def lacking(self, change: Change) -> int | None:
        """How many needs the plan leaves without a doctor after the change; None where no more plans are tried."""
        if not self._tries:
            return None
        self._tries -= 1
        tried = eased(self.problem, change, pairs=self.pairs)
        return len(solve_single(tried, self.enterprises, alternates=0, named=False).plan.unserved)

    def remedies(self, one: Conflict, now: int) -> tuple[Remedy, ...]:
        """What helps these needs while `now` needs go without, that which helps most first: one limit eased, or where
        no single one helps all of them at once."""
        names, asked = tuple(name for name, _most in one.quotas), self._asked(one)
        found = [self._tried(one, now, (name,), ()) for name in names] + [self._tried(one, now, (), asked)]
        if not any(found):
            found = [self._tried(one, now, names, asked)]
        return tuple(sorted((remedy for remedy in found if remedy), key=lambda remedy: remedy.left))

    def _tried(self, one: Conflict, now: int, quotas: tuple[str, ...], asked: Sequence[int]) -> Remedy | None:
        """These quotas raised, and a place more of each of these doctors in turn: those with whom fewest are left."""
        lefts: dict[int, int] = {}
        for key in asked or [0] * bool(quotas):
            left = self.lacking(Change(dict.fromkeys(quotas, one.short), {key: 1} if asked else {}))
            if left is not None and left < now:
                lefts[key] = left
        if not lefts:
            return None
        least = min(lefts.values())
        doctors = tuple(key for key, left in lefts.items() if left == least and asked)
        return Remedy(least, one.short, quotas, doctors)

    def _asked(self, one: Conflict) -> list[int]:
        """The doctors of a conflict who could give a place, those who fit most of its needs first."""
        fits = dict.fromkeys((key for key, _most in one.places if key in self.askable), 0)
        for edge in self.problem.edges:
            if edge.doctor_id in fits and edge.demand_id in one.demands:
                fits[edge.doctor_id] += 1
        fitting = [key for key, needs in fits.items() if needs]
        return sorted(fitting, key=lambda key: (-fits[key], key))[:MOST_DOCTORS]


def eased(problem: Problem, change: Change, *, pairs: int = 1) -> Problem:
    """The problem with more room."""
    return replace(
        problem,
        quotas={name: most + change.quotas.get(name, 0) for name, most in problem.quotas.items()},
        doctors=[
            replace(
                doctor,
                most=max(doctor.most, 0) + pairs * change.doctors[doctor.id],
                leads=None if doctor.leads is None else doctor.leads + change.doctors[doctor.id],
            )
            if doctor.id in change.doctors
            else doctor
            for doctor in problem.doctors
        ],
    )


def causes(problem: Problem, one: Conflict) -> Conflict:
    """The conflict with the limits its needs run into and no other; as it is where no limit is the cause."""
    if one.wants or not one.demands:
        return one
    local = _local(problem, one)
    quotas, doctors = _touching(local), {doctor.id: MUCH for doctor in local.doctors}
    if shortfall(eased(local, Change(quotas, doctors))):
        return one
    if not shortfall(eased(local, Change(quotas, {}))):
        doctors = {}
    for name in sorted(quotas):
        fewer = {other: MUCH for other in quotas if other != name}
        if not shortfall(eased(local, Change(fewer, doctors))):
            quotas = fewer
    without = shortfall(eased(local, Change(quotas, {})))
    helping = [key for key in doctors if shortfall(eased(local, Change(quotas, {key: MUCH}))) < without]
    most = {doctor.id: max(doctor.most, 0) for doctor in local.doctors}
    return replace(
        one,
        places=tuple((key, most[key]) for key in sorted(helping)),
        quotas=tuple((name, problem.quotas[name]) for name in sorted(quotas)),
    )


def _touching(local: Problem) -> dict[str, int]:
    """The quotas that these needs or their doctors count in, eased."""
    groups = [each.groups for each in local.demands] + [each.groups for each in local.doctors]
    return {name: MUCH for name in frozenset().union(*groups) if name in local.quotas}


def _local(problem: Problem, one: Conflict) -> Problem:
    """The problem of these needs alone, each of which has to be served."""
    needs = set(one.demands)
    edges = [edge for edge in problem.edges if edge.demand_id in needs]
    people = {edge.doctor_id for edge in edges} | {doctor for need, doctor in problem.fixed if need in needs}
    return replace(
        problem,
        demands=[replace(each, must=each.wants) for each in problem.demands if each.id in needs],
        doctors=[replace(each, least=0) for each in problem.doctors if each.id in people],
        edges=edges,
        fixed=[pair for pair in problem.fixed if pair[0] in needs],
    )


def all_followed(batch: BatchProblem, advised: Sequence[Sequence[Remedy]]) -> int | None:
    """How many needs go without where the first remedy of each conflict is followed; None where there is none."""
    firsts = [remedies[0].change for remedies in advised if remedies]
    if not firsts:
        return None
    change = firsts[0]
    for other in firsts[1:]:
        change = change.and_(other)
    return batch.lacking(change)
