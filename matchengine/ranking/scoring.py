"""Finds the doctors whose texts answer a need best: first by all postings, then the best of these in detail."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.forward import Floats, Longs, ranges, saturated
from matchengine.ranking.query import Query
from matchengine.ranking.segment import Bools, Segment
from matchengine.ranking.snapshot import Snapshot
from matchengine.ranking.together import FLOOR, proof, together

Doubles = NDArray[np.float64]

_SATURATED = saturated()


@cache
def kernels() -> Any:
    """The compiled loops; a process that never ranks, such as a web server's, does not load the compiler."""
    return import_module("matchengine.ranking.kernels")


@dataclass(frozen=True, slots=True)
class Ranked:
    """k doctors, best first, ties by id: their `places` in the snapshot, `answers` (0 to about 1) and what of it words
    say (`lexical`, the same without an encoder), how well works prove them (`proof`, 0 to 1; `works` says how many they
    are). `every` is False where more doctors answer than were asked for."""

    places: Longs
    answers: Doubles
    lexical: Doubles
    proof: Doubles
    works: Longs
    every: bool

    def taken(self, chosen: Longs) -> "Ranked":
        """Only these, in this order."""
        return Ranked(
            self.places[chosen],
            self.answers[chosen],
            self.lexical[chosen],
            self.proof[chosen],
            self.works[chosen],
            self.every,
        )


class Answers:
    """How far every text of a snapshot answers one need."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self.snapshot = snapshot
        self.query = query
        self._parts: list[_Part] = []
        first = 0
        for segment in snapshot.segments:
            self._parts.append(_Part(segment, first, query))
            first += len(segment.alive)

    def best(self, open_to: Bools, most: int) -> Ranked:
        """The doctors among those `open_to` it (one flag for each place) who answer best, at most `most`: by words and
        pairs over all doctors, then the best of these by single characters and common terms too."""
        found = [part.in_front(open_to, most) for part in self._parts]
        places = np.concatenate([places for places, _answers in found])
        answers = np.concatenate([answers for _places, answers in found])
        front = np.sort(places[np.lexsort((self.snapshot.ids[places], -answers))[:most]])
        ranked = self._weighed(front, every=len(places) < most)
        order = np.lexsort((self.snapshot.ids[front], -ranked.answers))
        return ranked.taken(order[ranked.answers[order] >= FLOOR])

    def _weighed(self, places: Longs, *, every: bool) -> Ranked:
        """These doctors (places ascending) after a closer look."""
        texts, sizes = zip(*(part.weighed(places) for part in self._parts), strict=True)
        weighed, counts = np.concatenate(texts).astype(np.float64), np.concatenate(sizes)
        starts = np.cumsum(counts) - counts
        answers = together(weighed, starts)
        return Ranked(places, answers, answers, proof(weighed, starts, counts), counts - 1, every)

    def texts(self, place: int) -> Floats:
        """What each text of the doctor at this place gets when looked at closely, his profile first."""
        places = np.array([place], np.int64)
        return np.concatenate([part.weighed(places)[0] for part in self._parts])


# Memory is reused: allocating new pages takes longer than filling them.
_BLANKS: list[Floats] = []
MOST_BLANKS = 16


def _blank(size: int) -> Floats:
    """So many zeros."""
    while _BLANKS:
        try:
            found = _BLANKS.pop()
        except IndexError:  # another thread took it
            break
        if len(found) == size:
            found.fill(0.0)
            return found
    return np.zeros(size, np.float32)


class _Part:
    """The answers of one segment's texts; `first` is the place of its first doctor."""

    def __init__(self, segment: Segment, first: int, query: Query) -> None:
        self.segment = segment
        self.first = first
        self.end = first + len(segment.alive)
        self.query = query
        at, known = segment.find(query.codes)
        self.scores = _blank(len(segment.forward.works))
        loops = kernels()
        postings = loops.Counted(segment.pointers, segment.texts, segment.counts)
        soon, late = known & ~query.late, known & query.late
        loops.add_postings(postings, at[soon], query.worth[soon].astype(np.float32), _SATURATED, self.scores)
        self.scores *= segment.forward.norms
        self.late = np.zeros(len(segment.forward.vocabulary) if late.any() else 0, np.float32)
        if late.any():
            self.late[at[late]] = query.worth[late]
        self.proofs = np.zeros(len(segment.forward.vocabulary), np.bool_)
        self.proofs[at[known]] = query.proof[known]

    def __del__(self) -> None:
        if len(_BLANKS) < MOST_BLANKS:
            _BLANKS.append(self.scores)

    def in_front(self, open_to: Bools, most: int) -> tuple[Longs, Floats]:
        """Places and answers of the best `most` doctors by words and pairs."""
        places, answers = np.zeros(most, np.int64), np.zeros(most, np.float32)
        loops = kernels()
        owners = loops.Owners(*self.segment.owners)
        held = loops.best_doctors(self.scores, owners, open_to[self.first : self.end], places, answers)
        return places[:held] + self.first, answers[:held]

    def weighed(self, places: Longs) -> tuple[Floats, Longs]:
        """What the texts of those of these doctors who are in this segment get, and how many texts each has: nothing
        without a word or pair that proves a match, else their single characters besides."""
        rows = places[(places >= self.first) & (places < self.end)] - self.first
        forward, loops = self.segment.forward, kernels()
        begin, end = forward.starts[rows], forward.starts[rows + 1]
        texts = ranges(begin, end)
        found = np.zeros(len(texts), np.bool_)
        loops.proved(loops.Counted(forward.pointers, forward.terms, forward.counts), texts, self.proofs, found)
        letters = loops.Counted(forward.character_pointers, forward.characters, forward.character_counts)
        weighed = np.zeros(len(texts), np.float32)
        loops.worth_of(letters, texts, self.query.characters, _SATURATED, weighed)
        if len(self.late):
            more = np.zeros(len(texts), np.float32)
            terms = loops.Counted(forward.pointers, forward.terms, forward.counts)
            loops.worth_of(terms, texts, self.late, _SATURATED, more)
            weighed += more
        weighed = self.scores[texts] + weighed * forward.norms[texts]
        weighed[~found] = 0.0
        return weighed, end - begin
