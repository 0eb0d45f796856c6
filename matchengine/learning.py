"""Learns how much each factor should count from what became of suggestions, and whether that is better than before.

Two doctors suggested for one need, of whom one did better than the other, are one comparison. Weights are fitted so
that the better one has more points (the logistic model of paired comparisons: R. A. Bradley, M. E. Terry, Biometrika
39, 1952), held near the weights in force, and judged only on needs they were not fitted on.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from matchengine.weights import FACTORS, TOTAL, Weights

Doubles = NDArray[np.float64]

# The order of outcomes, best first. A lapsed offer is not in it: not answering says nothing about the pair.
RANK = {
    "ended_well": 4,
    "accepted": 3,
    "ordered": 2,
    "pinned": 2,
    "passed_over": 1,
    "declined": 1,
    "ended_badly": 0,
    "forbidden": 0,
}
GOOD = 2  # from here on somebody wanted the doctor; below, one no is not set above another
TRIED = frozenset(("ended_well", "accepted", "declined", "ended_badly"))

LEAST_NEEDS = 60  # below, the error of a mean is itself a guess
FOLDS = 10
CLEAR = 2.0  # standard errors a gain must exceed
NEAR = 1.0  # how far, in logits, a factor may be expected to differ from the weights in force
STEEPEST = 60.0  # logits between no share and all of a factor, where it separates doctors without exception
LEAST_POINTS = 1  # a factor without points would never show in feedback, so it could not gain points again


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two doctors of one need: the share (0–1) of each factor's points that the better and the worse one earned, in the
    order of `FACTORS`."""

    need: int
    better: tuple[float, ...]
    worse: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How weights fared on needs they were not fitted on: mean logistic loss of a pair (nats), and the share of pairs
    in the right order, a tie as half; every need counts the same."""

    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the feedback says: `why` is one of adopted, too_little, same, no_gain, noise.

    `gain` is by how much the loss of a need falls on average, `error` the standard error of that mean, over needs.
    """

    why: str
    weights: Weights
    needs: int
    pairs: int
    folds: int = 0
    current: Figures | None = None
    learned: Figures | None = None
    gain: float = 0.0
    error: float = 0.0

    @property
    def better(self) -> bool:
        return self.why == "adopted"


def outcome(kinds: Iterable[str]) -> str | None:
    """What became of one doctor for one need, from all that was noted in order of time; None where no feedback says it.

    What happened when he was asked says more than that he was chosen, and that more than that another was; of two
    of a kind the later holds.
    """
    known = [kind for kind in kinds if kind in RANK]
    tried = [kind for kind in known if kind in TRIED]
    chosen = [kind for kind in known if kind != "passed_over"]
    telling = tried or chosen or known
    return telling[-1] if telling else None


def beats(one: str, other: str) -> bool:
    """Whether a doctor with outcome `one` did better for the need than one with outcome `other`.

    Whoever was never asked beats nobody who was: how he would have done is not known, and as the doctors ranked
    highest are asked first, such pairs would be evidence against any weights in force.
    """
    return RANK[one] >= GOOD and RANK[one] > RANK[other] and (one in TRIED or other not in TRIED)


def assess(pairs: Iterable[Pair], current: Weights) -> Verdict:
    """Fit weights on the pairs and say whether they are better than `current` by more than the noise.

    Both are judged on the same folds of whole needs; the order of the pairs does not matter, and the same pairs give
    the same verdict to the last bit. Adopted means: the loss falls by more than twice its standard error over needs,
    and no fewer pairs are in the right order.
    """
    rows = sorted(pairs)
    needs = sorted({row.need for row in rows})
    if len(needs) < LEAST_NEEDS:
        return Verdict("too_little", current, len(needs), len(rows))
    data = _data(rows, needs)
    weights = fit(data, current)
    before, after = _out_of_fold(data, needs, current)
    gains = before[:, 0] - after[:, 0]
    gain, error = float(gains.mean()), float(gains.std(ddof=1)) / math.sqrt(len(needs))
    was, now = (Figures(*map(float, figures.mean(axis=0))) for figures in (before, after))
    why = _why(weights, current, gain, error, now.accuracy - was.accuracy)
    return Verdict(why, weights, len(needs), len(rows), FOLDS, was, now, gain, error)


def _why(weights: Weights, current: Weights, gain: float, error: float, accuracy: float) -> str:
    if weights.most == current.most:
        return "same"
    if gain <= 0 or accuracy < 0:
        return "no_gain"
    return "adopted" if gain > CLEAR * error else "noise"


