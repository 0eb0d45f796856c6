"""The few loops that run over millions of postings, compiled; they see arrays only."""

from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function")

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


def compiled(function: Function) -> Function:
    """Compile on first use and keep the result on disk; without the interpreter's lock, so that threads share a machine.
    Sums keep their order: the same input gives the same bits."""
    return cast("Function", numba.njit(cache=True, nogil=True, fastmath=False)(cast("Any", function)))


@compiled
def add_postings(pointers: Longs, texts: Ints, weights: Floats, terms: Longs, worth: Floats, scores: Floats) -> None:
    """Add worth × weight of every posting of these terms to the score of its text."""
    for which in range(len(terms)):
        gain = worth[which]
        for at in range(pointers[terms[which]], pointers[terms[which] + 1]):
            scores[texts[at]] += gain * weights[at]


@compiled
def best_doctors(
    scores: Floats, starts: Longs, open_to: Bools, rest: float, floor: float, places: Longs, answers: Floats
) -> int:
    """The doctors who answer best, best first, ties by place: their number; `places` and `answers` are filled so far.

    A doctor's answer is his best text and a share `rest` of the others, saturated. Only those `open_to` it, from
    `floor` up.
    """
    most = len(places)
    held = 0
    for doctor in range(len(starts) - 1):
        if not open_to[doctor]:
            continue
        best = np.float32(0.0)
        total = np.float32(0.0)
        for text in range(starts[doctor], starts[doctor + 1]):
            score = scores[text]
            total += score
            best = max(best, score)
        others = total - best
        answer = best + np.float32(rest) * others / (np.float32(1.0) + others)
        if answer < floor or (held == most and answer <= answers[0]):
            continue
        if held < most:
            _sift_up(places, answers, held, doctor, answer)
            held += 1
        else:
            _sift_down(places, answers, held, doctor, answer)
    _in_order(places, answers, held)
    return held


@compiled
def _worse(answer: float, place: int, other: float, other_place: int) -> bool:
    return answer < other or (answer == other and place > other_place)


@compiled
def _sift_up(places: Longs, answers: Floats, at: int, place: int, answer: float) -> None:
    while at > 0:
        above = (at - 1) // 2
        if not _worse(answer, place, answers[above], places[above]):
            break
        places[at], answers[at] = places[above], answers[above]
        at = above
    places[at], answers[at] = place, answer


@compiled
def _sift_down(places: Longs, answers: Floats, size: int, place: int, answer: float) -> None:
    """Put a doctor in the place of the worst, who stands on top."""
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


@compiled
def weigh_texts(
    texts: Longs,
    pointers: Longs,
    terms: Ints,
    proofs: Bools,
    character_pointers: Longs,
    characters: NDArray[np.uint16],
    character_weights: Floats,
    worth: Floats,
    scores: Floats,
    weighed: Floats,
) -> None:
    """Look closer at some texts: what `weighed` they get. `proofs` says which terms of the vocabulary prove a match;
    a text that holds one of them counts, and then with its single characters, whose `worth` is given by code."""
    for which in range(len(texts)):
        text = texts[which]
        weighed[which] = np.float32(0.0)
        proved = False
        for at in range(pointers[text], pointers[text + 1]):
            if proofs[terms[at]]:
                proved = True
                break
        if not proved:
            continue
        score = scores[text]
        for at in range(character_pointers[text], character_pointers[text + 1]):
            score += worth[characters[at]] * character_weights[at]
        weighed[which] = score
