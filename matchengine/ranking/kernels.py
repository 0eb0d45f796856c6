"""The compiled loops over millions of postings; they take arrays only."""

from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.together import FLOOR, REST

Function = TypeVar("Function")
SLACK = 0.999  # a tolerance, so that rounding never drops a doctor

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Keys = NDArray[np.int32] | NDArray[np.uint16]
Longs = NDArray[np.int64]


class Counted(NamedTuple):
    """Rows with a few keys each, and how often each occurs, in halves: row i has
    keys[pointers[i]:pointers[i + 1]]."""

    pointers: Longs
    keys: Keys
    counts: NDArray[np.uint8]


class Owners(NamedTuple):
    """Whose texts are whose: those of doctor i are starts[i]:starts[i + 1], and `doctors` says it of every text. `most`
    is how many texts a doctor has at most."""

    starts: Longs
    doctors: NDArray[np.int32]
    most: int


def compiled(function: Function) -> Function:
    """Compile on first use and keep the result on disk. It runs without the interpreter's lock, so that threads share a
    machine; sums keep their order, so that the same input gives the same bits."""
    return cast("Function", numba.njit(cache=True, nogil=True, fastmath=False)(cast("Any", function)))


@compiled
def add_postings(postings: Counted, terms: Longs, worth: Floats, saturated: Floats, scores: Floats) -> None:
    """Add worth × saturated count of every posting of these terms (rows) to the score of its text (key)."""
    gains = np.empty(256, np.float32)
    for which in range(len(terms)):
        for count in range(256):
            gains[count] = worth[which] * saturated[count]
        for at in range(postings.pointers[terms[which]], postings.pointers[terms[which] + 1]):
            scores[postings.keys[at]] += gains[postings.counts[at]]


@compiled
def proved(postings: Counted, texts: Longs, proofs: Bools, found: Bools) -> None:
    """Which of these texts (rows) hold a term (key) that proves a match."""
    for which in range(len(texts)):
        for at in range(postings.pointers[texts[which]], postings.pointers[texts[which] + 1]):
            if proofs[postings.keys[at]]:
                found[which] = True
                break


@compiled
def worth_of(postings: Counted, texts: Longs, worth: Floats, saturated: Floats, found: Floats) -> None:
    """The worth × saturated count of all keys of each of these texts (rows)."""
    for which in range(len(texts)):
        total = np.float32(0.0)
        for at in range(postings.pointers[texts[which]], postings.pointers[texts[which] + 1]):
            total += worth[postings.keys[at]] * saturated[postings.counts[at]]
        found[which] = total


@compiled
def _least_best(answer: Any, others: int) -> Any:
    """The score that a doctor's best text has at least where his answer is this, with so many other texts: the root of
    b + REST · o b / (1 + o b) = answer, all others being as good as the best."""
    if others <= 0:
        return answer
    half = 1 + REST * others - answer * others
    return (np.sqrt(half * half + 4 * others * answer) - half) / (2 * others)


@compiled
def best_doctors(scores: Floats, owners: Owners, open_to: Bools, places: Longs, answers: Floats) -> int:
    """The doctors who answer best, best first, ties by place: their number; `places` and `answers` are filled so far.

    A doctor's answer is his best text and a share REST of the others, saturated. Only those `open_to` it count, from
    FLOOR up. Most texts are skipped by one comparison: they are too weak to bring their doctor among the best.
    """
    most = len(places)
    held = 0
    last = -1
    cut = np.float32(0.0)
    for text in range(len(scores)):
        if scores[text] <= cut:
            continue
        doctor = owners.doctors[text]
        if doctor == last or not open_to[doctor]:
            continue
        last = doctor
        best = np.float32(0.0)
        total = np.float32(0.0)
        for own in range(owners.starts[doctor], owners.starts[doctor + 1]):
            score = scores[own]
            total += score
            best = max(best, score)
        others = total - best
        answer = best + np.float32(REST) * others / (np.float32(1.0) + others)
        if answer < np.float32(FLOOR) or (held == most and answer <= answers[0]):
            continue
        if held < most:
            _sift_up(places, answers, held, doctor, answer)
            held += 1
        else:
            _sift_down(places, answers, held, doctor, answer)
        if held == most:
            cut = np.float32(_least_best(answers[0], owners.most - 1) * SLACK)
    _in_order(places, answers, held)
    return held


@compiled
def _worse(answer: Any, place: int, other: Any, other_place: int) -> bool:
    return answer < other or (answer == other and place > other_place)


@compiled
def _sift_up(places: Longs, answers: Floats, at: int, place: int, answer: Any) -> None:
    while at > 0:
        above = (at - 1) // 2
        if not _worse(answer, place, answers[above], places[above]):
            break
        places[at], answers[at] = places[above], answers[above]
        at = above
    places[at], answers[at] = place, answer


@compiled
def _sift_down(places: Longs, answers: Floats, size: int, place: int, answer: Any) -> None:
    """Replace the worst doctor, at the top of the heap, by this one."""
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and _worse(answers[below + 1], places[below + 1], answers[below], places[below]):
            below += 1
        if not _worse(answers[below], places[below], answer, place):
            break
        places[at], answers[at] = places[below], answers[below]
        at = below
    places[at], answers[at] = place, answer


@compiled
def _in_order(places: Longs, answers: Floats, size: int) -> None:
    """Turn the heap into a list, best first."""
    for last in range(size - 1, 0, -1):
        place, answer = places[last], answers[last]
        places[last], answers[last] = places[0], answers[0]
        _sift_down(places, answers, last, place, answer)
