"""The immutable index of all doctors: one row per text, sparse BM25 over words, pairs and measures."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine.values import DoctorText, WorkText
from matching.text import terms

Number = TypeVar("Number", bound=np.generic)
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

TITLE = 1.5  # a word of a title counts as this many of the body
SATURATION = 2.0  # BM25 k1
LENGTH = 0.75  # BM25 b
LONGEST = 6_000  # characters read of one text


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All doctors, ready to be asked. Rows are texts: a doctor's profile first, then his works in their order.

    Shapes: `pointers` terms + 1; `rows` and `weights` one per posting, rows of a term ascending; `starts` doctors + 1,
    the rows of doctor i being starts[i]:starts[i + 1]. Weights are saturated frequencies without the idf.
    """

    doctors: tuple[DoctorText, ...]
    vocabulary: dict[str, int]
    idf: Floats
    pointers: Longs
    rows: Ints
    weights: Floats
    starts: Longs

    @classmethod
    def build(cls, doctors: Iterable[DoctorText]) -> Self:
        """Index the doctors; the same doctors in any order give the same snapshot. Two with one id are an error."""
        ordered = tuple(sorted(doctors, key=lambda doctor: doctor.id))
        if len({doctor.id for doctor in ordered}) != len(ordered):
            raise ValueError("two doctors have the same id")
        vocabulary: dict[str, int] = {}
        keys, counts = array("i"), array("f")
        sizes: list[int] = []
        starts = [0]
        for doctor in ordered:
            for title, body in texts_of(doctor):
                frequencies = weighted(title, body)
                keys.extend([vocabulary.setdefault(term, len(vocabulary)) for term in frequencies])
                counts.extend(frequencies.values())
                sizes.append(len(frequencies))
            starts.append(len(sizes))
        table = _postings(
            len(vocabulary), np.frombuffer(keys, np.int32), np.frombuffer(counts, np.float32), np.array(sizes, np.int64)
        )
        return cls(ordered, vocabulary, *table, _frozen(np.array(starts, np.int64)))

    def with_facts(self, changed: Iterable[DoctorText]) -> Self:
        """The same index with other facts about some doctors (places, days, conflicts …).

        Only for doctors whose texts are unchanged; other texts or an unknown id raise ValueError.
        """
        places = {doctor.id: at for at, doctor in enumerate(self.doctors)}
        doctors = list(self.doctors)
        for doctor in changed:
            at = places.get(doctor.id)
            if at is None or list(texts_of(doctor)) != list(texts_of(doctors[at])):
                raise ValueError(f"doctor {doctor.id} is not in the snapshot with these texts")
            doctors[at] = doctor
        return replace(self, doctors=tuple(doctors))


def texts_of(doctor: DoctorText) -> Iterable[tuple[str, str]]:
    """Title and body of each text of a doctor: the profile, then the works."""
    yield "", f"{doctor.directions}\n{doctor.keywords}"
    for work in doctor.works:
        yield work.title, work.abstract


def work_at(doctor: DoctorText, text: int) -> WorkText | None:
    """The work behind text number `text` of a doctor, None for the profile."""
    return doctor.works[text - 1] if text else None


def weighted(title: str, body: str) -> dict[str, float]:
    """How often each term stands in a text, a title's words counted more."""
    frequencies: dict[str, float] = {}
    for part, worth in ((title, TITLE), (body, 1.0)):
        read = terms(part[:LONGEST])
        for term in read.content + read.loose:
            frequencies[term] = frequencies.get(term, 0.0) + worth
    return frequencies


def _postings(size: int, keys: Ints, counts: Floats, sizes: Longs) -> tuple[Floats, Longs, Ints, Floats]:
    """idf, pointers, rows and weights from the term numbers of all texts, one text after the other."""
    texts = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    lengths = np.bincount(texts, weights=counts, minlength=len(sizes))
    filled = lengths[lengths > 0]
    average = float(filled.mean()) if len(filled) else 1.0
    norms = (SATURATION * (1 - LENGTH + LENGTH * lengths / average)).astype(np.float32)
    weights = counts * np.float32(SATURATION + 1) / (counts + norms[texts])
    order = np.argsort(keys, kind="stable")
    found = np.bincount(keys, minlength=size)
    pointers = np.concatenate([[0], np.cumsum(found)]).astype(np.int64)
    idf = np.log1p((len(filled) - found + 0.5) / (found + 0.5)).astype(np.float32)
    return _frozen(idf), _frozen(pointers), _frozen(texts[order]), _frozen(weights[order].astype(np.float32))


def _frozen(array: NDArray[Number]) -> NDArray[Number]:
    array.flags.writeable = False
    return array
