"""A rule as a sentence of chips: each chip is a choice, a number, a day or a name. `parsing` reads it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from servicerules.grammar import (
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
    parts_of,
)
from servicerules.language import Every, Greatest, Over, People, Rule, Total, Whole
from servicerules.lexicon import Lexicon
from servicerules.templates import (
    SHORT,
    UNIT,
    Element,
    FieldName,
    Literal,
    Slot,
    field_label,
    heads,
    join_of,
    name_of,
    template,
)
from servicerules.verdicts import number_text
from servicerules.writing import as_json, union_of

NUMBERS = (Number, Amount)
SHORT_OF: Mapping[str, str] = {
    "month": "month", "anchored_month": "month", "year": "year", "service_year": "year", "school_year": "year",
    "term": "term",
}  # fmt: skip
"""Which template of `Short` names the window of a rule by its own word."""


@dataclass(frozen=True)
class Piece:
    """A part of a sentence: plain text, or a chip with the path of its value in the rule's data.

    `kind` is "" for text, else head, field, choice, flag, number, amount, day or code; `options` are the words of a
    head, a field or a choice with their labels; `low` and `high` the limits of a number; `union` the one a head belongs
    to; `names` what a code names.
    """

    text: str
    path: str = ""
    kind: str = ""
    value: Any = None
    options: Mapping[str, str] | None = None
    low: int | None = None
    high: int | None = None
    union: str = ""
    names: str = ""


HEAD = Piece("")
"""Stands for the head of the node until it is known to which union the node belongs."""


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


def _node(node: Any, lexicon: Lexicon, path: str, union: str = "", variant: str = "") -> Iterator[Piece]:
    for piece in _elements(template(name_of(node, lexicon, variant), lexicon), node, lexicon, path):
        yield _head(node, lexicon, path, union or union_of(node), variant) if piece is HEAD else piece


def _head(node: Any, lexicon: Lexicon, path: str, union: str, variant: str) -> Piece:
    head = parts_of(type(node))[0].word
    told = lexicon.words["told"].get(union, {})
    labels = heads(union, lexicon, variant)
    return Piece(labels[head], path, "head", head, {**labels, **told}, union=union)


def _elements(elements: Sequence[Element], node: Any, lexicon: Lexicon, path: str) -> Iterator[Piece]:
    for element in elements:
        if isinstance(element, Literal):
            yield Piece(element.text)
        elif isinstance(element, FieldName):
            yield _field(element, lexicon, path)
        elif isinstance(element, Slot):
            yield from _slot(element, node, lexicon, path)
        elif says(node, element.slot):
            yield from _elements(element.inside, node, lexicon, path)
        elif element.otherwise:
            yield Piece(element.otherwise)


def _field(element: FieldName, lexicon: Lexicon, path: str) -> Piece:
    labels = {name: field_label(name, element.variant, lexicon) for name in ("must", "should")}
    return Piece(labels[element.name], _at(path, element.name), "field", element.name, labels)


def says(node: Any, slot: str) -> bool:
    """Whether a field says something: it must be there, it is not what goes without saying, or a list with items."""
    part = part_named(type(node), slot)
    value = getattr(node, part.name)
    if isinstance(part.spec, Many):
        return bool(value)
    return bool(part.required or value != part.default)


def _slot(slot: Slot, node: Any, lexicon: Lexicon, path: str) -> Iterator[Piece]:
    if slot.name == "@":
        yield HEAD
    elif slot.name == UNIT:
        yield Piece(unit_word(node, lexicon) if node.bound.share_of is None else "")
    else:
        part = part_named(type(node), slot.name)
        variant = _window_word(node) if slot.name == SHORT else slot.variant
        value = Value(part, getattr(node, part.name), variant)
        yield from _value(value, lexicon, _at(path, part.word))


def _window_word(rule: Rule) -> str:
    """By which word the window of a rule can be named."""
    if isinstance(rule.within, Every) and rule.within.size == 1:
        return SHORT_OF.get(rule.within.every, "")
    return SHORT_OF.get(rule.within.whole, "") if isinstance(rule.within, Whole) else ""


def unit_word(rule: Rule, lexicon: Lexicon) -> str:
    """The unit of what a rule measures."""
    return _unit(rule.measure, lexicon)


def _unit(measure: Any, lexicon: Lexicon) -> str:
    """The unit of a measure; one that is made of others has theirs, if it is the same."""
    if isinstance(measure, Over):
        return _unit(measure.of, lexicon)
    if isinstance(measure, (Total, Greatest)):
        parts = measure.total if isinstance(measure, Total) else measure.greatest
        inside = {_unit(each, lexicon) for each in parts}
        return inside.pop() if len(inside) == 1 else ""
    word = parts_of(type(measure))[0].word
    named = f"{word}:{measure.people}" if isinstance(measure, People) else word
    unit: str = lexicon.words["units"][named]
    return unit


class Value(NamedTuple):
    """What stands in a field, with the words it is said in."""

    part: Part
    value: Any
    variant: str = ""


def _value(said: Value, lexicon: Lexicon, path: str) -> Iterator[Piece]:
    spec, value = said.part.spec, said.value
    if isinstance(spec, Many):
        for number, each in enumerate(value):
            if number:
                yield Piece(join_of(said.part.name, lexicon))
            yield from _value(Value(said.part._replace(spec=spec.of), each, said.variant), lexicon, f"{path}[{number}]")
    elif isinstance(spec, (One, Either)):
        yield from _node(value, lexicon, path, spec.of if isinstance(spec, Either) else "", said.variant)
    else:
        yield _scalar(said.part, spec, value, lexicon, path)


def _scalar(part: Part, spec: Spec, value: Any, lexicon: Lexicon, path: str) -> Piece:
    if isinstance(spec, Choice):
        labels = {word: lexicon.choice(spec.say, word) for word in spec.words}
        return Piece(labels[value], path, "choice", value, labels)
    if isinstance(spec, Flag):
        labels = lexicon.words["flags"][part.word]
        return Piece(labels[_flag(value)], path, "flag", value, labels)
    if isinstance(spec, NUMBERS):
        kind = "number" if isinstance(spec, Number) else "amount"
        return Piece(number_text(Decimal(value)), path, kind, as_json(value), None, spec.low, spec.high)
    if isinstance(spec, Day):
        return Piece(lexicon.day(value), path, "day", value.isoformat())
    return Piece(lexicon.name(value), path, "code", value, names=spec.of if isinstance(spec, Code) else "")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _at(path: str, word: str) -> str:
    return f"{path}.{word}" if path else word


def part_named(node: type[Any], name: str) -> Part:
    """The field of a node by its name in Python, as templates use it."""
    return next(each for each in parts_of(node) if each.name == name)
