"""Names that callers need without loading the solvers: the engine, its version, and the goals of a plan."""

from typing import Literal

from matchengine.weights import Weights

NAME, VERSION = "lexical", "2.2"
Goal = Literal["total", "most", "fair"]  # see `allocation.Problem`


def versioned(weights: Weights) -> str:
    """The engine's version with that of its weights: "2.2+w3"."""
    return f"{VERSION}+{weights.key()}"
