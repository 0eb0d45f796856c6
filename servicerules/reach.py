"""What a measure can come to at most, and bounds that it therefore never reaches."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from servicerules.facts import Reason
from servicerules.language import (
    Covered,
    Days,
    Each,
    Greatest,
    Held,
    Longest,
    Most,
    Over,
    People,
    Points,
    Rule,
    Share,
    ToldBefore,
    Total,
)
from servicerules.verdicts import amount_of


def of_bound(rule: Rule) -> Iterator[Reason]:
    """A bound that is never reached, or a share of more than the whole."""
    asks, name = amount_of(rule.bound), {"rule": rule.id}
    if asks > 1 and (isinstance(rule.measure, Share) or _is_part_of_days(rule)):
        yield Reason("more_than_all", {**name, "asks": asks})
        return
    most = _most_of(rule.measure)
    if most is not None and not isinstance(rule.bound, Most) and not rule.bound.share_of and most < asks:
        yield Reason("never_reached", {**name, "asks": asks, "has": most})


def _is_part_of_days(rule: Rule) -> bool:
    """Whether a rule asks for a share of the days of its window, of which one service has at most all."""
    mine = isinstance(rule.measure, Covered) or rule.of == Each("assignment")
    days = isinstance(rule.measure, (Days, Longest, Covered))
    return mine and days and rule.bound.share_of in ("days", "working_days")


def _most_of(measure: Any) -> Decimal | None:
    """The most that a measure comes to, where that can be said."""
    if isinstance(measure, Share):
        return Decimal(1)
    if isinstance(measure, Points):
        return measure.cap if measure.cap is None or measure.floor is None else max(measure.cap, measure.floor)
    if isinstance(measure, Over) and measure.over != "sum":
        return _most_of(measure.of)
    parts = measure.total if isinstance(measure, Total) else measure.greatest if isinstance(measure, Greatest) else ()
    found = [most for each in parts if (most := _most_of(each)) is not None]
    if not parts or len(found) < len(parts):
        return None
    return sum(found, Decimal(0)) if isinstance(measure, Total) else max(found)


def is_of_acts(node: Any) -> bool:
    """Whether a node looks at what only an act has: a notice, choices, refusals, qualifications."""
    return isinstance(node, (ToldBefore, Held)) or (isinstance(node, People) and node.people in ("choices", "refusals"))
