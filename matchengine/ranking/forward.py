"""What doctors have written, as arrays that never change: the terms of each text, and the texts themselves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.facts import Facts
from matchengine.ranking.values import DoctorText
from matchengine.reading import Codes, read

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]

# How often a term occurs in a text is counted in halves: 3 for each time in a title, 2 in the body, 255 at most.
HALVES = np.array([3, 2])
SATURATION = 2.0  # how soon more of the same term adds little: count × 3 / (count + 2)
# Terms of a long text count less, by (20 / (terms + 3)) to the power 0.5: only its own length matters, so that the
# weights of one text do not depend on other texts.
USUAL_LENGTH, LENGTH_PLUS, LENGTH_POWER = 20.0, 3.0, 0.5
LONGEST = 6_000  # characters read of one text
DIGEST = 16  # bytes that name a doctor's content
PROFILE = -1  # instead of a work id


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """What n doctors by id have written: t texts, a doctor's profile first, then his works in their order; v terms.

    `starts` n + 1: the texts of doctor i are starts[i]:starts[i + 1]. `pointers` t + 1, `terms` and `counts`: the terms
    of each text as indexes in the sorted `vocabulary`, and how often they occur, in halves. `character_pointers`
    t + 1, `characters`, `character_counts`: the same of single Han characters. `norms` t make less of a long text; the
    weight of a term is saturated(count) × norm. `works` t are work ids, PROFILE for a profile. Title and body of text i
    are the UTF-8 bytes marks[2i]:marks[2i + 1] and marks[2i + 1]:marks[2i + 2] of `blob`. `digests` n × 16 name each
    doctor's content.
    """

    ids: Longs
    digests: Bytes
    starts: Longs
    works: Longs
    vocabulary: Codes
    pointers: Longs
    terms: Ints
    counts: Bytes
    character_pointers: Longs
    characters: NDArray[np.uint16]
    character_counts: Bytes
    norms: Floats
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
            *_counted(texts),
            _pointers([len(part) for part in written]),
            np.frombuffer(b"".join(written), np.uint8),
            Facts.of(doctors),
        )

    @classmethod
    def joined(cls, parts: Iterable["Forward"]) -> Self:
        """Several as one, doctors by id; two with one id are an error. Parts are freed one by one, so that joining
        needs little more memory than the result."""
        columns: dict[str, list[Any]] = {field.name: [] for field in fields(cls)}
        for part in parts:
            for name, column in columns.items():
                column.append(getattr(part, name))
        vocabularies = columns.pop("vocabulary")
        vocabulary = np.unique(np.concatenate(vocabularies))
        terms = columns["terms"]
        for at, own in enumerate(vocabularies):
            terms[at] = np.searchsorted(vocabulary, own).astype(np.int32)[terms[at]]
        joined = {name: _JOIN.get(name, np.concatenate)(columns.pop(name)) for name in list(columns)}
        whole = cls(vocabulary=vocabulary, **joined)
        if (np.diff(whole.ids) <= 0).any():
            whole = whole.taken(np.argsort(whole.ids, kind="stable"))
        if (np.diff(whole.ids) == 0).any():
            raise ValueError("two doctors have the same id")
        return whole

    def arrays(self) -> Iterable[NDArray[Any]]:
        """All arrays but those of the facts."""
        return (getattr(self, field.name) for field in fields(self) if field.name != "facts")

    def taken(self, chosen: Longs) -> Self:
        """Only these doctors (places), in this order; terms that none of them uses stay in the vocabulary."""
        texts = stretches(self.starts, chosen)
        places, letters = stretches(self.pointers, texts), stretches(self.character_pointers, texts)
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
            counts=self.counts[places],
            character_pointers=_pointers(np.diff(self.character_pointers)[texts]),
            characters=self.characters[letters],
            character_counts=self.character_counts[letters],
            norms=self.norms[texts],
            marks=_pointers(np.diff(marks, axis=1).ravel()),
            blob=self.blob[written],
            facts=self.facts.taken(chosen),
        )


def texts_of(doctor: DoctorText) -> Iterable[tuple[str, str]]:
    """Title and body of each text of a doctor: the profile, then the works."""
    yield "", f"{doctor.directions}\n{doctor.keywords}"[:LONGEST]
    for work in doctor.works:
        yield work.title[:LONGEST], work.abstract[:LONGEST]


def digest_of(doctor: DoctorText) -> bytes:
    """A name for all that the engine knows of a doctor: other content, other digest."""
    return blake2b(repr(doctor).encode(errors="surrogatepass"), digest_size=DIGEST).digest()


def saturated() -> Floats:
    """The weight of each of 256 counts of halves: more of the same adds little."""
    times = np.arange(256) / 2
    return np.asarray(times * (SATURATION + 1) / (times + SATURATION), np.float32)


def _counted(
    texts: Sequence[tuple[str, str]],
) -> tuple[Codes, Longs, Ints, Bytes, Longs, NDArray[np.uint16], Bytes, Floats]:
    """Vocabulary, pointers, terms and counts of texts, the same of their characters, and their norms."""
    reading = read([part for text in texts for part in text])
    vocabulary, terms = np.unique(reading.codes, return_inverse=True)
    pointers, of_term, counts = _halves(reading.texts, terms, max(1, len(vocabulary)), len(texts))
    character_pointers, characters, character_counts = _halves(
        reading.character_texts, reading.characters.astype(np.int64), 1 << 16, len(texts)
    )
    lengths = np.bincount(reading.texts // 2, minlength=len(texts))
    return (
        vocabulary,
        pointers,
        of_term.astype(np.int32),
        counts,
        character_pointers,
        characters.astype(np.uint16),
        character_counts,
        ((USUAL_LENGTH / (lengths + LENGTH_PLUS)) ** LENGTH_POWER).astype(np.float32),
    )


def _halves(parts: Ints, terms: Longs, size: int, texts: int) -> tuple[Longs, Longs, Bytes]:
    """Pointers, terms and counts of texts, whose titles and bodies are the parts in turn."""
    places, inverse = np.unique((parts // 2).astype(np.int64) * size + terms, return_inverse=True)
    counts = np.bincount(inverse, weights=HALVES[parts % 2], minlength=len(places))
    of_text, of_term = np.divmod(places, size)
    return _pointers(np.bincount(of_text, minlength=texts)), of_term, np.minimum(counts, 255).astype(np.uint8)


def _pointers(sizes: Sequence[int] | NDArray[np.signedinteger]) -> Longs:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int64)


def _joined_pointers(parts: Sequence[Longs]) -> Longs:
    return _pointers(np.concatenate([np.diff(part) for part in parts]))


def ranges(starts: Longs, ends: Longs) -> Longs:
    """starts[0] … ends[0] - 1, starts[1] … ends[1] - 1 and so on, one after the other."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    return np.asarray(np.arange(int(sizes.sum()), dtype=np.int64) + np.repeat(starts - before, sizes), np.int64)


def stretches(pointers: Longs, rows: Longs) -> Longs:
    """The entries of these rows."""
    return ranges(pointers[rows], pointers[rows + 1])


_JOIN: dict[str, Callable[[Any], Any]] = {
    "starts": _joined_pointers,
    "pointers": _joined_pointers,
    "character_pointers": _joined_pointers,
    "marks": _joined_pointers,
    "facts": Facts.joined,
}
