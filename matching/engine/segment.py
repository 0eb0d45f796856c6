"""One part of the index: some doctors with all their texts, as arrays that never change and can lie in files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.engine.columns import Facts
from matching.engine.together import REST
from matching.engine.values import DoctorText
from matching.reading import Codes, read

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]

TITLE = 1.5  # a term of a title counts as this many of the body
SATURATION = 2.0  # how soon more of the same term adds little: count × 3 / (count + 2)
# Terms of a long text count less, by (20 / (terms + 3)) to the power 0.5: of its own length alone, so that one text's
# weights hang on no other text.
USUAL_LENGTH, LENGTH_PLUS, LENGTH_POWER = 20.0, 3.0, 0.5
LONGEST = 6_000  # characters read of one text
CHUNK = 2_000  # doctors read together
DIGEST = 16  # bytes that name a doctor's content
PROFILE = -1  # in the place of a work id


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """What n doctors by id have written: t texts, a doctor's profile first, then his works in their order; v terms.

    `starts` n + 1: the texts of doctor i are starts[i]:starts[i + 1]. `pointers` t + 1, `terms` and `weights`: the
    terms of each text as places in the sorted `vocabulary`, with saturated frequencies without the idf.
    `character_pointers` t + 1, `characters`, `character_weights`: the same of single Han characters. `works` t are work
    ids, PROFILE for a profile. Title and body of text i are the UTF-8 bytes marks[2i]:marks[2i + 1] and
    marks[2i + 1]:marks[2i + 2] of `blob`. `digests` n × 16 name each doctor's content.
    """

    ids: Longs
    digests: Bytes
    starts: Longs
    works: Longs
    vocabulary: Codes
    pointers: Longs
    terms: Ints
    weights: Floats
    character_pointers: Longs
    characters: NDArray[np.uint16]
    character_weights: Floats
    marks: Longs
    blob: Bytes
    facts: Facts

    @classmethod
    def of(cls, doctors: Sequence[DoctorText]) -> Self:
        """Read doctors."""
        texts = [text for doctor in doctors for text in texts_of(doctor)]
        written = [part.encode(errors="replace") for text in texts for part in text]
        return cls(
            np.array([doctor.id for doctor in doctors], np.int64),
            np.frombuffer(b"".join(map(digest_of, doctors)), np.uint8).reshape(-1, DIGEST),
            _pointers([1 + len(doctor.works) for doctor in doctors]),
            np.array([key for doctor in doctors for key in (PROFILE, *(work.id for work in doctor.works))], np.int64),
            *_weighted(texts),
            _pointers([len(part) for part in written]),
            np.frombuffer(b"".join(written), np.uint8),
            Facts.of(doctors),
        )

    @classmethod
    def joined(cls, parts: Sequence["Forward"]) -> Self:
        """Several as one, doctors by id; two with one id are an error."""
        vocabulary = np.unique(np.concatenate([part.vocabulary for part in parts]))
        terms = [np.searchsorted(vocabulary, part.vocabulary).astype(np.int32)[part.terms] for part in parts]
        whole = cls(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.digests for part in parts]),
            _joined_pointers([part.starts for part in parts]),
            np.concatenate([part.works for part in parts]),
            vocabulary,
            _joined_pointers([part.pointers for part in parts]),
            np.concatenate(terms),
            np.concatenate([part.weights for part in parts]),
            _joined_pointers([part.character_pointers for part in parts]),
            np.concatenate([part.characters for part in parts]),
            np.concatenate([part.character_weights for part in parts]),
            _joined_pointers([part.marks for part in parts]),
            np.concatenate([part.blob for part in parts]),
            Facts.joined([part.facts for part in parts]),
        )
        if (np.diff(whole.ids) <= 0).any():
            whole = whole.taken(np.argsort(whole.ids, kind="stable"))
        if (np.diff(whole.ids) == 0).any():
            raise ValueError("two doctors have the same id")
        return whole

    def taken(self, chosen: Longs) -> Self:
        """Only these doctors (places), in this order; terms that none of them uses stay in the vocabulary."""
        texts = _stretches(self.starts, chosen)
        places, letters = _stretches(self.pointers, texts), _stretches(self.character_pointers, texts)
        marks = np.stack([self.marks[2 * texts], self.marks[2 * texts + 1], self.marks[2 * texts + 2]], axis=1)
        written = ranges(marks[:, 0], marks[:, 2])
        return replace(
            self,
            ids=self.ids[chosen],
            digests=self.digests[chosen],
            starts=_pointers(np.diff(self.starts)[chosen]),
            works=self.works[texts],
            pointers=_pointers(np.diff(self.pointers)[texts]),
            terms=self.terms[places],
            weights=self.weights[places],
            character_pointers=_pointers(np.diff(self.character_pointers)[texts]),
            characters=self.characters[letters],
            character_weights=self.character_weights[letters],
            marks=_pointers(np.diff(marks, axis=1).ravel()),
            blob=self.blob[written],
            facts=self.facts.taken(chosen),
        )


@dataclass(frozen=True, eq=False)
class Segment:
    """A Forward with its inverse: the texts of each term (`pointers` v + 1, `texts`, `weights`).

    `alive` n is False where a later segment holds the doctor, or none does; `counts` v is how many texts of living
    doctors hold a term, `character_counts` (of all 65,536) a character, and `filled` how many of their texts hold any
    term.
    """

    forward: Forward
    pointers: Longs
    texts: Ints
    weights: Floats
    alive: Bools
    counts: Ints
    character_counts: Ints
    filled: int

    @classmethod
    def build(cls, doctors: Iterable[DoctorText]) -> Self:
        """Index doctors; two with one id are an error."""
        parts = [Forward.of(chunk) for chunk in _in_chunks(doctors, CHUNK)] or [Forward.of(())]
        return cls.inverted(Forward.joined(parts))

    @classmethod
    def inverted(cls, forward: Forward) -> Self:
        size = (len(forward.works), len(forward.vocabulary))
        # With narrow pointers scipy keeps the terms narrow too.
        narrow = forward.pointers.astype(np.int32) if len(forward.terms) < 2**31 else forward.pointers
        table = csr_array((forward.weights, forward.terms, narrow), shape=size).tocsc()
        texts, weights = table.indices.astype(np.int32, copy=False), table.data.astype(np.float32, copy=False)
        return cls.complete(forward, table.indptr.astype(np.int64), texts, weights)

    @classmethod
    def complete(cls, forward: Forward, pointers: Longs, texts: Ints, weights: Floats) -> Self:
        """With all doctors alive."""
        return cls(
            forward,
            pointers,
            texts,
            weights,
            np.ones(len(forward.ids), np.bool_),
            np.diff(pointers).astype(np.int32),
            np.bincount(forward.characters, minlength=1 << 16).astype(np.int32),
            int((np.diff(forward.pointers) > 0).sum()),
        )

    @cached_property
    def owners(self) -> tuple[Longs, Ints, float]:
        """Where each doctor's texts begin, the doctor of each text, and how many times the score of his best text a
        doctor's answer can be."""
        sizes = np.diff(self.forward.starts)
        most = int(sizes.max(initial=1))
        return self.forward.starts, np.repeat(np.arange(len(sizes), dtype=np.int32), sizes), 1 + REST * (most - 1)

    def without(self, ids: Longs) -> Self:
        """The same where these doctors are no more."""
        forward = self.forward
        gone = np.flatnonzero(np.isin(forward.ids, ids) & self.alive)
        if not len(gone):
            return self
        texts = _stretches(forward.starts, gone)
        terms = forward.terms[_stretches(forward.pointers, texts)]
        alive, counts = self.alive.copy(), self.counts.copy()
        alive[gone] = False
        np.subtract.at(counts, terms, 1)
        lost = forward.characters[_stretches(forward.character_pointers, texts)]
        characters = self.character_counts - np.bincount(lost, minlength=1 << 16).astype(np.int32)
        filled = int((np.diff(forward.pointers)[texts] > 0).sum())
        return replace(self, alive=alive, counts=counts, character_counts=characters, filled=self.filled - filled)

    def find(self, codes: Codes) -> tuple[Longs, Bools]:
        """Where these terms stand in the vocabulary, and which of them do."""
        vocabulary = self.forward.vocabulary
        if not len(vocabulary):
            return np.zeros(len(codes), np.int64), np.zeros(len(codes), np.bool_)
        at = np.minimum(np.searchsorted(vocabulary, codes), len(vocabulary) - 1)
        return at, vocabulary[at] == codes

    def living(self) -> Forward:
        """What the living doctors have written."""
        return self.forward if self.alive.all() else self.forward.taken(np.flatnonzero(self.alive))


