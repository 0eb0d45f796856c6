"""The weights of the factors: which are in force, learned anew from feedback, and taken back."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, permutations
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.action import By, action
from core.errors import Refused
from core.parameters import key_of
from matchengine.learning import Pair, assess, beats, outcome
from matchengine.ranking.weights import FACTORS, Weights
from matching.models import FactorWeights, Feedback

# What was decided and why, by `FactorWeights.why`.
WHY: dict[str, Any] = {
    "adopted": gettext_lazy("The learned weights are better by more than the noise; they are in force now."),
    "too_little": gettext_lazy("There is too little feedback to learn from; nothing was changed."),
    "same": gettext_lazy("The feedback leads to the same weights; nothing was changed."),
    "no_gain": gettext_lazy(
        "The learned weights are not better on needs they were not fitted on; nothing was changed."
    ),
    "noise": gettext_lazy("The gain is within the noise; nothing was changed."),
    "taken_back": gettext_lazy(
        "Learned weights were taken back before; nothing is changed until there is half as much feedback again."
    ),
    "rolled_back": gettext_lazy("The earlier weights are in force again."),
}
ADOPTED = ("adopted", "rolled_back")
WEIGHED = "+w"  # what stands between an engine's version and that of its weights
Shares = tuple[float, ...]
# As much feedback as this times what stood behind weights that were taken back speaks anew.
MORE_THAN_TAKEN_BACK = 1.5


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there was to learn from: the comparisons, how many rows of each outcome, and how many doctors had points
    from an engine with other factors and could not be compared."""

    pairs: tuple[Pair, ...]
    outcomes: dict[str, int]
    unreadable: int


def current_weights() -> Weights:
    """The weights in force: those last adopted, or the default; the default too where an engine with other factors
    left them."""
    return _weights(FactorWeights.objects.filter(current=True).first())


def weights_of(engine_version: str) -> Weights:
    """The weights that an engine's version names, such as "2.0+w3"; the default where it names none that is kept."""
    number = engine_version.rpartition(WEIGHED)[2]
    version = key_of(number)
    return _weights(FactorWeights.objects.filter(version=version).first() if version else None)


def _weights(row: FactorWeights | None) -> Weights:
    return Weights.of(row.weights, row.version) if row and set(row.weights) == set(FACTORS) else Weights()


def lesson() -> Lesson:
    """All feedback as comparisons within needs.

    A doctor stands with the points of the first thing that became of him, for those were seen when he was chosen, and
    is compared with doctors whose points came from the same engine, whatever its weights were.
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
    _take_turns()
    weights, why, facts = judge()
    return _decide(weights, why, facts, by=by, at=at)


@action(gettext_lazy("weights taken back"))
def roll_back(*, by: By, at: datetime, reason: str) -> FactorWeights:
    """Take the weights in force back: those they replaced, or the default, are in force again, as a decision of its
    own with its reason. Refused without a reason, and where the default is in force."""
    if not reason.strip():
        raise Refused(_("Say why the weights are taken back."), code="reason_missing")
    _take_turns()
    standing = _standing_for(FactorWeights.objects.filter(current=True).first())
    if standing == 0:
        raise Refused(_("The default weights are in force; there is nothing to take back."), code="default")
    replaced = FactorWeights.objects.get(version=standing).facts["against"]
    before = FactorWeights.objects.filter(version=replaced).first()
    facts = {"taken_back": standing, "to": _standing_for(before), "reason": reason.strip()}
    return _decide(_weights(before), "rolled_back", facts, by=by, at=at)


def _standing_for(row: FactorWeights | None) -> int:
    """The version of the decision that learned the weights in force; 0 for the default."""
    if row is None:
        return 0
    return int(row.facts["to"]) if row.why == "rolled_back" else row.version


def _taken_back_on(needs: int) -> bool:
    """People took learned weights back: the same feedback, or hardly more, does not bring them in again."""
    taken = [row.facts["taken_back"] for row in FactorWeights.objects.filter(why="rolled_back")]
    stood_on = max((row.facts["needs"] for row in FactorWeights.objects.filter(version__in=taken)), default=0)
    return bool(needs < MORE_THAN_TAKEN_BACK * stood_on)


def _decide(weights: Weights, why: str, facts: dict[str, Any], *, by: By, at: datetime) -> FactorWeights:
    adopted = why in ADOPTED
    if adopted:
        FactorWeights.objects.filter(current=True).update(current=False)
    last = FactorWeights.objects.order_by("-version").values_list("version", flat=True).first() or 0
    return FactorWeights.objects.create(
        version=last + 1,
        weights=dict(weights),
        adopted=adopted,
        current=adopted,
        why=why,
        facts=facts,
        made_by=by,
        made_at=at,
    )


def _take_turns() -> None:
    """Wait for whoever decides just now; readers go on. There may be no row yet that could be locked instead."""
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{FactorWeights._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
