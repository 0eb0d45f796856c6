"""How the words of the language are declared: every dataclass of `servicerules.language` gives each of its fields a
spec, and from these specs come the reader, the writer, the JSON Schema and the chips."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

CODE = r"[a-z][a-z0-9_-]{0,39}"
"""What a code looks like: `monthly-visit`, `county`, `top_grade`."""

MOST_DEPTH = 4
"""Measures and conditions may contain others; deeper ones are refused."""

MOST_DECIMALS = 4


class Spec:
    """What may stand in a field."""


@dataclass(frozen=True)
class Number(Spec):
    """A whole number low..high."""

    low: int
    high: int


@dataclass(frozen=True)
class Amount(Spec):
    """A number low..high with at most four decimals; a JSON number or a text such as "0.5"."""

    low: int = 0
    high: int = 1_000_000_000


@dataclass(frozen=True)
class Flag(Spec):
    """True or false."""


@dataclass(frozen=True)
class Choice(Spec):
    """One of some words. `say` names their list in `words/*.json`."""

    say: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Code(Spec):
    """A name that the author chooses; `of` says what it names: an activity, an indicator, a grade …"""

    of: str


@dataclass(frozen=True)
class Text(Spec):
    """A text of at most `most` characters, not blank."""

    most: int = 200


@dataclass(frozen=True)
class Day(Spec):
    """A day such as "2024-03-31"."""


@dataclass(frozen=True)
class Moment(Spec):
    """A day or a moment: "2024-03-31" (as its end) or "2024-03-31T12:00", in the zone of the rule set or with its own
    offset."""


@dataclass(frozen=True)
class Label(Spec):
    """What names a person, an enterprise, a record: a text of at most 60 characters or a whole number."""


@dataclass(frozen=True)
class Value(Spec):
    """What is given for an indicator: a number, a grade's code, or true for a document."""


@dataclass(frozen=True)
class Words(Spec):
    """What something is called, by language: {"zh": "…", "en": "…"}."""


@dataclass(frozen=True)
class Mapped(Spec):
    """Code → value of another spec."""

    of: Spec


@dataclass(frozen=True)
class Many(Spec):
    """A list."""

    of: Spec
    least: int = 0
    most: int = 60


@dataclass(frozen=True)
class One(Spec):
    """A node: an object with the fields of a dataclass."""

    of: type[Any]


@dataclass(frozen=True)
class Either(Spec):
    """One of several nodes, told apart by its first field, the head: {"count": …} or {"days": …}."""

    of: str


class Part(NamedTuple):
    """A field as declared: its word in JSON, its name in Python, its spec, and whether it must be there."""

    word: str
    name: str
    spec: Spec
    required: bool
    default: Any


def part(spec: Spec, default: Any = MISSING, *, word: str = "") -> Any:
    """Declare a field. `word` is its name in JSON where that is no name in Python (`in`, `else`, `not`)."""
    metadata = {"spec": spec, "word": word}
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


_PARTS: dict[type[Any], tuple[Part, ...]] = {}


def parts_of(node: type[Any]) -> tuple[Part, ...]:
    """The fields of a node in their order."""
    if node in _PARTS:
        return _PARTS[node]
    found = []
    for each in fields(node):
        word = each.metadata["word"] or each.name
        found.append(Part(word, each.name, each.metadata["spec"], each.default is MISSING, each.default))
    return _PARTS.setdefault(node, tuple(found))


UNIONS: dict[str, tuple[type[Any], ...]] = {}
"""Name of a union → its nodes; filled by `servicerules.language`."""


@cache
def heads_of(union: str) -> dict[str, type[Any]]:
    """The head word of each node of a union."""
    return {parts_of(node)[0].word: node for node in UNIONS[union]}


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant; "" if none is similar."""
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def is_code(value: Any) -> bool:
    """Whether a value can be a code."""
    return isinstance(value, str) and re.fullmatch(CODE, value) is not None
