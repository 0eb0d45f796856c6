"""Tries an engine on data that people judged: how well it ranks, and how long it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

import numpy as np

from matchengine.evaluation import gold
from matchengine.evaluation.labelled import AskedNeed, Expert, Labelled
from matchengine.evaluation.measures import Bounds, Figures, by_score, counts, figures_of, intervals, judged_only, mean
from matchengine.ranking import DoctorText, Lexical, NeedText, Snapshot, WorkText
from matchengine.ranking.shortlists import DEPTH

LOOKED_AT = 50 * DEPTH  # doctors a shortlist of 50 looks at closely
KIND = "paper"


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures over needs, and 95 % intervals of each by its name."""

    figures: Figures
    interval: Mapping[str, Bounds]

    @classmethod
    def of(cls, rows: Sequence[Figures]) -> "Measured":
        return cls(mean(rows), intervals(rows))


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out: `full` ranks all experts, `judged` the graded ones of each need only (None where no more than one
    level is given). `counted` of the needs have a relevant expert and are measured. `index_s` are seconds, `query_ms`
    milliseconds for one need, the mean of the measured ones, in a process that has answered one before."""

    full: Measured
    judged: Measured | None
    needs: int
    counted: int
    experts: int
    index_s: float
    query_ms: float


class Bench:
    """An engine with the experts of a set as its only doctors; nothing is known of them but their texts."""

    def __init__(self, engine: Lexical, experts: Iterable[Expert]) -> None:
        # By their ids, so that equal answers are in the order of the ids as written.
        ordered = sorted(experts, key=lambda expert: expert.id)
        self._engine = engine
        self._names = [expert.id for expert in ordered]
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self._snapshot = Snapshot.build(_doctor(number, expert.texts) for number, expert in enumerate(ordered))

    def ranking(self, need: AskedNeed) -> dict[str, float]:
        """Expert → answer, of those a shortlist of 50 looks at."""
        return self._named(self._engine.ranked(self._snapshot, _asked(need.title, need.text), limit=LOOKED_AT))

    def among(self, need: AskedNeed, experts: Iterable[str]) -> dict[str, float]:
        """Expert → answer, of these; those without evidence are left out."""
        numbers = [self._numbers[name] for name in experts]
        text = _asked(need.title, need.text)
        return self._named(self._engine.ranked(self._snapshot, text, limit=len(numbers), among=numbers))

    def _named(self, ranked: Iterable[tuple[int, float]]) -> dict[str, float]:
        return {self._names[number]: answer for number, answer in ranked}


def measure(engine: Lexical, data: Labelled) -> Trial:
    """Rank the experts for every need that can be measured. Raises EncoderDown."""
    began = perf_counter()
    bench = Bench(engine, data.experts)
    index_s = perf_counter() - began
    needs = [need for need in data.needs if counts(data.levels.get(need.id, {}))]
    bench.ranking(needs[0])  # the first query compiles, and loads what later ones reuse
    began = perf_counter()
    rankings = [by_score(bench.ranking(need)) for need in needs]
    query_ms = (perf_counter() - began) * 1000 / len(needs)
    full = [figures_of(order, data.levels[need.id]) for order, need in zip(rankings, needs, strict=True)]
    return Trial(
        full=Measured.of(full),
        judged=Measured.of([_judged(bench, need, data) for need in needs]) if data.graded else None,
        needs=len(data.needs),
        counted=len(needs),
        experts=len(data.experts),
        index_s=index_s,
        query_ms=query_ms,
    )


def _judged(bench: Bench, need: AskedNeed, data: Labelled) -> Figures:
    levels = data.levels[need.id]
    return figures_of(judged_only(by_score(bench.among(need, levels)), levels), levels)


@dataclass(frozen=True, slots=True)
class EnglishTrial:
    """The report of the gold standard, with times as those of `Trial`; the index is that of one sample."""

    report: gold.Report
    index_s: float
    query_ms: float


def measure_english(engine: Lexical, data: gold.Gold) -> EnglishTrial:
    """Rank the researchers of every sample for every paper. Raises EncoderDown, and ValueError as `gold.measure`."""
    index_s: list[float] = []
    query_s: list[float] = []

    @lru_cache(maxsize=1)
    def indexed(researchers: tuple[gold.Researcher, ...]) -> Snapshot:
        began = perf_counter()
        snapshot = Snapshot.build(_researcher(number, one) for number, one in enumerate(researchers))
        index_s.append(perf_counter() - began)
        engine.ranked(snapshot, NeedText(0, "warm up"), limit=1)
        return snapshot

    def score(title: str, abstract: str, researchers: tuple[gold.Researcher, ...]) -> Sequence[float]:
        snapshot = indexed(researchers)
        began = perf_counter()
        ranked = engine.ranked(snapshot, _asked(title, abstract), limit=len(researchers))
        query_s.append(perf_counter() - began)
        scores = np.zeros(len(researchers))
        for number, answer in ranked:
            scores[number] = answer
        return scores.tolist()

    report = gold.measure(data, score)
    return EnglishTrial(report, float(np.mean(index_s)), float(np.mean(query_s)) * 1000)


def _asked(title: str, text: str) -> NeedText:
    return NeedText(0, title, problem=text)


def _doctor(number: int, texts: Sequence[str]) -> DoctorText:
    """The texts of experts are titles of what they did."""
    return DoctorText(number, works=tuple(WorkText(at, KIND, text) for at, text in enumerate(texts)))


def _researcher(number: int, one: gold.Researcher) -> DoctorText:
    works = (WorkText(at, KIND, paper.title, None, paper.abstract) for at, paper in enumerate(one.papers))
    return DoctorText(number, works=tuple(works))
