"""Plans as whole-number programmes (HiGHS): exact where quotas cross, and slower."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from matchengine.allocation.levels import Level, most_even
from matchengine.allocation.table import Bools, Table
from matchengine.allocation.worth import Ints

Doubles = NDArray[np.float64]
NEARLY = 0.01  # hundredths of a point, above the solver's own tolerance


class _Model:
    """The programme's columns: one for each edge, then those of each level. Rows are kept as (table, from, to)."""

    def __init__(self, table: Table, levels: Sequence[Level]) -> None:
        self.table = table
        self.soft = "kept" in levels
        self.edges = len(table.demand)
        self.needs = len(table.wants)
        self.doctors = len(table.most)
        self.places = np.repeat(np.arange(self.doctors), table.places)
        self.sizes = {"edges": self.edges}
        if self.soft:
            self.sizes["kept"] = self.needs + self.doctors
        if "served" in levels:
            self.sizes["served"] = self.needs
        if "even" in levels and most_even(table):
            self.sizes["even"] = len(self.places)
        self.width = sum(self.sizes.values())
        self.least = np.zeros(self.width)
        self.least[: self.edges] = table.pinned
        self.most = np.ones(self.width)
        if self.soft:
            at = self.start("kept")
            self.most[at : at + self.sizes["kept"]] = np.concatenate([table.must, table.least])
        self.rows: list[csr_array] = []
        self.low: list[Doubles] = []
        self.high: list[Doubles] = []

    def start(self, part: str) -> int:
        names = list(self.sizes)
        return sum(self.sizes[name] for name in names[: names.index(part)])

    def row(self, parts: dict[str, csr_array], low: Ints | float, high: Ints | float) -> None:
        """Rows whose columns are given by part; parts that are not named are 0."""
        height = next(iter(parts.values())).shape[0]
        blocks = [parts.get(name, csr_array((height, size))) for name, size in self.sizes.items()]
        self.rows.append(csr_array(hstack(blocks, format="csr")))
        self.low.append(np.broadcast_to(np.asarray(low, np.float64), (height,)))
        self.high.append(np.broadcast_to(np.asarray(high, np.float64), (height,)))

    def row_of(self, values: Doubles, low: float) -> None:
        """One row over all columns, bounded from below."""
        self.rows.append(csr_array(values[None, :]))
        self.low.append(np.array([low]))
        self.high.append(np.array([np.inf]))

    def limits(self) -> tuple[csr_array, Doubles, Doubles]:
        """All rows × columns, and from what to what each goes."""
        return csr_array(vstack(self.rows)), np.concatenate(self.low), np.concatenate(self.high)

    def objective(self, level: Level) -> Doubles:
        """What is to be as great as possible."""
        gain = np.zeros(self.width)
        if level == "worth":
            gain[: self.edges] = self.table.worth
        elif level == "even" and "even" in self.sizes:
            nth = np.arange(len(self.places)) - np.searchsorted(self.places, self.places)
            gain[self.start("even") :] = -nth
        elif level in self.sizes:
            gain[self.start(level) : self.start(level) + self.sizes[level]] = 1
        return gain


def best(table: Table, levels: Sequence[Level]) -> Bools | None:
    """The edges (E,) of a plan that is best by these levels, one after the other; None where bounds cannot be kept."""
    model = _Model(table, levels)
    _limits(model)
    found: Doubles | None = None
    for level in levels or (None,):
        gain = np.zeros(model.width) if level is None else model.objective(level)
        if found is not None and not gain.any():
            continue
        found = _solved(model, gain)
        if found is None:
            return None
        if level == "worth" and level != levels[-1]:
            _settle(model, gain, found)
        model.row_of(gain, float(gain @ found) - 0.5)
    return None if found is None else np.asarray(found[: model.edges] > 0.5)


def _solved(model: _Model, gain: Doubles) -> Doubles | None:
    """Whole edges with the greatest gain, and what follows from them; None where there are none."""
    answer = milp(
        -gain,
        integrality=(np.arange(model.width) < model.edges).astype(np.int8),
        bounds=Bounds(model.least, model.most),
        constraints=LinearConstraint(*model.limits()),
        options={"mip_rel_gap": 0.0},
    )
    return None if answer.x is None else np.rint(np.asarray(answer.x, np.float64))


def _settle(model: _Model, gain: Doubles, found: Doubles) -> None:
    """Fix the edges that are the same in every plan of this gain, so that few are left to even out.

    An edge whose marginal value in the linear programme exceeds the gap between that and the plan found cannot change
    without a loss.
    """
    rows, low, high = model.limits()
    above, below = np.isfinite(high), np.isfinite(low)
    bounds = np.column_stack([model.least, model.most])
    table, limits = vstack([rows[above], -rows[below]]), np.concatenate([high[above], -low[below]])
    # The stubs do not know that tables may be sparse.
    answer = linprog(-gain, A_ub=table, b_ub=limits, bounds=bounds, method="highs")  # type: ignore[call-overload]
    if answer.x is None:
        return
    gap = max(0.0, -float(answer.fun) - float(gain @ found)) + NEARLY
    edges = np.arange(model.width) < model.edges
    never = edges & (np.asarray(answer.lower.marginals) > gap)
    always = edges & (np.asarray(answer.upper.marginals) < -gap)
    model.most[never] = model.least[never]
    model.least[always] = model.most[always]


def _limits(model: _Model) -> None:
    """Rows of needs, doctors and quotas."""
    table, columns = model.table, np.arange(model.edges)
    ones = np.ones(model.edges)
    of_need = csr_array((ones, (table.demand, columns)), shape=(model.needs, model.edges))
    of_doctor = csr_array((ones, (table.doctor, columns)), shape=(model.doctors, model.edges))
    model.row({"edges": of_need}, 0 if model.soft else table.must, table.wants)
    model.row({"edges": of_doctor}, 0 if model.soft else table.least, table.most)
    for quota in table.quotas:
        model.row({"edges": csr_array(table.of(quota)[None, :].astype(np.float64))}, 0, quota.most)
    if model.soft:
        both = csr_array(vstack([of_need, of_doctor]))
        model.row({"edges": both, "kept": _diagonal(model.sizes["kept"], -1)}, 0, np.inf)
    if "served" in model.sizes:
        alone = ones if table.beside is None else 1.0 - table.beside
        by_itself = csr_array((alone, (table.demand, columns)), shape=(model.needs, model.edges))
        model.row({"edges": by_itself, "served": _diagonal(model.needs, -1)}, 0, np.inf)
    if "even" in model.sizes:
        places = len(model.places)
        taken = csr_array((-np.ones(places), (model.places, np.arange(places))), shape=(model.doctors, places))
        model.row({"edges": of_doctor, "even": taken}, 0, 0)


def _diagonal(size: int, value: float) -> csr_array:
    return csr_array((np.full(size, value), (np.arange(size), np.arange(size))), shape=(size, size))
