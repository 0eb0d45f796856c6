"""A need as weighted terms, and how well each text of a snapshot answers it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.engine.snapshot import LONGEST, Doubles, Snapshot
from matching.engine.values import NeedText
from matching.text import NUMBER, PAIR, is_content_word, terms

TITLE = 2.0  # what a term of the title is worth beside one of the body
KEYWORDS = 1.5
BODY = 1.0
BASIS = 0.3  # what is there already is seldom what is missing
SATURATION = 1.5  # a term said often in one part counts up to this many times
PAIRS = 0.6  # a pair of characters beside a word
MEASURES = 0.2  # equal figures are mostly chance
MOST_TERMS = 80
IDEAL_TERMS = 12  # a text that holds this many of the weightiest terms answers the need in full
REST = 0.3  # what the other texts of a doctor add to his best


@dataclass(frozen=True, slots=True)
class Content:
    """The terms of a need with their weights; `solid` are those that can prove a match."""

    weights: dict[str, float]
    solid: frozenset[str]

    def says_something(self) -> bool:
        """One word, or a stretch of three characters: less cannot be matched."""
        return any(map(is_content_word, self.solid)) or sum(term.startswith(PAIR) for term in self.solid) >= 2


@dataclass(frozen=True, slots=True)
class Query:
    """The weightiest terms of a need that the snapshot knows; `worth` is weight × idf of each."""

    worth: dict[str, float]
    solid: frozenset[str]
    ideal: float

    def carried(self, found: Iterable[str]) -> float:
        """The worth of the solid terms among those found."""
        return sum(sorted(self.worth[term] for term in found if term in self.worth and term in self.solid))


@dataclass(frozen=True, slots=True)
class Answers:
    """How far each text answers the need (0 without evidence), and each doctor by his texts together."""

    texts: Doubles
    doctors: Doubles


def content(need: NeedText) -> Content:
    """Terms of a need with their weights, before the snapshot says how rare they are."""
    weights: dict[str, float] = {}
    solid: set[str] = set()
    parts = (
        (need.title[:LONGEST], TITLE),
        (need.keywords[:LONGEST], KEYWORDS),
        (f"{need.problem[:LONGEST]}\n{need.target[:LONGEST]}", BODY),
        (need.basis[:LONGEST], BASIS),
    )
    for part, worth in parts:
        read = terms(part)
        solid.update(read.content)
        for term, count in Counter(read.content + read.loose).items():
            gain = worth * _kind(term) * count * SATURATION / (count + SATURATION - 1)
            weights[term] = weights.get(term, 0.0) + gain
    return Content(weights, frozenset(solid))


def _kind(term: str) -> float:
    return PAIRS if term.startswith(PAIR) else MEASURES if term.startswith(NUMBER) else 1.0


def ask(snapshot: Snapshot, asked: Content) -> Query:
    """Keep the weightiest terms the snapshot knows.

    Terms nobody has count against the best possible answer like the rarest known ones.
    """
    rarest = float(snapshot.idf.max()) if len(snapshot.idf) else 0.0
    known: dict[str, float] = {}
    every: list[float] = []
    for term, weight in asked.weights.items():
        at = snapshot.vocabulary.get(term)
        every.append(weight * (rarest if at is None else float(snapshot.idf[at])))
        if at is not None:
            known[term] = every[-1]
    kept = sorted(known, key=lambda term: (-known[term], term))[:MOST_TERMS]
    ideal = sum(sorted(every, reverse=True)[:IDEAL_TERMS])
    return Query({term: known[term] for term in kept}, asked.solid, ideal)


def answer(snapshot: Snapshot, query: Query) -> Answers:
    """Add up the postings of the query's terms; a text counts with one shared word or two shared pairs."""
    size = int(snapshot.starts[-1])
    if not query.worth or query.ideal <= 0:
        return Answers(np.zeros(size), np.zeros(len(snapshot.doctors)))
    places = [snapshot.vocabulary[term] for term in query.worth]
    spans = [slice(snapshot.pointers[at], snapshot.pointers[at + 1]) for at in places]
    lengths = [span.stop - span.start for span in spans]
    rows = np.concatenate([snapshot.rows[span] for span in spans])
    gains = np.concatenate([snapshot.weights[span] for span in spans])
    gains *= np.repeat(np.fromiter(query.worth.values(), np.float32), lengths)
    scores = np.bincount(rows, weights=gains, minlength=size) / query.ideal
    proofs = np.repeat([_proof(term, query.solid) for term in query.worth], lengths)
    scores[np.bincount(rows, weights=proofs, minlength=size) < 2] = 0.0
    best = np.maximum.reduceat(scores, snapshot.starts[:-1])
    rest = np.maximum(np.add.reduceat(scores, snapshot.starts[:-1]) - best, 0.0)
    return Answers(scores, best + REST * rest / (1 + rest))


def _proof(term: str, solid: frozenset[str]) -> float:
    if term not in solid or term.startswith(NUMBER):
        return 0.0
    return 1.0 if term.startswith(PAIR) else 2.0
