"""Combines the answers of the texts of one doctor."""

import numpy as np
from numpy.typing import NDArray

from matchengine.ranking.factors import earned

Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]

REST = 0.3  # what the other texts of a doctor add to his best
FLOOR = 0.01  # an answer below is chance


def together(texts: Doubles, starts: Longs) -> Doubles:
    """A doctor's answer from those of his texts (from each start to the next): the best, and a share of the rest, so
    that a hundred works on other matters do not outweigh one on the topic."""
    if not len(starts):
        return np.zeros(0)
    best = np.maximum.reduceat(texts, starts)
    rest = np.maximum(np.add.reduceat(texts, starts) - best, 0.0)
    return np.asarray(best + REST * rest / (1 + rest), np.float64)


def proof(texts: Doubles, starts: Longs, sizes: Longs) -> Doubles:
    """How well works prove the topic (0 to 1): the best of them, higher, the more of them come near it. The first
    text of a doctor is his profile, which is no work."""
    if not len(starts):
        return np.zeros(0)
    works = texts.copy()
    works[starts] = 0.0
    best = np.maximum.reduceat(works, starts)
    near = np.add.reduceat((works >= np.repeat(best, sizes) / 2) & (works > 0), starts, dtype=np.int64)
    return np.asarray(earned(best) * (1 - 0.5**near), np.float64)
