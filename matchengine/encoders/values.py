"""What an encoder is, and how it says that it cannot answer."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Code = Literal["settings", "unreachable", "timeout", "refused", "failed", "answer", "library", "folder"]


class EncoderDown(Exception):
    """There are no vectors; the message says plainly why, and matching goes on by words alone.

    `code`: "settings" (what is set cannot work), "unreachable" (nobody listens, or the connection broke), "timeout",
    "refused" (HTTP 3xx or 4xx), "failed" (HTTP 5xx), "answer" (it answered, but not with vectors), "library" (not
    installed, or it cannot load the model), "folder" (no model there).
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message


class Encoder(Protocol):
    """Turns texts into vectors whose inner products say how near the texts are in meaning.

    `name` and `version` together change whenever the vectors would. `dimension` is 0 until the first vector is known.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of length 1 per text, in order (texts × dimension); a blank text gets zeros and is near to nothing.

        Raises `EncoderDown`; never returns fewer rows, or rows that are not numbers.
        """
        ...


def label(encoder: Encoder) -> str:
    """Name and version in one word, as kept beside vectors and results."""
    return f"{encoder.name} {encoder.version}"


def unit(rows: ArrayLike, *, count: int, dimension: int = 0) -> Floats:
    """The rows scaled to length 1 (count × dimension); `dimension` 0 takes any width.

    Raises `EncoderDown` ("answer") where they are not that many rows of as many finite numbers, or one is all zeros.
    """
    try:
        vectors = np.array(rows)
    except ValueError as error:
        raise EncoderDown("answer", "the encoder gave vectors of different lengths") from error
    if vectors.dtype.kind not in "fiu" or vectors.ndim != 2 or not vectors.shape[1]:
        raise EncoderDown("answer", "the encoder gave something other than rows of numbers")
    if len(vectors) != count or (dimension and vectors.shape[1] != dimension):
        expected = f"{count} × {dimension or 'any'}"
        raise EncoderDown("answer", f"the encoder gave {len(vectors)} × {vectors.shape[1]} numbers, not {expected}")
    wide = vectors.astype(np.float64)  # in 32 bits the squares of large numbers overflow
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        wide = wide / np.abs(wide).max(axis=1, keepdims=True)  # and the squares of tiny ones vanish
        lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise EncoderDown("answer", "the encoder gave a vector that is not finite numbers, or all zeros")
    scaled: Floats = (wide / lengths).astype(np.float32)
    return scaled


def spread(rows: Floats, at: Sequence[int], *, count: int) -> Floats:
    """The rows put at their indexes among `count` rows, zeros elsewhere."""
    full = np.zeros((count, rows.shape[1]), np.float32)
    full[list(at)] = rows
    return full
