"""The levels that measure a plan, and their weights in one sum, so that no level outweighs an earlier one."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from matchengine.allocation.table import Table

# kept: units of `must` and `least` that are fulfilled; served: needs with a doctor; worth: the sum of worth;
# even: the loads of doctors, where each further place of one doctor counts one more.
Level = Literal["kept", "served", "worth", "even"]

_ROOM = 2**62


def weights(table: Table, levels: Sequence[Level]) -> dict[Level, int]:
    """Weight of a unit of each level, so that one unit outweighs all that the levels after it can sum up to.

    The level "even" is left out where the numbers would not fit (beyond some 50,000 needs at once).
    """
    nodes = len(table.wants) + len(table.most) + len(table.quotas) + 2
    found: dict[Level, int] = {}
    unit, reach = 1, 1
    for level in reversed(levels):
        found[level] = unit
        size, largest = _reach(table, level)
        reach = max(reach, largest * unit)
        unit *= size + 1
    pairs = _pairs(table)
    if max(reach, 1) * max(nodes, pairs) * 4 > _ROOM:
        if "even" not in levels:
            raise ValueError("too many needs and doctors for one plan")
        return weights(table, [level for level in levels if level != "even"])
    return found


def most_even(table: Table) -> int:
    """The most that uneven loads can cost."""
    places = table.places
    highest = int(places.max(initial=0))
    return min(int((places * (places - 1) // 2).sum()), _pairs(table) * max(highest - 1, 0) // 2 + highest)


def _pairs(table: Table) -> int:
    """The most pairs a plan can have."""
    return min(int(np.minimum(table.wants, table.degrees[0]).sum()), int(table.places.sum()))


def _reach(table: Table, level: Level) -> tuple[int, int]:
    """The most that a level can sum up to, and the most of one unit of flow."""
    if level == "even":
        return most_even(table), int(table.places.max(initial=0))
    if level == "worth":
        worth = int(table.worth.max(initial=0))
        return worth * _pairs(table), worth
    if level == "served":
        return int(np.count_nonzero(table.wants)), 1
    needs, doctors = table.degrees
    return int(np.minimum(table.must, needs).sum() + np.minimum(table.least, doctors).sum()), 1
