"""Writes nodes as plain JSON values, and walks through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from servicerules.grammar import UNIONS, parts_of


def as_json(value: Any) -> Any:
    """A node, or any value in one, as plain JSON values; words that say what goes without saying are left out."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    if isinstance(value, Mapping):
        return {name: as_json(each) for name, each in value.items()}
    if not hasattr(value, "__dataclass_fields__"):
        return value
    found = {}
    for each in parts_of(type(value)):
        stands = getattr(value, each.name)
        if each.required or stands != each.default:
            found[each.word] = as_json(stands)
    return found


def nodes_in(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every node within a node, with its path, itself first."""
    if isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from nodes_in(each, f"{path}[{number}]")
    elif hasattr(value, "__dataclass_fields__"):
        yield path, value
        for each in parts_of(type(value)):
            yield from nodes_in(getattr(value, each.name), f"{path}.{each.word}" if path else each.word)


def union_of(node: Any) -> str:
    """The union a node belongs to; "" if it is in none."""
    return next((name for name, nodes in UNIONS.items() if type(node) in nodes), "")
