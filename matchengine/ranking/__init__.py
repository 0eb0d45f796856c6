"""Ranks doctors for a need, with points and quoted words: one interface, so that the way it ranks can change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from matchengine.encoders import Encoder, label
from matchengine.names import NAME, versioned
from matchengine.ranking.dense import second_opinion
from matchengine.ranking.query import ask, contents
from matchengine.ranking.scoring import Answers
from matchengine.ranking.shortlists import Way, candidates, shortlist, totals
from matchengine.ranking.snapshot import Snapshot
from matchengine.ranking.values import (
    Against,
    DoctorText,
    Earlier,
    Excluded,
    Line,
    NeedText,
    Points,
    Posting,
    Quote,
    Shortlist,
    Strength,
    WorkText,
)
from matchengine.weights import Weights

__all__ = [
    "Against",
    "DoctorText",
    "Earlier",
    "Engine",
    "Excluded",
    "Lexical",
    "Line",
    "NeedText",
    "Points",
    "Posting",
    "Quote",
    "Shortlist",
    "Snapshot",
    "Strength",
    "Weights",
    "WorkText",
]


class Engine(Protocol):
    """What every engine offers. It is pure: the same doctors and the same need give the same shortlist, bit for bit,
    and each shortlist names the engine and its version."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def shortlist(
        self, snapshot: Snapshot, need: NeedText, *, limit: int = 10, quoted: int | None = None
    ) -> Shortlist: ...


@dataclass(frozen=True, slots=True)
class Lexical:
    """Weighted words and pairs of characters; with an `encoder`, the best of them are ordered by its vectors too."""

    weights: Weights = field(default_factory=Weights)
    encoder: Encoder | None = None

    @property
    def name(self) -> str:
        return f"{NAME}+{label(self.encoder)}"[:40] if self.encoder else NAME

    @property
    def version(self) -> str:
        return versioned(self.weights)

    def shortlist(self, snapshot: Snapshot, need: NeedText, *, limit: int = 10, quoted: int | None = None) -> Shortlist:
        """The best doctors for a need, by score and then by id, at most `limit` of them, the first `quoted` (all,
        unless it is given) with their quotes."""
        way = Way(self.weights, (self.name, self.version), self.encoder)
        return shortlist(snapshot, need, way, limit=limit, quoted=limit if quoted is None else quoted)

    def best(self, snapshot: Snapshot, needs: Sequence[NeedText], *, limit: int) -> Iterable[list[tuple[int, float]]]:
        """For each need the ids and scores of the best doctors, without reasons: what a plan needs."""
        for need, said in zip(needs, contents(needs), strict=True):
            if not said.says_something() or not len(snapshot):
                yield []
                continue
            found = candidates(Answers(snapshot, ask(snapshot, said)), need, limit)
            _points, _unknown, sums = totals(found, self.weights)
            order = np.lexsort((found.pairs.ids, -sums))[:limit]
            yield list(zip(found.pairs.ids[order].tolist(), sums[order].tolist(), strict=True))

    def ranked(
        self, snapshot: Snapshot, need: NeedText, *, limit: int, among: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """Ids and answers of the doctors whose texts answer a need best, by answer and then by id: at most `limit`, all
        of them looked at closely. No other factor and no limit counts; only those `among` these ids, where given.

        A shortlist ranks like this before other factors reorder it. Raises EncoderDown, where a shortlist would go on
        by words.
        """
        said = contents([need])[0]
        if not said.says_something() or not len(snapshot):
            return []
        open_to = snapshot.alive
        if among is not None:
            places = snapshot.places_of(np.fromiter(among, np.int64))
            open_to = np.zeros(len(snapshot.alive), np.bool_)
            open_to[places[places >= 0]] = True
        found = Answers(snapshot, ask(snapshot, said)).best(open_to, limit)
        if self.encoder is not None:
            found = second_opinion(snapshot, need, found, self.encoder)
        return list(zip(snapshot.ids[found.places].tolist(), found.answers.tolist(), strict=True))
