"""Measures of a ranking against graded levels: 1 none, 2 weak, 3 fairly strong, 4 strong; not graded counts as none."""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

GAINS = {1: 0, 2: 1, 3: 3, 4: 7}
RELEVANT = 3  # the level from which an expert is what was looked for
RESAMPLED = 1_000

Levels = Mapping[str, int]  # expert → level, of one need
Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a ranking is, each from 0 to 1: gain of the first ten, discounted by rank, over the best possible one;
    share of the relevant experts among the first 10 and 50; one over the rank of the first relevant one; share of
    relevant ones among the first five."""

    ndcg10: float
    recall10: float
    recall50: float
    mrr: float
    p5: float


NAMES = tuple(field.name for field in fields(Figures))


def by_score(scores: Mapping[str, float]) -> list[str]:
    """Experts, the highest score first, equal ones by id."""
    return sorted(scores, key=lambda expert: (-scores[expert], expert))


def judged_only(order: Iterable[str], levels: Levels) -> list[str]:
    """The graded experts of a ranking in its order, and after them, by id, those it does not hold."""
    held = [expert for expert in order if expert in levels]
    return held + sorted(levels.keys() - held)


def counts(levels: Levels) -> bool:
    """Whether a need can be measured: it has a relevant expert."""
    return any(level >= RELEVANT for level in levels.values())


def figures_of(order: Sequence[str], levels: Levels) -> Figures:
    """The figures of one need's ranking. ValueError where no expert is relevant."""
    relevant = {expert for expert, level in levels.items() if level >= RELEVANT}
    if not relevant:
        raise ValueError("a need without a relevant expert cannot be measured")
    best = sorted((GAINS[level] for level in levels.values()), reverse=True)
    return Figures(
        ndcg10=_discounted(GAINS[levels.get(expert, 1)] for expert in order[:10]) / _discounted(best[:10]),
        recall10=len(relevant.intersection(order[:10])) / len(relevant),
        recall50=len(relevant.intersection(order[:50])) / len(relevant),
        mrr=next((1 / rank for rank, expert in enumerate(order, 1) if expert in relevant), 0.0),
        p5=sum(expert in relevant for expert in order[:5]) / 5,
    )


def mean(rows: Sequence[Figures]) -> Figures:
    """The figures of several needs, each counting the same. ValueError where there is none."""
    if not rows:
        raise ValueError("there is no need to take the mean of")
    return Figures(*(sum(column) / len(rows) for column in _columns(rows)))


def intervals(rows: Sequence[Figures]) -> dict[str, Bounds]:
    """95 % of the mean of each figure when as many needs are drawn anew, with replacement; the draws are always the
    same. ValueError where there is no need."""
    if not rows:
        raise ValueError("there is no need to draw from")
    draw = random.Random(0)  # noqa: S311  nothing here is secret
    found: dict[str, Bounds] = {}
    for name, column in zip(NAMES, _columns(rows), strict=True):
        size = len(column)
        means = sorted(sum(column[draw.randrange(size)] for _ in range(size)) / size for _ in range(RESAMPLED))
        found[name] = means[RESAMPLED // 40], means[RESAMPLED - RESAMPLED // 40 - 1]
    return found


def _columns(rows: Sequence[Figures]) -> list[tuple[float, ...]]:
    return list(zip(*map(astuple, rows), strict=True))


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
