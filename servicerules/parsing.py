"""Reads a sentence of chips back: the inverse of `servicerules.sentences`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

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
    is_code,
    parts_of,
)
from servicerules.language import Rule
from servicerules.lexicon import Lexicon
from servicerules.sentences import part_named
from servicerules.templates import (
    ACT_RULE,
    ASKED,
    SHORT,
    UNIT,
    Element,
    FieldName,
    Literal,
    Optional,
    Slot,
    field_label,
    has_variant,
    heads,
    join_of,
    name_of,
    names_of,
    template,
)


class NoSuchSentence(ValueError):
    """A text that is no sentence of the language; `at` is how far it could be read."""

    def __init__(self, at: int) -> None:
        super().__init__(f"cannot be read from character {at} on")
        self.at = at


T = TypeVar("T")
Found = Iterator[tuple[Any, int]]
FIELD = "<"
"""Stands for the field that a sentence names, until it is known whether that field has a value."""


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
            said = values.pop(FIELD, None)
            missing = [each for each in parts_of(node) if each.required and each.name not in values]
            if said in (None, *values) and (not missing or [each.name for each in missing] == ["id"]):
                yield values, end

    def elements(
        self, elements: Sequence[Element], node: type[Any], at: int, values: dict[str, Any], head: str
    ) -> Iterator[tuple[dict[str, Any], int]]:
        self.farthest = max(self.farthest, at)
        if not elements:
            yield dict(values), at
            return
        for more, end in self.element(elements[0], node, at, head):
            yield from self.elements(elements[1:], node, end, {**values, **more}, head)

    def element(self, element: Element, node: type[Any], at: int, head: str) -> Iterator[tuple[dict[str, Any], int]]:
        if isinstance(element, Literal):
            if self.text.startswith(element.text, at):
                yield {}, at + len(element.text)
        elif isinstance(element, FieldName):
            label = field_label(element.name, element.variant, self.lexicon)
            yield from (({FIELD: element.name}, end) for _, end in self.label({label: ""}, at))
        elif isinstance(element, Slot):
            yield from self.slot(element, node, at, head)
        else:
            yield from self.optional(element, node, at, head)

    def optional(self, element: Optional, node: type[Any], at: int, head: str) -> Iterator[tuple[dict[str, Any], int]]:
        yield from self.elements(element.inside, node, at, {}, head)
        if self.text.startswith(element.otherwise, at):
            part = part_named(node, element.slot)
            # A list that goes without saying was emptied.
            empty = isinstance(part.spec, Many) and bool(part.default) and not part.required
            yield {part.name: ()} if empty else {}, at + len(element.otherwise)

    def slot(self, slot: Slot, node: type[Any], at: int, head: str) -> Iterator[tuple[dict[str, Any], int]]:
        if slot.name == "@":
            yield from (({}, end) for _, end in self.label({head: ""}, at))
            return
        if slot.name == UNIT:
            units = {*self.lexicon.words["units"].values(), ""}
            yield from (({}, at + len(unit)) for unit in sorted(units) if self.text.startswith(unit, at))
            return
        part = part_named(node, slot.name)
        yield from (({slot.name: value}, end) for value, end in self.value(part, at, slot.variant))

    def value(self, part: Part, at: int, variant: str = "") -> Found:
        spec = part.spec
        if isinstance(spec, Many):
            yield from self.many(part._replace(spec=spec.of), at, (), variant)
        elif isinstance(spec, One):
            for name in self.names(spec.of, part, variant):
                for values, end in self.node(spec.of, at, name=name):
                    yield spec.of(**values), end
        elif isinstance(spec, Either):
            yield from self.either(spec, part, at, variant)
        elif isinstance(spec, Choice):
            yield from self.label({self.lexicon.choice(spec.say, word): word for word in spec.words}, at)
        elif isinstance(spec, Flag):
            labels = self.lexicon.words["flags"][part.word]
            yield from self.label({str(labels["true"]): True, str(labels["false"]): False}, at)
        else:
            yield from self.scalar(spec, at)

    def either(self, spec: Either, part: Part, at: int, variant: str) -> Found:
        labels = heads(spec.of, self.lexicon, variant)
        for node in UNIONS[spec.of]:
            for name in self.names(node, part, variant):
                for values, end in self.node(node, at, labels[parts_of(node)[0].word], name):
                    yield node(**values), end

    def names(self, node: type[Any], part: Part, variant: str) -> list[str]:
        """The templates in which a node can be said here."""
        if part.name == SHORT:
            return names_of(node, self.lexicon)
        return [f"{node.__name__}:{variant}" if has_variant(node, variant, self.lexicon) else node.__name__]

    def many(self, part: Part, at: int, before: tuple[Any, ...], variant: str) -> Found:
        for value, end in self.value(part, at, variant):
            join = join_of(part.name, self.lexicon)
            if self.text.startswith(join, end):
                yield from self.many(part, end + len(join), (*before, value), variant)
            yield (*before, value), end

    def label(self, labels: Mapping[str, Any], at: int) -> Found:
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
            return lexicon.day_named(text)
    except (ValueError, InvalidOperation):
        return None
    code = lexicon.code(text)
    return code if isinstance(spec, Code) and is_code(code) else None


def parse(text: str, lexicon: Lexicon, *, rule: str) -> Rule:
    """The rule of a marked sentence, under an id. Raises NoSuchSentence; limits are for `checking.read_rule`."""
    parser = Parser(text, lexicon)
    for base in (ACT_RULE, Rule.__name__):
        for name in (f"{base}:{ASKED}", base):
            for values, end in parser.node(Rule, 0, name=name):
                if end == len(text) and {"must", "should"} & values.keys():
                    found = Rule(id=rule, **values)
                    if name_of(found, lexicon) == name:
                        return found
    raise NoSuchSentence(parser.farthest)


def parse_node(text: str, lexicon: Lexicon, node: type[T]) -> T:
    """Any other node of a rule set that has a sentence: its term, its records, its grades. Raises NoSuchSentence."""
    parser = Parser(text, lexicon)
    for values, end in parser.node(node, 0):
        if end == len(text):
            return node(**values)
    raise NoSuchSentence(parser.farthest)
