"""Reads a sentence of chips back: the inverse of `servicerules.sentences`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from servicerules.grammar import (
    UNIONS,
    Amount,
    Choice,
    Code,
    Day,
    Either,
    Many,
    Number,
    One,
    Spec,
    is_code,
    parts_of,
)
from servicerules.language import Action, Rule
from servicerules.lexicon import Lexicon
from servicerules.sentences import ACT_RULE, UNIT, Element, FieldName, Literal, Slot, part_named, template


class NoSuchSentence(ValueError):
    """A text that is no sentence of the language; `at` is how far it could be read."""

    def __init__(self, at: int) -> None:
        super().__init__(f"cannot be read from character {at} on")
        self.at = at


Found = Iterator[tuple[Any, int]]


class Parser:
    """Reads a marked sentence back. Every way to read it is tried; the first that reads all of it is taken."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text, self.lexicon = text, lexicon
        self.farthest = 0
        opens, closes = lexicon.words["open"], lexicon.words["close"]
        self.chip = re.compile(f"{opens}([^{opens}{closes}]*){closes}")

    def node(self, node: type[Any], at: int, head: str = "", name: str = "") -> Found:
        """A node that begins at a character, and where it ends."""
        for values, end in self.elements(template(name or node.__name__, self.lexicon), node, at, {}, head):
            missing = [each for each in parts_of(node) if each.required and each.name not in values]
            if not missing or [each.name for each in missing] == ["id"]:
                yield values, end

    def elements(
        self, elements: Sequence[Element], node: type[Any], at: int, values: dict[str, Any], head: str
    ) -> Iterator[tuple[dict[str, Any], int]]:
        self.farthest = max(self.farthest, at)
        if not elements:
            yield values, at
            return
        for more, end in self.element(elements[0], node, at, head):
            yield from self.elements(elements[1:], node, end, {**values, **more}, head)

    def element(self, element: Element, node: type[Any], at: int, head: str) -> Iterator[tuple[dict[str, Any], int]]:
        if isinstance(element, Literal):
            if self.text.startswith(element.text, at):
                yield {}, at + len(element.text)
        elif isinstance(element, FieldName):
            yield from (({}, end) for _, end in self.label({self.lexicon.words["fields"][element.name]: ""}, at))
        elif isinstance(element, Slot):
            yield from self.slot(element.name, node, at, head)
        else:
            yield from self.elements(element.inside, node, at, {}, head)
            if self.text.startswith(element.otherwise, at):
                yield {}, at + len(element.otherwise)

    def slot(self, name: str, node: type[Any], at: int, head: str) -> Iterator[tuple[dict[str, Any], int]]:
        if name == "@":
            yield from (({}, end) for _, end in self.label({head: ""}, at))
            return
        if name == UNIT:
            units = {*self.lexicon.words["units"].values(), ""}
            yield from (({}, at + len(unit)) for unit in sorted(units) if self.text.startswith(unit, at))
            return
        part = part_named(node, name)
        yield from (({name: value}, end) for value, end in self.value(part.spec, at))

    def value(self, spec: Spec, at: int) -> Found:
        if isinstance(spec, Many):
            yield from self.many(spec.of, at, ())
        elif isinstance(spec, One):
            for values, end in self.node(spec.of, at):
                yield spec.of(**values), end
        elif isinstance(spec, Either):
            heads = self.lexicon.words["heads"][spec.of]
            for node in UNIONS[spec.of]:
                for values, end in self.node(node, at, heads[parts_of(node)[0].word]):
                    yield node(**values), end
        elif isinstance(spec, Choice):
            yield from self.label({self.lexicon.choice(spec.say, word): word for word in spec.words}, at)
        else:
            yield from self.scalar(spec, at)

    def many(self, spec: Spec, at: int, before: tuple[Any, ...]) -> Found:
        for value, end in self.value(spec, at):
            join = self.lexicon.words["join"]
            if self.text.startswith(join, end):
                yield from self.many(spec, end + len(join), (*before, value))
            yield (*before, value), end

    def label(self, labels: Mapping[str, str], at: int) -> Found:
        match = self.chip.match(self.text, at)
        if match and match[1] in labels:
            yield labels[match[1]], match.end()

    def scalar(self, spec: Spec, at: int) -> Found:
        match = self.chip.match(self.text, at)
        if match is None:
            return
        value = _typed(spec, match[1], self.lexicon)
        if value is not None:
            yield value, match.end()


def _typed(spec: Spec, text: str, lexicon: Lexicon) -> Any:
    """The value of a chip that is no choice; None if it is none."""
    try:
        if isinstance(spec, Number):
            return int(text)
        if isinstance(spec, Amount):
            return Decimal(text).normalize() + 0
        if isinstance(spec, Day):
            return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return None
    code = lexicon.code(text)
    return code if isinstance(spec, Code) and is_code(code) else None


def parse(text: str, lexicon: Lexicon, *, rule: str) -> Rule:
    """The rule of a marked sentence, under an id. Raises NoSuchSentence; limits are for `checking.read_rule`."""
    parser = Parser(text, lexicon)
    for name in (ACT_RULE, Rule.__name__):
        for values, end in parser.node(Rule, 0, name=name):
            if end == len(text) and isinstance(values.get("of"), Action) == (name == ACT_RULE):
                return Rule(id=rule, **values)
    raise NoSuchSentence(parser.farthest)
