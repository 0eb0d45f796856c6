"""Bounds from below as claims of needs and doctors, of which some can be dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchengine.allocation.goals import best
from matchengine.allocation.table import Bools, Table


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose bounds from below count: needs (N,) with a `must` or pinned edges, doctors (D,) with a `least`."""

    needs: Bools
    doctors: Bools

    def __len__(self) -> int:
        return int(self.needs.sum() + self.doctors.sum())

    def numbers(self) -> list[int]:
        """Needs first, then doctors, numbered after the last need."""
        return np.flatnonzero(np.concatenate([self.needs, self.doctors])).tolist()

    def of(self, numbers: Sequence[int]) -> "Claims":
        marks = np.zeros(len(self.needs) + len(self.doctors), np.bool_)
        marks[np.asarray(numbers, np.int64)] = True
        return Claims(marks[: len(self.needs)], marks[len(self.needs) :])

    def without(self, other: "Claims") -> "Claims":
        return Claims(self.needs & ~other.needs, self.doctors & ~other.doctors)


def claims(table: Table) -> Claims:
    """All who bound a plan from below."""
    pinned = np.bincount(table.demand[table.pinned], minlength=len(table.wants)) > 0
    return Claims(np.asarray((table.must > 0) | pinned), np.asarray(table.least > 0))


def keeps(table: Table, only: Claims) -> bool:
    """Whether the bounds from below of these alone can be kept."""
    return best(bound(table, only), ()) is not None


def bound(table: Table, only: Claims) -> Table:
    """The table with the bounds from below of these alone, and the edges that can help them.

    An edge between two that are bound by nothing helps nobody. An edge whose pin is dropped is still allowed, so that
    fewer claims are never harder to keep.
    """
    eased = replace(
        table,
        pinned=table.pinned & only.needs[table.demand],
        must=np.where(only.needs, table.must, 0),
        least=np.where(only.doctors, table.least, 0),
    )
    return eased.only(only.needs[table.demand] | only.doctors[table.doctor])
