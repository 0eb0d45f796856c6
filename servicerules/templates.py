"""The templates of sentences, `words/*.json`, in their elements, and which of them a node of the language takes.

`{slot}` stands for a field, `{@}` for the head word of a union, `{unit}` for the unit of what is measured, `<slot>` for
the name of a field that has an alternative, `[…]` for a part that is there only if its slot says something; `[…|text]`
has a text in its place otherwise. `{slot:asked}` takes the templates and the head words with `:asked` in their names,
where there are such: an amount comes before its unit there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from servicerules.language import Action, Rule
from servicerules.lexicon import Lexicon

ACT_RULE, UNIT, SHORT, ASKED = "ActRule", "unit", "short", "asked"


class Literal(NamedTuple):
    text: str


class Slot(NamedTuple):
    name: str
    variant: str = ""


class FieldName(NamedTuple):
    name: str
    variant: str = ""


class Optional(NamedTuple):
    slot: str
    inside: tuple[Any, ...]
    otherwise: str


Element = Literal | Slot | FieldName | Optional
_TOKEN = re.compile(r"\{([^}]+)\}|<([a-z_:]+)>|\[([^\]]*)\]")


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
            slot = next(each.name for each in elements if isinstance(each, (Slot, FieldName)))
            found.append(Optional(slot, elements, otherwise))
        else:
            name, _, variant = (match[1] or match[2]).partition(":")
            found.append(Slot(name, variant) if match[1] else FieldName(name, variant))
    if at < len(text):
        found.append(Literal(text[at:]))
    return tuple(found)


def template(name: str, lexicon: Lexicon) -> tuple[Element, ...]:
    return template_of(lexicon.words["sentences"][name])


def names_of(node: type[Any], lexicon: Lexicon) -> list[str]:
    """The names of all templates of a node; those after a colon say the same in other words."""
    return [name for name in lexicon.words["sentences"] if name.partition(":")[0] == node.__name__]


def name_of(node: Any, lexicon: Lexicon, variant: str = "") -> str:
    """The template of a node: a rule on an act has one without a window, one on an amount begins with the amount."""
    if isinstance(node, Rule):
        base = ACT_RULE if isinstance(node.of, Action) else Rule.__name__
        asked = node.bound.share_of is None and has_variant(type(node.measure), ASKED, lexicon)
        return f"{base}:{ASKED}" if asked else base
    return f"{type(node).__name__}:{variant}" if has_variant(type(node), variant, lexicon) else type(node).__name__


def may_be_silent(node: Any, lexicon: Lexicon) -> set[str]:
    """The fields of a node, by name, that its sentence leaves out where they say nothing."""
    found = set()
    for element in template(name_of(node, lexicon), lexicon):
        if isinstance(element, Optional):
            found |= {each.name for each in element.inside if isinstance(each, Slot)}
    return found


def has_variant(node: type[Any], variant: str, lexicon: Lexicon) -> bool:
    return bool(variant) and f"{node.__name__}:{variant}" in lexicon.words["sentences"]


def heads(union: str, lexicon: Lexicon, variant: str = "") -> Mapping[str, str]:
    """The head words of a union with their labels, in the words of a variant where it has others."""
    return {**lexicon.words["heads"][union], **lexicon.words["heads"].get(f"{union}:{variant}", {})}


def field_label(name: str, variant: str, lexicon: Lexicon) -> str:
    label: str = lexicon.words["fields"][f"{name}:{variant}" if variant else name]
    return label


def join_of(name: str, lexicon: Lexicon) -> str:
    """What stands between the items of a list."""
    join: str = lexicon.words["joins"].get(name, lexicon.words["join"])
    return join
