"""A rule as a sentence of chips, and back: each chip is a choice, a number, a day or a name that can be changed.

The sentences are templates in `words/*.json`: `{slot}` stands for a field, `{@}` for the head word of a union,
`{unit}` for the unit of what is measured, `<slot>` for the name of a field that has an alternative, `[…]` for a part
that is there only if its slot says something; `[…|text]` has a text in its place otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from servicerules.grammar import (
    Amount,
    Choice,
    Day,
    Either,
    Many,
    Number,
    One,
    Part,
    Spec,
    parts_of,
)
from servicerules.language import Action, Rule
from servicerules.lexicon import Lexicon
from servicerules.verdicts import plain
from servicerules.writing import as_json, union_of

NUMBERS = (Number, Amount)
ACT_RULE, UNIT = "ActRule", "unit"


@dataclass(frozen=True)
class Piece:
    """A part of a sentence: plain text, or a chip with the path of its value in the rule's data.

    `kind` is "" for text, else head, field, choice, number, amount, day or code; `options` are the words of a head, a
    field or a choice with their labels; `low` and `high` the limits of a number; `union` the one a head belongs to.
    """

    text: str
    path: str = ""
    kind: str = ""
    value: Any = None
    options: Mapping[str, str] | None = None
    low: int | None = None
    high: int | None = None
    union: str = ""


HEAD = Piece("")
"""Stands for the head of the node until it is known to which union the node belongs."""


class Literal(NamedTuple):
    text: str


class Slot(NamedTuple):
    name: str


class FieldName(NamedTuple):
    name: str


class Optional(NamedTuple):
    slot: str
    inside: tuple[Any, ...]
    otherwise: str


Element = Literal | Slot | FieldName | Optional
_TOKEN = re.compile(r"\{([^}]+)\}|<([a-z_]+)>|\[([^\]]*)\]")


@cache
def template_of(text: str) -> tuple[Element, ...]:
    """A template in its elements."""
    found: list[Element] = []
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() > at:
            found.append(Literal(text[at : match.start()]))
        at = match.end()
        if match[3] is not None:
            inside, _, otherwise = match[3].partition("|")
            elements = template_of(inside)
            slot = next(each.name for each in elements if isinstance(each, Slot))
            found.append(Optional(slot, elements, otherwise))
        else:
            found.append(Slot(match[1]) if match[1] else FieldName(match[2]))
    if at < len(text):
        found.append(Literal(text[at:]))
    return tuple(found)


def template(name: str, lexicon: Lexicon) -> tuple[Element, ...]:
    return template_of(lexicon.words["sentences"][name])


def _name_of(node: Any) -> str:
    """The template of a node: a rule on an act has one without a window."""
    return ACT_RULE if isinstance(node, Rule) and isinstance(node.of, Action) else type(node).__name__


# -- Rendering --------------------------------------------------------------------------------------------------


def pieces_of(rule: Any, lexicon: Lexicon, path: str = "") -> list[Piece]:
    """A rule, or any node of it, as the pieces of its sentence."""
    return list(_joined(_node(rule, lexicon, path)))


def sentence(rule: Any, lexicon: Lexicon, *, marked: bool = False) -> str:
    """The sentence as text; `marked` puts each chip into 【】, which `parse` reads."""
    opens, closes = (lexicon.words["open"], lexicon.words["close"]) if marked else ("", "")
    return "".join(f"{opens}{each.text}{closes}" if each.kind else each.text for each in pieces_of(rule, lexicon))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces with neighbouring texts as one."""
    text = ""
    for piece in pieces:
        if not piece.kind:
            text += piece.text
            continue
        if text:
            yield Piece(text)
            text = ""
        yield piece
    if text:
        yield Piece(text)


def _node(node: Any, lexicon: Lexicon, path: str, union: str = "") -> Iterator[Piece]:
    for piece in _elements(template(_name_of(node), lexicon), node, lexicon, path):
        yield _head(node, lexicon, path, union or union_of(node)) if piece is HEAD else piece


def _head(node: Any, lexicon: Lexicon, path: str, union: str) -> Piece:
    heads, head = lexicon.words["heads"][union], parts_of(type(node))[0].word
    return Piece(heads[head], path, "head", head, heads, union=union)


def _elements(elements: Sequence[Element], node: Any, lexicon: Lexicon, path: str) -> Iterator[Piece]:
    for element in elements:
        if isinstance(element, Literal):
            yield Piece(element.text)
        elif isinstance(element, FieldName):
            yield Piece(lexicon.words["fields"][element.name], _at(path, element.name), "field", element.name,
                        lexicon.words["fields"])  # fmt: skip
        elif isinstance(element, Slot):
            yield from _slot(element.name, node, lexicon, path)
        elif _says(node, element.slot):
            yield from _elements(element.inside, node, lexicon, path)
        elif element.otherwise:
            yield Piece(element.otherwise)


def _says(node: Any, slot: str) -> bool:
    part = part_named(type(node), slot)
    return bool(part.required or getattr(node, part.name) != part.default)


def _slot(name: str, node: Any, lexicon: Lexicon, path: str) -> Iterator[Piece]:
    if name == "@":
        yield HEAD
        return
    if name == UNIT:
        yield Piece(unit_of(node, lexicon) if node.bound.share_of is None else "")
        return
    part = part_named(type(node), name)
    yield from _value(part.spec, getattr(node, part.name), lexicon, _at(path, part.word))


def unit_of(rule: Rule, lexicon: Lexicon) -> str:
    """The unit of what a rule measures."""
    unit: str = lexicon.words["units"][parts_of(type(rule.measure))[0].word]
    return unit


def _value(spec: Spec, value: Any, lexicon: Lexicon, path: str) -> Iterator[Piece]:
    if isinstance(spec, Many):
        for number, each in enumerate(value):
            if number:
                yield Piece(lexicon.words["join"])
            yield from _value(spec.of, each, lexicon, f"{path}[{number}]")
    elif isinstance(spec, (One, Either)):
        yield from _node(value, lexicon, path, spec.of if isinstance(spec, Either) else "")
    elif isinstance(spec, Choice):
        labels = {word: lexicon.choice(spec.say, word) for word in spec.words}
        yield Piece(labels[value], path, "choice", value, labels)
    elif isinstance(spec, NUMBERS):
        kind = "number" if isinstance(spec, Number) else "amount"
        yield Piece(plain(Decimal(value)), path, kind, as_json(value), None, spec.low, spec.high)
    elif isinstance(spec, Day):
        yield Piece(value.isoformat(), path, "day", value.isoformat())
    else:
        yield Piece(lexicon.name(value), path, "code", value)


def _at(path: str, word: str) -> str:
    return f"{path}.{word}" if path else word


def part_named(node: type[Any], name: str) -> Part:
    """The field of a node by its name in Python, as templates use it."""
    return next(each for each in parts_of(node) if each.name == name)
