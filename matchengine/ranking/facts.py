"""What is known of doctors besides their texts, as arrays: days, places, disciplines, fields, postings, distances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.values import DoctorText

Ints = NDArray[np.int32]
Shorts = NDArray[np.int16]
Longs = NDArray[np.int64]
Doubles = NDArray[np.float64]

UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """A short list of names for each of n rows: row i has names[values[pointers[i]:pointers[i + 1]]]."""

    pointers: Longs
    values: Ints
    names: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Self:
        names = sorted(set(chain.from_iterable(rows)))
        numbers = {name: at for at, name in enumerate(names)}
        values = np.fromiter((numbers[name] for row in rows for name in row), np.int32)
        return cls(_pointers([len(row) for row in rows]), values, tuple(names))

    def row(self, at: int) -> tuple[str, ...]:
        return tuple(self.names[value] for value in self.values[self.pointers[at] : self.pointers[at + 1]])

    def best(self, rows: Longs, worth: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
        """The highest worth (one of each name) in each of these rows, 0 where none, and which rows name nothing."""
        sizes = self.pointers[rows + 1] - self.pointers[rows]
        found = np.zeros(len(rows))
        filled = np.flatnonzero(sizes)
        if len(filled):
            starts = self.pointers[rows[filled]]
            ends = np.cumsum(sizes[filled])
            places = (
                np.arange(ends[-1]) - np.repeat(ends - sizes[filled], sizes[filled]) + np.repeat(starts, sizes[filled])
            )
            found[filled] = np.maximum.reduceat(worth[self.values[places]], ends - sizes[filled])
        return found, sizes == 0

    def taken(self, chosen: Longs) -> "Lists":
        """Only these rows, in this order."""
        sizes = np.diff(self.pointers)[chosen]
        before = np.cumsum(sizes) - sizes
        places = np.arange(int(sizes.sum())) + np.repeat(self.pointers[chosen] - before, sizes)
        return Lists(_pointers(sizes), self.values[places], self.names)

    @classmethod
    def joined(cls, parts: Sequence["Lists"]) -> Self:
        """The rows of several, one after the other."""
        names = sorted(set(chain.from_iterable(part.names for part in parts)))
        numbers = {name: at for at, name in enumerate(names)}
        values = [np.array([numbers[name] for name in part.names], np.int32)[part.values] for part in parts]
        sizes = np.concatenate([np.diff(part.pointers) for part in parts])
        return cls(_pointers(sizes), np.concatenate([np.empty(0, np.int32), *values]), tuple(names))


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Arrays over n doctors; -1 (places, days, km) and NaN (degrees) stand for unknown."""

    available: NDArray[np.bool_]
    days: Shorts
    places_left: Shorts
    places_taken: Shorts
    most_km: Ints
    latitude: Doubles
    longitude: Doubles
    disciplines: Lists
    fields: Lists
    postings: Lists
    excluding: Lists

    @classmethod
    def of(cls, doctors: Sequence[DoctorText]) -> Self:
        return cls(
            np.array([doctor.available for doctor in doctors], np.bool_),
            _shorts(doctor.days_a_month for doctor in doctors),
            _shorts(doctor.places_left for doctor in doctors),
            _shorts(doctor.places_taken for doctor in doctors),
            np.array([UNKNOWN if doctor.most_km is None else doctor.most_km for doctor in doctors], np.int32),
            np.array([doctor.place[0] if doctor.place else np.nan for doctor in doctors]),
            np.array([doctor.place[1] if doctor.place else np.nan for doctor in doctors]),
            Lists.of([[name for name in doctor.disciplines if name] for doctor in doctors]),
            Lists.of([[name for name in doctor.fields if name] for doctor in doctors]),
            Lists.of([[posting.name for posting in doctor.other_postings] for doctor in doctors]),
            Lists.of([[posting.name for posting in doctor.other_postings if posting.excludes] for doctor in doctors]),
        )

    @classmethod
    def joined(cls, parts: Sequence["Facts"]) -> Self:
        """The rows of several, one after the other."""
        arrays: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
        lists: dict[str, Any] = {name: Lists.joined([getattr(part, name) for part in parts]) for name in LISTS}
        return cls(**arrays, **lists)

    def taken(self, chosen: Longs) -> "Facts":
        """Only these rows, in this order."""
        arrays: dict[str, Any] = {name: getattr(self, name)[chosen] for name in ARRAYS}
        lists: dict[str, Any] = {name: getattr(self, name).taken(chosen) for name in LISTS}
        return Facts(**arrays, **lists)


ARRAYS = ("available", "days", "places_left", "places_taken", "most_km", "latitude", "longitude")
LISTS = ("disciplines", "fields", "postings", "excluding")


def _shorts(values: Iterable[int | None]) -> Shorts:
    return np.array([UNKNOWN if value is None else value for value in values], np.int16)


def _pointers(sizes: Sequence[int] | Longs) -> Longs:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, np.int64))]).astype(np.int64)
