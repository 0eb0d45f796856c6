"""One part of the index: some doctors with all their texts, and the texts of each term."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchengine.ranking.forward import Bytes, Forward, Ints, Longs, stretches
from matchengine.ranking.values import DoctorText
from matchengine.reading import Codes

Bools = NDArray[np.bool_]

CHUNK = 2_000  # doctors read together


@dataclass(frozen=True, eq=False)
class Segment:
    """A Forward with its inverse: the texts of each term (`pointers` v + 1, `texts`, `counts` in halves).

    `alive` n is False where a later segment holds the doctor, or none does; `held` v is how many texts of living
    doctors hold a term, `characters_held` (of all 65,536) a character, and `filled` how many of their texts hold any
    term.
    """

    forward: Forward
    pointers: Longs
    texts: Ints
    counts: Bytes
    alive: Bools
    held: Ints
    characters_held: Ints
    filled: int

    @classmethod
    def build(cls, doctors: Iterable[DoctorText]) -> Self:
        """Index doctors; two with one id are an error."""
        empty: Iterable[Sequence[DoctorText]] = [()]
        chunks = chain(empty, _in_chunks(doctors, CHUNK))
        return cls.inverted(Forward.joined(Forward.of(chunk) for chunk in chunks))

    @classmethod
    def inverted(cls, forward: Forward) -> Self:
        """Turn the terms of each text into the texts of each term."""
        size = (len(forward.works), len(forward.vocabulary))
        # With narrow pointers scipy keeps the terms narrow too.
        narrow = forward.pointers.astype(np.int32) if len(forward.terms) < 2**31 else forward.pointers
        table = csr_array((forward.counts, forward.terms, narrow), shape=size).tocsc()
        texts, counts = table.indices.astype(np.int32, copy=False), table.data.astype(np.uint8, copy=False)
        return cls.complete(forward, table.indptr.astype(np.int64), texts, counts)

    @classmethod
    def complete(cls, forward: Forward, pointers: Longs, texts: Ints, counts: Bytes) -> Self:
        """With all doctors alive. The arrays can be written to no more, wherever they came from."""
        arrays: list[NDArray[Any]] = [pointers, texts, counts, *forward.arrays()]
        for array in arrays:
            array.flags.writeable = False
        return cls(
            forward,
            pointers,
            texts,
            counts,
            np.ones(len(forward.ids), np.bool_),
            np.diff(pointers).astype(np.int32),
            _counted(forward.characters),
            int((np.diff(forward.pointers) > 0).sum()),
        )

    @cached_property
    def owners(self) -> tuple[Longs, Ints, int]:
        """Where each doctor's texts begin, the doctor of each text, and how many texts a doctor has at most."""
        sizes = np.diff(self.forward.starts)
        most = int(sizes.max(initial=1))
        return self.forward.starts, np.repeat(np.arange(len(sizes), dtype=np.int32), sizes), most

    def without(self, ids: Longs) -> Self:
        """The same where these doctors are no more."""
        forward = self.forward
        gone = np.flatnonzero(np.isin(forward.ids, ids) & self.alive)
        if not len(gone):
            return self
        texts = stretches(forward.starts, gone)
        terms = forward.terms[stretches(forward.pointers, texts)]
        alive, held = self.alive.copy(), self.held.copy()
        alive[gone] = False
        np.subtract.at(held, terms, 1)
        lost = forward.characters[stretches(forward.character_pointers, texts)]
        characters = self.characters_held - _counted(lost)
        filled = int((np.diff(forward.pointers)[texts] > 0).sum())
        return replace(self, alive=alive, held=held, characters_held=characters, filled=self.filled - filled)

    def find(self, codes: Codes) -> tuple[Longs, Bools]:
        """The indexes of these terms in the vocabulary, and which of them it holds."""
        vocabulary = self.forward.vocabulary
        if not len(vocabulary):
            return np.zeros(len(codes), np.int64), np.zeros(len(codes), np.bool_)
        at = np.minimum(np.searchsorted(vocabulary, codes), len(vocabulary) - 1)
        return at, vocabulary[at] == codes

    def living(self) -> Forward:
        """What the living doctors have written."""
        return self.forward if self.alive.all() else self.forward.taken(np.flatnonzero(self.alive))


def _in_chunks(things: Iterable[DoctorText], size: int) -> Iterable[Sequence[DoctorText]]:
    chunk: list[DoctorText] = []
    for thing in things:
        chunk.append(thing)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _counted(characters: NDArray[np.uint16]) -> Ints:
    """How often each of 65,536 characters is among these, a part at a time: counting widens what it counts."""
    counts = np.zeros(1 << 16, np.int64)
    for start in range(0, len(characters), 1 << 20):
        counts += np.bincount(characters[start : start + (1 << 20)], minlength=1 << 16)
    return counts.astype(np.int32)
