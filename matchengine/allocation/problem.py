"""What is to be allocated: needs, doctors, who may serve whom and how well, and the limits nobody may break."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from matchengine.names import Goal

Key = tuple[int, int]  # need, doctor


@dataclass(frozen=True, slots=True)
class Demand:
    """A need that wants `wants` different doctors, of whom `must` have to be found.

    `groups` name the quotas it counts in, such as its host and its class.
    """

    id: int
    wants: int = 1
    must: int = 0
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor with `most` places left (0 where negative), of which at least `least` have to be filled.

    1+N: at most `leads` of his pairs are led by him, the rest he serves beside them; all are where it is None.
    `groups` name the quotas he counts in, such as his university.
    """

    id: int
    most: int
    least: int = 0
    leads: int | None = None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edge:
    """A doctor who may serve a need, how well (0–100), and the place each has on the other's list of wishes (1 first).

    Without a finite score of at least 0.005 it is no edge.
    """

    demand_id: int
    doctor_id: int
    score: float
    need_choice: int | None = None
    doctor_choice: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """All that one plan is made from; the order of its parts changes nothing.

    `quotas` are the most pairs by group name; a pair counts in the groups of its need and of its doctor, once each.
    Groups that are not named there limit nothing. Pairs are (need, doctor): `fixed` ones are kept as far as the limits
    allow, with an edge or without; `forbidden` ones never. Edges and pairs of unknown needs or doctors are no edges.

    Goals: "total" is the greatest sum of worth (see `worth.CHOICES`); "most" serves the most needs, then the greatest
    sum; "fair" serves the most needs, then lifts what the worst-off of them gets (the score of its best pair; needs
    with fixed pairs apart) as high as it goes, then the greatest sum. Whatever is equal then is spread evenly over the
    doctors.
    """

    demands: Collection[Demand]
    doctors: Collection[Doctor]
    edges: Iterable[Edge]
    quotas: Mapping[str, int] = field(default_factory=dict)
    fixed: Collection[Key] = ()
    forbidden: Collection[Key] = ()
    goal: Goal = "total"
