"""Finds the doctors whose texts answer a need best: all postings once, then a closer look at those in front."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.query import Query
from matching.engine.segment import Bools, Floats, Longs, Segment, ranges
from matching.engine.snapshot import Snapshot
from matching.engine.together import FLOOR, proof, together

Doubles = NDArray[np.float64]


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
            one = _best_of(segment, scores, self.query, open_to[first:end], most)
            found.append(replace(one, places=one.places + first))
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
    loops = kernels()
    postings = loops.Postings(segment.pointers, segment.texts, segment.weights)
    loops.add_postings(postings, at[known], query.worth[known].astype(np.float32), scores)
    return scores


def _best_of(segment: Segment, scores: Floats, query: Query, open_to: Bools, most: int) -> Ranked:
    """First by words and pairs, over all doctors; then those in front by single characters too. Places count from the
    segment's first doctor."""
    forward = segment.forward
    places, found = np.zeros(most, np.int64), np.zeros(most, np.float32)
    held = kernels().best_doctors(scores, forward.starts, open_to, places, found)
    places = places[:held]
    sizes = np.diff(forward.starts)[places]
    weighed = _weighed(segment, scores, query, ranges(forward.starts[places], forward.starts[places + 1]))
    ends = np.cumsum(sizes)
    answers = together(weighed.astype(np.float64), ends - sizes)
    return Ranked(
        places,
        answers,
        answers,
        proof(weighed.astype(np.float64), ends - sizes, sizes),
        sizes - 1,
        tuple(weighed[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)),
        held < most,
    )


def _weighed(segment: Segment, scores: Floats, query: Query, texts: Longs) -> Floats:
    """What texts get when looked at closely: nothing without a word or pair that proves a match, else their single
    characters besides."""
    forward, loops = segment.forward, kernels()
    proofs = np.zeros(len(forward.vocabulary), np.bool_)
    at, known = segment.find(query.codes)
    proofs[at[known]] = query.proof[known]
    found = np.zeros(len(texts), np.bool_)
    loops.proved(loops.Postings(forward.pointers, forward.terms, forward.weights), texts, proofs, found)
    weighed = scores[texts]
    letters = loops.Postings(forward.character_pointers, forward.characters, forward.character_weights)
    loops.add_worth(letters, texts, query.characters, weighed)
    weighed[~found] = 0.0
    return weighed