def texts_of(doctor: DoctorText) -> Iterable[tuple[str, str]]:
    """Title and body of each text of a doctor: the profile, then the works."""
    yield "", f"{doctor.directions}\n{doctor.keywords}"[:LONGEST]
    for work in doctor.works:
        yield work.title[:LONGEST], work.abstract[:LONGEST]


def digest_of(doctor: DoctorText) -> bytes:
    """A name for all that the engine knows of a doctor: other content, other digest."""
    return blake2b(repr(doctor).encode(errors="surrogatepass"), digest_size=DIGEST).digest()


def _weighted(
    texts: Sequence[tuple[str, str]],
) -> tuple[Codes, Longs, Ints, Floats, Longs, NDArray[np.uint16], Floats]:
    """Vocabulary, pointers, terms and weights of texts, and the same of their characters: how often each stands there,
    a title's counted more, saturated, and less in a long text."""
    reading = read([part for text in texts for part in text])
    vocabulary, terms = np.unique(reading.codes, return_inverse=True)
    lengths = np.bincount(reading.texts // 2, minlength=len(texts))
    norms = np.asarray((USUAL_LENGTH / (lengths + LENGTH_PLUS)) ** LENGTH_POWER, np.float64)
    pointers, of_term, weights = _saturated(reading.texts, terms, max(1, len(vocabulary)), norms)
    character_pointers, characters, character_weights = _saturated(
        reading.character_texts, reading.characters.astype(np.int64), 1 << 16, norms
    )
    return (
        vocabulary,
        pointers,
        of_term.astype(np.int32),
        weights,
        character_pointers,
        characters.astype(np.uint16),
        character_weights,
    )


def _saturated(parts: Ints, terms: Longs, size: int, norms: NDArray[np.float64]) -> tuple[Longs, Longs, Floats]:
    """Pointers, terms and weights of texts, whose titles and bodies are the parts in turn."""
    places, inverse = np.unique((parts // 2).astype(np.int64) * size + terms, return_inverse=True)
    counts = np.bincount(inverse, weights=np.where(parts % 2, 1.0, TITLE), minlength=len(places))
    of_text, of_term = np.divmod(places, size)
    weights = counts * (SATURATION + 1) / (counts + SATURATION) * norms[of_text]
    return _pointers(np.bincount(of_text, minlength=len(norms))), of_term, weights.astype(np.float32)


def _in_chunks(things: Iterable[DoctorText], size: int) -> Iterable[Sequence[DoctorText]]:
    chunk: list[DoctorText] = []
    for thing in things:
        chunk.append(thing)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _pointers(sizes: Sequence[int] | NDArray[np.signedinteger]) -> Longs:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int64)


def _joined_pointers(parts: Sequence[Longs]) -> Longs:
    return _pointers(np.concatenate([np.diff(part) for part in parts]))


def ranges(starts: Longs, ends: Longs) -> Longs:
    """starts[0] … ends[0] - 1, starts[1] … ends[1] - 1 and so on, one after the other."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    return np.asarray(np.arange(int(sizes.sum()), dtype=np.int64) + np.repeat(starts - before, sizes), np.int64)


def _stretches(pointers: Longs, rows: Longs) -> Longs:
    """The entries of these rows."""
    return ranges(pointers[rows], pointers[rows + 1])
