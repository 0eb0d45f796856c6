"""The compiled loops beside the same in plain Python."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchengine.ranking.kernels import Counted, Owners, add_postings, best_doctors
from matchengine.ranking.together import FLOOR, REST

ONE = np.float32(1.0)
SCORES = st.sampled_from([0.0, 0.0, 0.004, 0.05, 0.2, 0.21, 0.5, 1.0])


def answer(scores: list[np.float32]) -> np.float32:
    best, total = np.float32(0.0), np.float32(0.0)
    for score in scores:
        total = np.float32(total + score)
        best = max(best, score)
    others = np.float32(total - best)
    return np.float32(best + np.float32(REST) * others / (ONE + others))


@settings(max_examples=300)
@given(
    st.lists(st.lists(SCORES, min_size=1, max_size=6), max_size=40),
    st.integers(1, 8),
    st.data(),
)
def test_nobody_is_passed_over_who_answers_best(texts: list[list[float]], most: int, data: st.DataObject) -> None:
    open_to = np.array([data.draw(st.booleans()) or at % 3 == 0 for at in range(len(texts))], np.bool_)
    sizes = np.array([len(own) for own in texts], np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    scores = np.array([score for own in texts for score in own], np.float32)
    owners = Owners(starts, np.repeat(np.arange(len(sizes), dtype=np.int32), sizes), int(sizes.max(initial=1)))
    places, answers = np.zeros(most, np.int64), np.zeros(most, np.float32)
    held = best_doctors(scores, owners, open_to, places, answers)

    plain = [(answer([np.float32(score) for score in own]), at) for at, own in enumerate(texts) if open_to[at]]
    wanted = sorted((-value, at) for value, at in plain if value >= np.float32(FLOOR))[:most]
    found = [(-answers[at], int(places[at])) for at in range(held)]
    assert [place for _value, place in found] == [place for _value, place in wanted]
    assert np.allclose([value for value, _place in found], [value for value, _place in wanted], rtol=1e-6)


def test_postings_add_up_in_their_order() -> None:
    postings = Counted(np.array([0, 2, 3]), np.array([0, 2, 2], np.int32), np.array([2, 4, 3], np.uint8))
    saturated = np.arange(256, dtype=np.float32)
    scores = np.zeros(3, np.float32)
    add_postings(postings, np.array([0, 1]), np.array([0.5, 2.0], np.float32), saturated, scores)
    assert scores.tolist() == [1.0, 0.0, 8.0]
