"""Ranks doctors for a need, with points and quoted words: one interface, so that the way it ranks can change."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from matching.engine.factors import barrier, judge, strength_of
from matching.engine.query import Answers, answer, ask, content
from matching.engine.quotes import clauses, quotes
from matching.engine.snapshot import Doubles, Snapshot
from matching.engine.values import (
    Against,
    DoctorText,
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

__all__ = [
    "BM25",
    "ENGINE",
    "Against",
    "DoctorText",
    "Engine",
    "Excluded",
    "Line",
    "NeedText",
    "Points",
    "Posting",
    "Quote",
    "Shortlist",
    "Snapshot",
    "Strength",
    "WorkText",
    "shortlist",
]

ENGINE = ("bm25", "1.0")
FLOOR = 0.03  # an answer below is chance
MOST_EXCLUDED = 50

Index = TypeVar("Index")


class Engine(Protocol[Index]):
    """What every engine offers: an index of all doctors, and a shortlist for one need.

    Both are pure: the same doctors and the same need give the same shortlist, and name and version stand on it.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def build(self, doctors: Iterable[DoctorText]) -> Index: ...
    def shortlist(
        self, snapshot: Index, need: NeedText, *, limit: int = 10, quoted: int | None = None
    ) -> Shortlist: ...


class Bm25:
    """Weighted words and pairs of characters; no model, no network."""

    name, version = ENGINE

    def build(self, doctors: Iterable[DoctorText]) -> Snapshot:
        return Snapshot.build(doctors)

    def shortlist(self, snapshot: Snapshot, need: NeedText, *, limit: int = 10, quoted: int | None = None) -> Shortlist:
        return shortlist(snapshot, need, limit=limit, quoted=quoted)


BM25: Engine[Snapshot] = Bm25()


def shortlist(snapshot: Snapshot, need: NeedText, *, limit: int = 10, quoted: int | None = None) -> Shortlist:
    """The best doctors for a need, by score and then by id, at most `limit` of them, the first `quoted` (all, unless
    it is given) with their quotes.

    A doctor without evidence is not listed; one whom a hard limit keeps out is named with the reason. Without a line
    `why` is one of too_short, no_doctors, no_match, all_excluded.
    """
    if limit < 1:
        raise ValueError("a shortlist has at least one line")
    asked = content(need)
    if not asked.says_something():
        return Shortlist(need.id, why="too_short", engine=ENGINE)
    if not snapshot.doctors:
        return Shortlist(need.id, why="no_doctors", engine=ENGINE)
    query = ask(snapshot, asked)
    answers = answer(snapshot, query)
    chosen, excluded = _candidates(snapshot, need, answers, 6 * limit)
    judged = [(_line(snapshot, need, answers, at), at) for at in chosen]
    judged.sort(key=lambda pair: (-pair[0].score, pair[0].doctor_id))
    said = clauses(need, query)
    shown = limit if quoted is None else quoted
    lines = tuple(
        replace(line, quotes=quotes(said, snapshot.doctors[at], query, _texts(snapshot, answers, at)))
        if rank < shown
        else line
        for rank, (line, at) in enumerate(judged[:limit])
    )
    why = "" if lines else "all_excluded" if excluded else "no_match"
    return Shortlist(need.id, lines, excluded, why, ENGINE)


def _candidates(
    snapshot: Snapshot, need: NeedText, answers: Answers, most: int
) -> tuple[list[int], tuple[Excluded, ...]]:
    """The doctors whose texts answer best, hard limits kept, and those the limits took out on the way."""
    matching = np.flatnonzero(answers.doctors >= FLOOR)
    ranked = matching[np.argsort(-answers.doctors[matching], kind="stable")]
    chosen: list[int] = []
    excluded: list[Excluded] = []
    for at in map(int, ranked):
        kept_out = barrier(need, snapshot.doctors[at])
        if kept_out is None:
            chosen.append(at)
        elif len(excluded) < MOST_EXCLUDED:
            excluded.append(kept_out)
        if len(chosen) == most:
            break
    return chosen, tuple(excluded)


def _line(snapshot: Snapshot, need: NeedText, answers: Answers, at: int) -> Line:
    """A line without its quotes, which only the listed lines need."""
    topic = float(answers.doctors[at])
    doctor = snapshot.doctors[at]
    verdict = judge(need, doctor, topic, _texts(snapshot, answers, at))
    score = round(sum(one.points for one in verdict.points), 2)
    return Line(doctor.id, score, strength_of(topic), verdict.points, (), verdict.unknown, verdict.against)


def _texts(snapshot: Snapshot, answers: Answers, at: int) -> Doubles:
    return answers.texts[snapshot.starts[at] : snapshot.starts[at + 1]]
