"""The values of the JSON fields of runs, shares, suggestions, plans and weights. No Django, no database."""

from typing import Any, Literal, NotRequired, TypedDict


class Options(TypedDict):
    """How a plan is to be made: the goal, and the N of 1+N."""

    goal: Literal["total", "most", "fair"]
    served: int


class Stopped(TypedDict):
    by: int
    at: str


class Unkept(TypedDict):
    """A pin or an order's doctor the plan could not keep."""

    need: int
    doctor: int
    fault: str


class Limit(TypedDict):
    kind: str
    key: int | str
    left: int


class Remedy(TypedDict):
    """A change that was tried: these limits raised by `more`, a place more of any one of the doctors; `left` needs of
    the plan were without a doctor then."""

    limits: list[Limit]
    doctors: list[int]
    more: int
    left: int


class Contested(TypedDict):
    """Needs that cannot all be served, whom they compete for, what limits them, and what helps."""

    needs: list[int]
    doctors: list[int]
    limits: list[Limit]
    short: int
    must: bool
    remedies: NotRequired[list[Remedy]]


class RunFacts(TypedDict, total=False):
    """What a run found, over one need or over a batch, and what is known of its plan. Keys of `why` and `excluded` are
    needs."""

    needs: int
    plan_job: int
    cancelled: Stopped
    why: dict[str, str]
    excluded: dict[str, int]
    notes: dict[str, int]
    snapshots: list[str]
    bound: float | None
    total: float
    greedy: float
    goal: str
    quotas: dict[str, int]
    unkept: list[Unkept]
    conflicts: list[Contested]
    lacking: int
    all_followed: int | None


class ShareFacts(TypedDict):
    why: dict[str, str]
    excluded: dict[str, int]
    snapshot: str
    noted: dict[str, list[int]]


Edges = dict[str, list[tuple[int, float, str]]]
"""Need's key → doctor's key, score, strength."""


class FactorPoints(TypedDict):
    factor: str
    points: float
    most: float


class Quoted(TypedDict):
    """Words of both sides; `work` is None where the profile is quoted, `weight` the share of the need they cover."""

    terms: list[str]
    need: str
    work: int | None
    text: str
    weight: NotRequired[float]


class Objection(TypedDict):
    code: str
    params: dict[str, Any]


class Alternate(TypedDict):
    doctor: int
    score: float


class Fared(TypedDict):
    loss: float
    accuracy: float


class Learned(TypedDict, total=False):
    """What a decision about weights is based on; `taken_back`, `to` and `reason` where they were taken back."""

    needs: int
    pairs: int
    folds: int
    current: Fared | None
    learned: Fared | None
    gain: float
    error: float
    outcomes: dict[str, int]
    unreadable: int
    against: int
    against_weights: dict[str, float]
    taken_back: int
    to: int
    reason: str


# -- Input and result of this app's jobs ---------------------------------------------------------------------


class OfNeed(TypedDict):
    need: int


class OfRun(TypedDict):
    run: int


class OfShare(TypedDict):
    run: int
    number: int


class Lines(TypedDict):
    """Lines of a plan to accept, in this order, the language refusals are kept in, and the answer to what rules ask of
    them; jobs of earlier releases have none."""

    run: int
    lines: list[int]
    language: str | None
    why: NotRequired[str]


class RanNeed(TypedDict):
    run: int
    lines: int


class Split(TypedDict):
    run: int
    shares: int


class RanShare(TypedDict):
    run: int
    needs: int


class Accepted(TypedDict):
    """Keys of lines by what became of them, the refused ones with their reasons, and those of them of which a rule asks
    for a reason."""

    placed: list[int]
    dispatched: list[int]
    served: list[int]
    already: list[int]
    refused: list[tuple[int, str]]
    asking: NotRequired[list[int]]
