"""Changes a rule chip by chip, as data: a value, a head word, a part that is added or taken away.

The data need not be readable at every step; `checking.read_rule` says what is still wrong. Paths are those of the
chips: `measure.count.lasting`, `when[0].class[1]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any, NamedTuple

from servicerules.grammar import (
    UNIONS,
    Amount,
    Choice,
    Code,
    Day,
    Either,
    Flag,
    Many,
    Number,
    One,
    Part,
    Spec,
    heads_of,
    parts_of,
)
from servicerules.language import Rule
from servicerules.writing import as_json

STEP = re.compile(r"([a-z_]+)|\[([0-9]+)\]")
LONGEST_NUMBER = 9
"""Digits of the number of an item."""
USUAL: Mapping[str, str] = {
    "activity": "visit", "indicator": "score", "class": "technology", "group": "county", "phase": "trial",
    "grade": "qualified", "window": "first", "qualification": "high_tech", "rule": "new-rule",
}  # fmt: skip
"""A code to begin with, by what it names."""

OF_WINDOWS = ("in", "exempt_under", "pro_rata", "share_of")
"""Parts that a rule on an act does not have."""

MAY_BE_LEFT_OUT = ("short", "records")
"""Objects that say nothing when they are empty."""


def blank(spec: Spec, names: Mapping[str, str] = USUAL) -> Any:
    """A value to begin with. `names` are codes that the rule set has, by what they name: a phase, a grade …"""
    if isinstance(spec, One):
        return blank_node(spec.of, names)
    if isinstance(spec, Either):
        return blank_node(UNIONS[spec.of][0], names)
    if isinstance(spec, Many):
        return [blank(spec.of, names) for _ in range(max(1, spec.least))]
    return _BLANKS[type(spec)](spec, names)


_BLANKS: Mapping[type[Spec], Callable[[Any, Mapping[str, str]], Any]] = {
    Number: lambda spec, names: max(spec.low, min(spec.high, 1)),
    Amount: lambda spec, names: max(spec.low, min(spec.high, 1)),
    Flag: lambda spec, names: True,
    Choice: lambda spec, names: spec.words[0],
    Code: lambda spec, names: names.get(spec.of, USUAL.get(spec.of, "code")),
    Day: lambda spec, names: names.get("day", "2026-01-01"),
}


def blank_node(node: type[Any], names: Mapping[str, str] = USUAL) -> dict[str, Any]:
    """A node with what must be there."""
    return {part.word: blank(part.spec, names) for part in parts_of(node) if part.required}


def new_rule(names: Mapping[str, str] = USUAL) -> dict[str, Any]:
    """A rule to begin with: so many records in every month."""
    return {**blank_node(Rule, names), "in": {"every": "month"}, "must": {"least": 1}}


def changed(data: Mapping[str, Any], path: str, value: Any, names: Mapping[str, str] = USUAL) -> dict[str, Any]:
    """The rule with another value in a chip; a chip without a value yet gets one."""
    found: dict[str, Any] = deepcopy(dict(data))
    *before, last = steps(path)
    place: Any = found
    for step in before:
        place = place[step]
    place[last] = value
    return found


def with_head(data: Mapping[str, Any], path: str, union: str, head: str, names: Mapping[str, str] = USUAL) -> Any:
    """The rule with another node of a union at a path; what both nodes have alike is kept."""
    node = heads_of(union)[head]
    old = at(data, path)
    kept = {part.word: old[part.word] for part in parts_of(node) if part.word in old}
    fresh = blank_node(node, names)
    old_head = next((word for word in old if word in heads_of(union)), None)
    if old_head is not None and old_head != head and _alike(heads_of(union)[old_head], node):
        fresh[head] = old[old_head]
    return changed(data, path, {**fresh, **kept})


def _alike(one: type[Any], other: type[Any]) -> bool:
    """Whether the heads of two nodes hold the same kind of value."""
    return parts_of(one)[0].spec == parts_of(other)[0].spec


def with_field(data: Mapping[str, Any], path: str, word: str) -> dict[str, Any]:
    """The rule with a field under another name: `must` for `should`."""
    *before, last = steps(path)
    found: dict[str, Any] = deepcopy(dict(data))
    place: Any = found
    for step in before:
        place = place[step]
    place[word] = place.pop(last)
    return found


def without(data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The rule without a part or an item of a list; a list that is empty then goes too, and an object that need not be
    there."""
    found: dict[str, Any] = deepcopy(dict(data))
    *before, last = steps(path)
    place: Any = found
    for step in before:
        place = place[step]
    del place[last]
    if not place and before and (isinstance(last, int) or before[-1] in MAY_BE_LEFT_OUT):
        return without(found, path[: path.rfind("[")] if isinstance(last, int) else path.rpartition(".")[0])
    return found


