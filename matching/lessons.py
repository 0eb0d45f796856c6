"""The weights of the factors learned anew from all feedback; loads the solvers that fit them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, permutations
from typing import Any

from django.utils.translation import gettext_lazy

from core.action import By, action
from matchengine.learning import Pair, assess, beats, outcome
from matchengine.weights import FACTORS, Weights
from matching.models import FactorWeights, Feedback
from matching.weights import WEIGHED, current_weights, decide, take_turns

Shares = tuple[float, ...]
# After weights were taken back, learning adopts again once there is this many times the feedback they were learned
# from.
MORE_THAN_TAKEN_BACK = 1.5


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there was to learn from: the comparisons, how many rows of each outcome, and how many doctors had points
    from an engine with other factors and could not be compared."""

    pairs: tuple[Pair, ...]
    outcomes: dict[str, int]
    unreadable: int


def lesson() -> Lesson:
    """All feedback as comparisons within needs.

    A doctor is compared by the points of his first feedback, because those were seen when he was chosen, and only with
    doctors whose points came from the same engine, whatever its weights were.
    """
    first: dict[tuple[int, int], tuple[str, list[dict[str, Any]]]] = {}
    noted: dict[tuple[int, int], list[str]] = defaultdict(list)
    fields = ("need_id", "doctor_id", "kind", "engine", "engine_version", "points")
    for need, doctor, kind, engine, version, points in Feedback.objects.order_by("pk").values_list(*fields):
        first.setdefault((need, doctor), (f"{engine} {version.split(WEIGHED)[0]}", points))
        noted[need, doctor].append(kind)
    groups: dict[tuple[int, str], list[tuple[str, Shares]]] = defaultdict(list)
    unreadable = 0
    for (need, doctor), (engine, points) in first.items():
        shares, became = _shares(points), outcome(noted[need, doctor])
        unreadable += shares is None
        if shares is not None and became is not None:
            groups[need, engine].append((became, shares))
    pairs = [
        Pair(need, better, worse)
        for (need, _engine), doctors in groups.items()
        for (one, better), (other, worse) in permutations(doctors, 2)
        if beats(one, other)
    ]
    return Lesson(tuple(pairs), dict(sorted(Counter(chain(*noted.values())).items())), unreadable)


def _shares(points: Iterable[dict[str, Any]]) -> Shares | None:
    """The share of its points that each factor earned; None from an engine with other factors."""
    found = {row["factor"]: (float(row["points"]), float(row["most"])) for row in points}
    if set(found) != set(FACTORS):
        return None
    return tuple(
        min(max(found[factor][0] / found[factor][1], 0.0), 1.0) if found[factor][1] else 0.0 for factor in FACTORS
    )


def judge() -> tuple[Weights, str, dict[str, Any]]:
    """What the feedback says now, against the weights in force: the weights it leads to, why they are adopted or not
    (a key of `WHY`), and the figures. Nothing is written."""
    against, found = current_weights(), lesson()
    verdict = assess(found.pairs, against)
    why = "taken_back" if verdict.better and _taken_back_on(verdict.needs) else verdict.why
    figures = {name: value for name, value in asdict(verdict).items() if name not in ("why", "weights")}
    known = {"outcomes": found.outcomes, "unreadable": found.unreadable}
    return verdict.weights, why, {**figures, **known, "against": against.version, "against_weights": dict(against)}


@action(gettext_lazy("weights learned"))
def learn(*, by: By, at: datetime) -> FactorWeights:
    """Learn from all feedback, put the weights in force where they are better by more than the noise, and keep the
    decision with its figures either way. Two at once take turns, so that each is judged against what holds then."""
    take_turns()
    weights, why, facts = judge()
    return decide(weights, why, facts, by=by, at=at)


def _taken_back_on(needs: int) -> bool:
    """Whether people took learned weights back on this feedback, or on hardly less; then it does not adopt them
    again."""
    taken = [row.facts["taken_back"] for row in FactorWeights.objects.filter(why="rolled_back")]
    stood_on = max((row.facts["needs"] for row in FactorWeights.objects.filter(version__in=taken)), default=0)
    return bool(needs < MORE_THAN_TAKEN_BACK * stood_on)
