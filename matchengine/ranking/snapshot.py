"""The immutable index of all doctors: a large part and the small ones that came after it, asked as one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.facts import Facts
from matchengine.ranking.forward import Bytes, Forward, Longs
from matchengine.ranking.segment import Bools, Segment
from matchengine.ranking.values import DoctorText
from matchengine.reading import Codes

Shorts = NDArray[np.int16]

MOST_SEGMENTS = 6
SMALL = 0.05  # a share of the doctors: when more have changed, all become one segment again


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All doctors, ready to be asked. Its answers depend on the living doctors alone, not on the order in which they
    were added.

    `taken` says how many places of each doctor are taken since he was read (int16, all segments' doctors one after the
    other, dead ones too).
    """

    segments: tuple[Segment, ...]
    taken: Shorts

    @classmethod
    def build(cls, doctors: Iterable[DoctorText]) -> "Snapshot":
        """Index doctors; the same ones in any order give the same snapshot. Two with one id are an error."""
        return cls.of((Segment.build(doctors),))

    @classmethod
    def of(cls, segments: tuple[Segment, ...]) -> "Snapshot":
        return cls(segments, np.zeros(sum(len(one.alive) for one in segments), np.int16))

    def updated(self, doctors: Iterable[DoctorText], gone: Iterable[int] = ()) -> "Snapshot":
        """The snapshot with these doctors new or changed and those ids gone; nobody's places are taken in it."""
        fresh = list(doctors)
        ids = np.array(sorted({doctor.id for doctor in fresh} | set(gone)), np.int64)
        kept = [segment.without(ids) for segment in self.segments]
        added = [*kept, Segment.build(fresh)] if fresh else kept
        return Snapshot.of(_merged([one for one in added if one.alive.any()] or [Segment.build(())]))

    def with_places(self, taken: Mapping[int, int]) -> "Snapshot":
        """The same where these doctors (ids) have so many places taken."""
        counts = np.zeros(len(self.ids), np.int16)
        keys = np.fromiter(taken, np.int64, len(taken))
        values = np.fromiter(taken.values(), np.int16, len(taken))
        places = self.places_of(keys)
        counts[places[places >= 0]] = values[places >= 0]
        changed = replace(self, taken=counts)
        for name in ("ids", "alive", "digest", "_by_id"):  # what does not depend on the places is kept
            if name in self.__dict__:
                changed.__dict__[name] = self.__dict__[name]
        return changed

    def as_one(self) -> Segment:
        """All living doctors in one segment."""
        if len(self.segments) == 1 and self.segments[0].alive.all():
            return self.segments[0]
        return Segment.inverted(Forward.joined([segment.living() for segment in self.segments]))

    @cached_property
    def ids(self) -> Longs:
        """The doctors' ids, segment by segment."""
        return np.concatenate([segment.forward.ids for segment in self.segments])

    @cached_property
    def alive(self) -> Bools:
        return np.concatenate([segment.alive for segment in self.segments])

    @cached_property
    def open_places(self) -> Bools:
        """Doctors who take part, have a place left as far as is known, and no posting that excludes another."""
        facts = [segment.forward.facts for segment in self.segments]
        left = np.concatenate([one.places_left for one in facts])
        free = np.concatenate([one.available & (np.diff(one.excluding.pointers) == 0) for one in facts])
        return np.asarray(self.alive & free & ((left < 0) | (left > self.taken)), np.bool_)

    @cached_property
    def digest(self) -> str:
        """A name for the content: the same doctors, the same digest."""
        living = np.flatnonzero(self.alive)
        living = living[np.argsort(self.ids[living], kind="stable")]
        every: Bytes = np.concatenate([segment.forward.digests for segment in self.segments])
        found = blake2b(self.ids[living].tobytes(), digest_size=16)
        found.update(every[living].tobytes())
        return found.hexdigest()

    @cached_property
    def _by_id(self) -> Longs:
        living = np.flatnonzero(self.alive)
        return living[np.argsort(self.ids[living], kind="stable")]

    def places_of(self, ids: Longs) -> Longs:
        """The index of these doctors in `ids`, -1 for one who is not there."""
        if not len(self._by_id):
            return np.full(len(ids), -1, np.int64)
        known = self.ids[self._by_id]
        at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return np.where(known[at] == ids, self._by_id[at], -1)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def texts(self) -> int:
        """How many texts of living doctors hold a term."""
        return sum(segment.filled for segment in self.segments)

    def rarity(self, codes: Codes) -> tuple[NDArray[np.float64], Longs]:
        """The idf of terms, and how many texts of living doctors hold each."""
        counts = np.zeros(len(codes), np.int64)
        for segment in self.segments:
            at, known = segment.find(codes)
            counts[known] += segment.held[at[known]]
        return self._idf(counts), counts

    def character_rarity(self, characters: Longs) -> NDArray[np.float64]:
        """The idf of single characters, 0 for those that nobody uses."""
        counts = np.zeros(len(characters), np.int64)
        for segment in self.segments:
            counts += segment.characters_held[characters]
        return np.where(counts > 0, self._idf(counts), 0.0)

    def _idf(self, counts: Longs) -> NDArray[np.float64]:
        return np.log1p((self.texts - counts + 0.5) / (counts + 0.5))

    def text_of(self, place: int, number: int) -> tuple[int, str, str]:
        """Work id (PROFILE for the profile), title and body of one text of the doctor at this place."""
        segment, row = self.locate(place)
        forward = segment.forward
        text = int(forward.starts[row]) + number
        first, middle, end = (int(mark) for mark in forward.marks[2 * text : 2 * text + 3])
        title, body = bytes(forward.blob[first:middle]).decode(), bytes(forward.blob[middle:end]).decode()
        return int(forward.works[text]), title, body

    def texts_at(self, place: int) -> list[tuple[int, str, str]]:
        """All texts of the doctor at this place, his profile first; see `text_of`."""
        segment, row = self.locate(place)
        starts = segment.forward.starts
        return [self.text_of(place, number) for number in range(int(starts[row + 1] - starts[row]))]

    def locate(self, place: int) -> tuple[Segment, int]:
        """The segment that holds a place, and the row there."""
        for segment in self.segments:
            if place < len(segment.alive):
                return segment, place
            place -= len(segment.alive)
        raise IndexError("no such place")

    def facts_of(self, places: Longs) -> tuple[Facts, Longs]:
        """What is known of the doctors at these places, and the row of each in it."""
        if len(self.segments) == 1:
            return self.segments[0].forward.facts, places
        found: list[Facts] = []
        rows = np.zeros(len(places), np.int64)
        first = done = 0
        for segment in self.segments:
            here = np.flatnonzero((places >= first) & (places < first + len(segment.alive)))
            found.append(segment.forward.facts.taken(places[here] - first))
            rows[here] = done + np.arange(len(here))
            done += len(here)
            first += len(segment.alive)
        return Facts.joined(found), rows

    def digests(self, ids: Iterable[int] | None = None) -> dict[int, bytes]:
        """What content doctors were read with, by id: all who are here, or those of these ids who are."""
        every: Bytes = np.concatenate([segment.forward.digests for segment in self.segments])
        places = self._by_id if ids is None else self.places_of(np.array(sorted(ids), np.int64))
        return {int(self.ids[at]): every[at].tobytes() for at in places if at >= 0}


def _merged(segments: list[Segment]) -> tuple[Segment, ...]:
    """Few segments: the small ones become one, and all become one when much has changed since the first."""
    first, *later = segments
    changed = sum(int(one.alive.sum()) for one in later) + int((~first.alive).sum())
    if changed > SMALL * len(first.alive) + 1000:
        return (Segment.inverted(Forward.joined([one.living() for one in segments])),)
    if len(segments) > MOST_SEGMENTS:
        return first, Segment.inverted(Forward.joined([one.living() for one in later]))
    return tuple(segments)
