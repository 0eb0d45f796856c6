"""What a pair is worth, in whole hundredths of a point, so that sums are exact and the same on every machine."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

CENTS = 100  # a point of score in hundredths
HIGHEST = 100 * CENTS
# Points for being the first, second, third choice, from each side: enough to decide between scores that are nearly
# equal, too little to bring in somebody clearly worse.
CHOICES = (1.0, 0.6, 0.3)
_BONUS = np.array([0, *(round(points * CENTS) for points in CHOICES)], np.int64)


def cents(scores: Doubles) -> Ints:
    """Scores (any shape, 0–100) in hundredths; what is not finite or negative becomes 0. Above 100: ValueError."""
    if bool((scores[np.isfinite(scores)] > HIGHEST / CENTS).any()):
        raise ValueError(f"a score is {scores[np.isfinite(scores)].max():g}, but scores go from 0 to 100")
    clean = np.where(np.isfinite(scores) & (scores > 0), scores, 0.0)
    return np.asarray(np.rint(clean * CENTS), np.int64)


def bonus(choices: Ints) -> Ints:
    """Hundredths for places on a list of wishes (1 first); 0 where there is none or it is far down."""
    counted = (choices >= 1) & (choices <= len(CHOICES))
    return np.asarray(_BONUS[np.where(counted, choices, 0)], np.int64)
