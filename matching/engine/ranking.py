"""Finds the doctors whose texts answer a need best: all postings once, then a closer look at those in front."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.factors import earned
from matching.engine.query import Query
from matching.engine.segment import Bools, Floats, Longs, Segment, ranges
from matching.engine.snapshot import Snapshot

Doubles = NDArray[np.float64]

REST = 0.3  # what the other texts of a doctor add to his best
FLOOR = 0.01  # an answer below is chance


@cache
def kernels() -> Any:
    """The compiled loops; a process that never ranks, such as a web server's, does not load the compiler."""
    return import_module("matching.engine.kernels")


@dataclass(frozen=True, slots=True)
class Ranked:
    """k doctors, best first, ties by id: their `places` in the snapshot, `answers` (0 to about 1) and what of it words
    say (`lexical`, the same without an encoder), how well works prove them (`proof`, 0 to 1; `works` says how many they
    are); `texts` are the scores of each one's texts. `every` is False where more doctors answer than were asked for."""

    places: Longs
    answers: Doubles
    lexical: Doubles
    proof: Doubles
    works: Longs
    texts: tuple[Floats, ...]
    every: bool

    def taken(self, chosen: Longs) -> "Ranked":
        """Only these, in this order."""
        texts = tuple(self.texts[at] for at in chosen)
        return Ranked(
            self.places[chosen],
            self.answers[chosen],
            self.lexical[chosen],
            self.proof[chosen],
            self.works[chosen],
            texts,
            self.every,
        )


class Answers:
    """How far every text of a snapshot answers one need."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self.snapshot = snapshot
        self.query = query
        self._scores = [_scores(segment, query) for segment in snapshot.segments]

    def best(self, open_to: Bools, most: int) -> Ranked:
        """The doctors among those `open_to` it (one flag for each place) who answer best, at most `most`."""
        found: list[Ranked] = []
        first = 0
        for segment, scores in zip(self.snapshot.segments, self._scores, strict=True):
            end = first + len(segment.alive)
            found.append(_best_of(segment, scores, self.query, open_to[first:end], first, most))
            first = end
        whole = found[0] if len(found) == 1 else _one_after_another(found)
        order = np.lexsort((self.snapshot.ids[whole.places], -whole.answers))[:most]
        return whole.taken(order[whole.answers[order] >= FLOOR])


def _one_after_another(found: Sequence[Ranked]) -> Ranked:
    return Ranked(
        np.concatenate([one.places for one in found]),
        np.concatenate([one.answers for one in found]),
        np.concatenate([one.lexical for one in found]),
        np.concatenate([one.proof for one in found]),
        np.concatenate([one.works for one in found]),
        tuple(text for one in found for text in one.texts),
        all(one.every for one in found),
    )


def _scores(segment: Segment, query: Query) -> Floats:
    at, known = segment.find(query.codes)
    scores = np.zeros(len(segment.forward.works), np.float32)
    kernels().add_postings(
        segment.pointers, segment.texts, segment.weights, at[known], query.worth[known].astype(np.float32), scores
    )
    return scores


def _best_of(segment: Segment, scores: Floats, query: Query, open_to: Bools, first: int, most: int) -> Ranked:
    """First by words and pairs, over all doctors; then those in front by single characters too."""
    forward = segment.forward
    places, answers = np.zeros(most, np.int64), np.zeros(most, np.float32)
    held = kernels().best_doctors(scores, forward.starts, open_to, REST, FLOOR, places, answers)
    places = places[:held]
    sizes = np.diff(forward.starts)[places]
    texts = ranges(forward.starts[places], forward.starts[places + 1])
    weighed = np.zeros(len(texts), np.float32)
    proofs = np.zeros(len(forward.vocabulary), np.bool_)
    at, known = segment.find(query.codes)
    proofs[at[known]] = query.proof[known]
    kernels().weigh_texts(
        texts,
        forward.pointers,
        forward.terms,
        proofs,
        forward.character_pointers,
        forward.characters,
        forward.character_weights,
        query.characters,
        scores,
        weighed,
    )
    ends = np.cumsum(sizes)
    answers_now = together(weighed.astype(np.float64), ends - sizes)
    return Ranked(
        places + first,
        answers_now,
        answers_now,
        _proof(weighed.astype(np.float64), ends - sizes, sizes),
        sizes - 1,
        tuple(weighed[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)),
        held < most,
    )


def together(texts: Doubles, starts: Longs) -> Doubles:
    """A doctor's answer from those of his texts (from each start to the next): the best, and a share of the rest."""
    if not len(starts):
        return np.zeros(0)
    best = np.maximum.reduceat(texts, starts)
    rest = np.maximum(np.add.reduceat(texts, starts) - best, 0.0)
    return np.asarray(best + REST * rest / (1 + rest), np.float64)


def _proof(texts: Doubles, starts: Longs, sizes: Longs) -> Doubles:
    """How well works prove the topic: the best of them, more surely the more of them stand near it."""
    if not len(starts):
        return np.zeros(0)
    works = texts.copy()
    works[starts] = 0.0  # the profile is no work
    best = np.maximum.reduceat(works, starts)
    near = np.add.reduceat((works >= np.repeat(best, sizes) / 2) & (works > 0), starts, dtype=np.int64)
    return np.asarray(earned(best) * (1 - 0.5**near), np.float64)
