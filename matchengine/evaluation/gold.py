"""The English gold standard of reviewers: researchers rated papers for their own expertise; are they ordered so?

Source of data and measures: Stelmakh, Wieting, Neubig and Shah, "A Gold Standard Dataset for the Reviewer Assignment
Problem", 2023.
"""

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLES = tuple(f"d_20_{at}" for at in range(1, 11))
MOST_RATED = 10  # papers one researcher rated
GOOD, POOR = 4.0, 2.0  # ratings from which a paper is within, and up to which it is outside, the own field
RESAMPLED = 1_000


@dataclass(frozen=True, slots=True)
class Paper:
    """Title and abstract, either of which may be empty."""

    title: str
    abstract: str


@dataclass(frozen=True, slots=True)
class Researcher:
    """A researcher as one sample shows him: by his papers."""

    id: str
    papers: tuple[Paper, ...]


# Title and abstract of a paper, and all researchers of one sample → one number per researcher, the higher the nearer.
# All calls of one sample come together, with the very same tuple: `functools.lru_cache(maxsize=1)` keeps an index.
Score = Callable[[str, str, tuple[Researcher, ...]], Sequence[float]]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gold:
    """The data set: ratings by researcher and paper, papers to rate, papers that show the researchers, the samples."""

    ratings: Mapping[str, Mapping[str, float]]
    needs: Mapping[str, Paper]
    works: Mapping[str, Paper]
    samples: tuple[Mapping[str, Sequence[str]], ...]

    def researchers(self) -> Iterator[tuple[Researcher, ...]]:
        """The researchers, sample by sample, always in the same order; only one sample is made at a time."""
        for sample in self.samples:
            yield tuple(
                Researcher(researcher, tuple(self.works[paper] for paper in sample[researcher]))
                for researcher in self.ratings
            )


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, each the mean over the samples.

    `loss`: cost of the pairs ordered wrongly over the largest possible cost (0 best, 0.5 by chance); a pair costs the
    difference of its ratings, a tie half of it. `easy`, `hard`: share of pairs ordered rightly (a tie is wrong) where
    one paper is in the field (≥ 4) and one outside (≤ 2), and where both are in it; nan where there is no such pair.
    `interval`: 95 % of the loss when researchers are drawn anew.
    """

    loss: float
    easy: float
    hard: float
    interval: tuple[float, float]
    losses: tuple[float, ...]
    researchers: int
    needs: int
    pairs: int


def read(folder: Path) -> Gold:
    """Read `evaluations.csv` (tabs: ParticipantID, Paper1…10, Expertise1…10) and `gold_compact.json` of a folder.

    Raises ValueError where they do not fit together, OSError where they cannot be read.
    """
    try:
        with (folder / "evaluations.csv").open(encoding="utf-8", newline="") as file:
            ratings = {row["ParticipantID"]: _rated(row) for row in csv.DictReader(file, delimiter="\t")}
        data = json.loads((folder / "gold_compact.json").read_text(encoding="utf-8"))
        needs, works = _papers(data["submissions"]), _papers(data["archive_papers"])
        samples = tuple(data["archives"][name] for name in SAMPLES)
        missing = {paper for rated in ratings.values() for paper in rated} - needs.keys()
        missing |= {
            paper for sample in samples for researcher in ratings for paper in sample[researcher]
        } - works.keys()
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder} is not in the format of the gold standard: {error!r}") from error
    if missing:
        raise ValueError(f"{folder} names papers it does not hold: {', '.join(sorted(missing)[:3])}")
    return Gold(ratings, needs, works, samples)


def measure(gold: Gold, score: Score) -> Report:
    """Ask `score` for every paper in every sample and judge the order it gives each researcher's papers.

    Raises ValueError where the ratings hold no pair to order, or `score` returns other than one number each.
    """
    papers = sorted({paper for rated in gold.ratings.values() for paper in rated})
    place = {paper: at for at, paper in enumerate(papers)}
    pairs = [_Pairs.of(rated, place) for rated in gold.ratings.values()]
    largest = np.array([one.cost.sum() for one in pairs])
    if not largest.sum():
        raise ValueError("no researcher rated two papers differently")
    tallies = []
    for experts in gold.researchers():
        scores = np.array([_asked(score, gold.needs[paper], experts) for paper in papers])
        tallies.append([one.tally(scores[:, at]) for at, one in enumerate(pairs)])
    costs, easy, hard = np.moveaxis(np.array(tallies, np.float64), 2, 0)  # each samples × researchers
    losses = costs.sum(axis=1) / largest.sum()
    return Report(
        loss=float(losses.mean()),
        easy=_share(easy, sum(int(one.easy.sum()) for one in pairs)),
        hard=_share(hard, sum(int(one.hard.sum()) for one in pairs)),
        interval=_interval(costs.mean(axis=0), largest),
        losses=tuple(losses.tolist()),
        researchers=len(pairs),
        needs=len(papers),
        pairs=sum(len(one.cost) for one in pairs),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """One researcher's pairs of papers rated differently: the better, the worse, what a mistake costs, and its kind."""

    better: NDArray[np.int64]
    worse: NDArray[np.int64]
    cost: Doubles
    easy: NDArray[np.bool_]
    hard: NDArray[np.bool_]

    @classmethod
    def of(cls, rated: Mapping[str, float], place: Mapping[str, int]) -> "_Pairs":
        ordered = sorted(rated, key=lambda paper: (-rated[paper], paper))
        pairs = [(one, two) for one, two in combinations(ordered, 2) if rated[one] != rated[two]]
        high = np.array([rated[one] for one, _ in pairs], np.float64)
        low = np.array([rated[two] for _, two in pairs], np.float64)
        return cls(
            np.array([place[one] for one, _ in pairs], np.int64),
            np.array([place[two] for _, two in pairs], np.int64),
            high - low,
            (high >= GOOD) & (low <= POOR),
            low >= GOOD,
        )

    def tally(self, scores: Doubles) -> tuple[float, int, int]:
        """Cost of the mistakes, and easy and hard pairs ordered rightly, by the scores of all papers."""
        lead = scores[self.better] - scores[self.worse]
        cost = float(self.cost @ ((lead < 0) + 0.5 * (lead == 0)))
        return cost, int((lead[self.easy] > 0).sum()), int((lead[self.hard] > 0).sum())


