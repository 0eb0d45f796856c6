"""How many points each factor can give at most: together 100."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# Set by hand, on graded pairs of real needs; what holds until enough feedback says otherwise.
DEFAULT: dict[str, float] = {
    "topic": 60,
    "works": 12,
    "discipline": 9,
    "field": 9,
    "availability": 4,
    "distance": 3,
    "earlier": 3,
}
FACTORS = tuple(DEFAULT)
TOTAL = 100.0


@dataclass(frozen=True, slots=True)
class Weights(Mapping[str, float]):
    """Factor → most points, in the order of `FACTORS`; `version` numbers the decision they come from, 0 the default.

    Raises ValueError unless there is one figure for each factor, none below zero, and they add up to 100.
    """

    most: tuple[float, ...] = tuple(DEFAULT.values())
    version: int = 0

    def __post_init__(self) -> None:
        if len(self.most) != len(FACTORS):
            raise ValueError(f"{len(FACTORS)} factors have weights, not {len(self.most)}")
        if not all(math.isfinite(points) and points >= 0 for points in self.most):
            raise ValueError("a weight is a number of points, not below zero")
        if not math.isclose(sum(self.most), TOTAL, abs_tol=1e-6):
            raise ValueError(f"the weights add up to {sum(self.most):g}, not to {TOTAL:g}")
        if self.version < 0:
            raise ValueError("versions count from zero")

    @classmethod
    def of(cls, points: Mapping[str, float], version: int = 0) -> "Weights":
        """From a mapping of exactly the factors, in any order; ValueError for other names."""
        if set(points) != set(FACTORS):
            raise ValueError(f"weights are for {', '.join(FACTORS)}; not for {', '.join(sorted(points))}")
        return cls(tuple(float(points[factor]) for factor in FACTORS), version)

    def key(self) -> str:
        """A short name for the engine's version: w0, w3."""
        return f"w{self.version}"

    def __getitem__(self, factor: str) -> float:
        try:
            return self.most[FACTORS.index(factor)]
        except ValueError:
            raise KeyError(factor) from None

    def __iter__(self) -> Iterator[str]:
        return iter(FACTORS)

    def __len__(self) -> int:
        return len(FACTORS)