@dataclass(frozen=True, slots=True)
class Data:
    """Pairs as arrays: by how much more of each factor the better one earned (pairs × factors, −1…1), the place of each
    pair's need, and what each pair counts, so that every need counts one."""

    more: Doubles
    need: NDArray[np.intp]
    share: Doubles

    def of(self, chosen: NDArray[np.bool_]) -> "Data":
        return Data(self.more[chosen], self.need[chosen], self.share[chosen])


def _data(rows: Sequence[Pair], needs: Sequence[int]) -> Data:
    place = {need: at for at, need in enumerate(needs)}
    need = np.array([place[row.need] for row in rows], dtype=np.intp)
    more = np.array([row.better for row in rows]) - np.array([row.worse for row in rows])
    return Data(more, need, 1.0 / np.bincount(need)[need])


def fit(data: Data, current: Weights) -> Weights:
    """Weights in whole points under which the better doctors earn more: the most likely ones not below zero, held near
    `current` by a normal prior; `current` itself where the pairs say nothing."""
    start = _steepness(data, current) * np.array(current.most) / TOTAL

    def loss(v: Doubles) -> tuple[float, Doubles]:
        margin = data.more @ v
        off = v - start
        value = float(data.share @ np.logaddexp(0.0, -margin)) + float(off @ off) / (2 * NEAR**2)
        slope = off / NEAR**2 - (data.share * expit(-margin)) @ data.more
        return value, slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(FACTORS), tol=1e-10).x
    return whole_points(found, current)


def _steepness(data: Data, weights: Weights) -> float:
    """The factor, in logits per 100 points, by which these weights' differences tell best who did better."""
    margin = data.more @ np.array(weights.most) / TOTAL

    def loss(steepness: float) -> float:
        return float(data.share @ np.logaddexp(0.0, -steepness * margin))

    return float(minimize_scalar(loss, bounds=(0.0, STEEPEST), method="bounded", options={"xatol": 1e-6}).x)


def whole_points(shares: Doubles, current: Weights) -> Weights:
    """Shares (not below zero, in the order of `FACTORS`) as whole points that add up to 100, each factor at least one;
    `current` where all are zero. What rounding leaves goes to the largest remainders, the first factor first."""
    if not shares.sum() > 1e-6:
        return current
    points = np.full(len(FACTORS), float(LEAST_POINTS))
    large = np.ones(len(FACTORS), dtype=bool)
    while True:
        left = TOTAL - LEAST_POINTS * int((~large).sum())
        points[large] = shares[large] / shares[large].sum() * left
        if not (points[large] < LEAST_POINTS).any():
            break
        large &= points >= LEAST_POINTS
        points[~large] = LEAST_POINTS
    whole = np.floor(points)
    first = np.argsort(-(points - whole), kind="stable")[: round(TOTAL - whole.sum())]
    whole[first] += 1
    return Weights(tuple(map(float, whole)))


def _out_of_fold(data: Data, needs: Sequence[int], current: Weights) -> tuple[Doubles, Doubles]:
    """Loss and share in the right order of every need (needs × 2), under the weights in force and under those fitted on
    the other folds; the steepness of either is found on the other folds too."""
    fold = _folds(needs)[data.need]
    before, after = np.zeros((len(needs), 2)), np.zeros((len(needs), 2))
    for number in range(FOLDS):
        train, held = data.of(fold != number), data.of(fold == number)
        learned = fit(train, current)
        before += _figures(held, current, _steepness(train, current), len(needs))
        after += _figures(held, learned, _steepness(train, learned), len(needs))
    return before, after


def _figures(data: Data, weights: Weights, steepness: float, needs: int) -> Doubles:
    margin = data.more @ np.array(weights.most) / TOTAL
    loss = np.logaddexp(0.0, -steepness * margin)
    right = np.where(np.abs(margin) < 1e-9, 0.5, margin > 0)
    return np.stack([np.bincount(data.need, data.share * each, needs) for each in (loss, right)], axis=1)


def _folds(needs: Sequence[int]) -> NDArray[np.intp]:
    """The fold of every need: by the digest of its key, so that the order of entry has no effect, and evenly filled."""
    digests = [hashlib.sha256(str(need).encode()).digest() for need in needs]
    fold = np.empty(len(needs), dtype=np.intp)
    fold[sorted(range(len(needs)), key=digests.__getitem__)] = np.arange(len(needs)) % FOLDS
    return fold