def _rated(row: Mapping[str, str]) -> dict[str, float]:
    places = range(1, MOST_RATED + 1)
    return {row[f"Paper{at}"]: float(row[f"Expertise{at}"]) for at in places if row.get(f"Paper{at}")}


def _papers(rows: Mapping[str, Mapping[str, str | None]]) -> dict[str, Paper]:
    return {name: Paper(row.get("title") or "", row.get("abstract") or "") for name, row in rows.items()}


def _asked(score: Score, need: Paper, experts: tuple[Researcher, ...]) -> Sequence[float]:
    scores = score(need.title, need.abstract, experts)
    if len(scores) != len(experts) or not np.isfinite(scores).all():
        raise ValueError(f"{len(experts)} finite scores expected, got {scores!r:.80}")
    return scores


def _share(right: Doubles, total: int) -> float:
    return float(right.sum(axis=1).mean()) / total if total else float("nan")


def _interval(costs: Doubles, largest: Doubles) -> tuple[float, float]:
    """Quantiles of the loss over draws of as many researchers with replacement; the draws are always the same."""
    draw = random.Random(0)  # noqa: S311  nothing here is secret
    size = range(len(costs))
    losses = []
    for _ in range(RESAMPLED):
        drawn = draw.choices(size, k=len(size))
        if whole := float(largest[drawn].sum()):
            losses.append(float(costs[drawn].sum()) / whole)
    low, high = np.quantile(losses, [0.025, 0.975])
    return float(low), float(high)