def with_part(data: Mapping[str, Any], path: str, part: Part, names: Mapping[str, str] = USUAL) -> dict[str, Any]:
    """The rule with one part more, which says something else than what goes without saying."""
    value = blank(part.spec, names)
    if value == as_json(part.default):
        value = _other(part.spec, value)
    found: dict[str, Any] = deepcopy(dict(data))
    *before, last = steps(path)
    place: Any = found
    for step in before:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[last] = value
    return found


def _other(spec: Spec, value: Any) -> Any:
    """Another value than this one."""
    if isinstance(spec, Choice):
        return next(word for word in spec.words if word != value)
    if isinstance(spec, Either) and value == blank(spec):
        word = parts_of(UNIONS[spec.of][0])[0]
        return {word.word: _other(word.spec, value[word.word])}
    return value + 1 if isinstance(value, int) else value


# -- Anywhere in a rule set ---------------------------------------------------------------------------------------


class Place(NamedTuple):
    """What stands at a path: the field it lies in, its spec, and the value as JSON, also where that goes without
    saying."""

    part: Part
    spec: Spec
    value: Any


def place_at(data: Any, path: str, root: type[Any]) -> Place:
    """The place of a path below a node. Raises LookupError where there is none."""
    spec: Spec = One(root)
    part, value = parts_of(root)[0], data
    for step in steps(path):
        if not _has(value, step):
            raise LookupError(path)
        if isinstance(step, int):
            spec = spec.of if isinstance(spec, Many) else spec
            value = value[step]
            continue
        part = next((each for each in parts_of(_node_type(spec, value)) if each.word == step), part)
        implied = None if part.required else as_json(part.default)
        spec, value = part.spec, value.get(step, implied)
    return Place(part, spec, value)


def _has(value: Any, step: str | int) -> bool:
    """Whether a value is of the kind in which a step can lead on: a list for a number, an object for a word."""
    return isinstance(value, list if isinstance(step, int) else Mapping)


def _node_type(spec: Spec, value: Any) -> type[Any]:
    if isinstance(spec, One):
        return spec.of
    if not isinstance(spec, Either):
        raise LookupError(spec)
    heads = heads_of(spec.of)
    found = [word for word in value if word in heads]
    owners = [word for word in found if set(value) <= {each.word for each in parts_of(heads[word])}]
    return heads[(owners or found)[0]]


def filled(data: Mapping[str, Any], path: str, root: type[Any]) -> dict[str, Any]:
    """The data in which everything on the way to a path is said, also what goes without saying."""
    found: dict[str, Any] = deepcopy(dict(data))
    place: Any = found
    way = ""
    for step in steps(path)[:-1]:
        way += f"[{step}]" if isinstance(step, int) else f".{step}" if way else step
        if isinstance(step, str) and step not in place:
            place[step] = place_at(found, way, root).value
        place = place[step]
    return found


def typed(spec: Spec, text: str) -> Any:
    """What somebody typed as a JSON value; a text that is no number stays a text, and the reader refuses it."""
    text = text.strip()
    if isinstance(spec, Flag):
        return text == "true"
    if isinstance(spec, Number) and text.isascii() and text.removeprefix("-").isdecimal() and len(text) < 20:
        return int(text)
    if isinstance(spec, Amount) and text.isascii() and text.isdecimal() and len(text) < 20:
        return int(Decimal(text))
    return text


def moved(data: Mapping[str, Any], path: str, by: int) -> dict[str, Any]:
    """The data with an item of a list moved up (-1) or down (1); at the end of the list it stays."""
    found: dict[str, Any] = deepcopy(dict(data))
    *before, last = steps(path)
    items: Any = found
    for step in before:
        items = items[step]
    to = int(last) + by
    if 0 <= to < len(items):
        items.insert(to, items.pop(int(last)))
    return found


def steps(path: str) -> list[str | int]:
    """A path in its steps; no list has the items that longer numbers would name."""
    return [int(number[:LONGEST_NUMBER]) if number else word for word, number in STEP.findall(path)]


def at(data: Any, path: str) -> Any:
    """What stands at a path."""
    for step in steps(path):
        data = data[step]
    return data
