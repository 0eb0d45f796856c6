"""What an author can do with a rule set on a page: its sentences with their chips, what each can become, which parts
can be added and taken away. Every change is named by a chip or an offer, so nothing else can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from servicerules.drafting import Sketch, say_plainly, sketch
from servicerules.editing import (
    MAY_BE_LEFT_OUT,
    OF_WINDOWS,
    place_at,
    steps,
)
from servicerules.grammar import Many, One, Part, parts_of
from servicerules.language import Action, Rule, RuleSet
from servicerules.lexicon import Lexicon
from servicerules.sentences import Piece, pieces_of, says
from servicerules.templates import may_be_silent
from servicerules.writing import nodes_in

BESIDE = ("term", "entries", "count", "indicators", "grade", "pay")
"""The parts of a rule set beside its rules, in the order of a page."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "activity": ("visit", "lecture", "training", "guidance", "report", "material", "sign_in", "survey", "meeting"),
    "indicator": ("score", "unit_score", "host_score", "assessment", "salary", "grade", "phd", "senior_title"),
    "class": ("technology", "agriculture", "above_scale", "high_tech", "specialised", "little_giant"),
    "qualification": ("above_scale", "high_tech", "specialised", "little_giant", "agri_leader", "other"),
    "group": ("county", "sending_unit"),
    "grade": ("excellent", "good", "qualified", "basic", "unqualified"),
    "phase": ("trial",),
}
"""Codes that have a name in every language, by what they name."""

BOUNDS = ("must", "should")
BY_THEMSELVES = (*BOUNDS, "after")
"""Parts that come and go with another chip: of the bounds there is always one, days of silence only where it counts."""

DECLARED = ("phase", "grade", "indicator", "window")
"""What a rule set declares by itself; an author gives it another name without touching what refers to it."""


@dataclass(frozen=True)
class Allowed:
    """What an editor offers: the heads of a union, the parts by their words, the choices of a part, and the codes by
    what they name; None: all. An author can give a name of his own to what `codes` does not limit."""

    heads: Mapping[str, Sequence[str]] | None = None
    parts: Sequence[str] | None = None
    choices: Mapping[str, Sequence[str]] | None = None
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    beside: Sequence[str] = BESIDE

    def has_head(self, union: str, head: str) -> bool:
        return self.heads is None or union not in self.heads or head in self.heads[union]

    def has_part(self, word: str) -> bool:
        return self.parts is None or word in self.parts

    def has_choice(self, word: str, choice: str) -> bool:
        return self.choices is None or word not in self.choices or choice in self.choices[word]

    def takes(self, rule: Mapping[str, Any]) -> bool:
        """Whether a rule as data is about what this editor writes of."""
        of = rule.get("of", "assignment")
        head, choice = next(iter(of.items())) if isinstance(of, Mapping) else (of, "")
        return self.has_head("of", head) and self.has_choice(head, choice)


HOSTS = Allowed(
    heads={"of": ("action",), "measure": ("held",), "condition": ("class", "not")},
    parts=("held", "level", "when", "class"),
    choices={"action": ("host",)},
    codes={
        "class": ("technology", "agriculture", "large", "medium", "small", "micro"),
        "qualification": KNOWN["qualification"],
    },
    beside=(),
)
"""Rules on who may be a host alone, as the conditions of a batch are: what is known of an enterprise."""


class Offer(NamedTuple):
    """A part that can be added or taken away: its path and what it is called."""

    path: str
    label: str


class Written:
    """A rule set that is being written, in one language."""

    def __init__(self, data: Mapping[str, Any], language: str, allowed: Allowed | None = None) -> None:
        self.data = dict(data)
        self.allowed = allowed or Allowed()
        self.sketch: Sketch = sketch(self.data)
        self.lexicon = Lexicon(language, self.sketch.rules)

    # -- What is there ---------------------------------------------------------------------------------------------

    def nodes(self) -> Iterator[tuple[str, Any]]:
        """Everything that has a sentence, with its path."""
        for number, rule in enumerate(self.sketch.readable):
            if rule is not None:
                yield f"rules[{number}]", rule
        for word in self.allowed.beside:
            value = getattr(self.sketch.rules, word)
            if isinstance(value, tuple):
                yield from ((f"{word}[{number}]", each) for number, each in enumerate(value))
            elif value is not None:
                yield word, value

    def pieces(self, path: str, node: Any) -> list[Piece]:
        return pieces_of(node, self.lexicon, path)

    def chip(self, kind: str, path: str) -> Piece:
        """The chip of a kind at a path. Raises LookupError where there is none."""
        for root, node in self.nodes():
            if path == root or path.startswith((f"{root}.", f"{root}[")):
                for piece in self.pieces(root, node):
                    if piece.kind == kind and piece.path == path:
                        return piece
        raise LookupError(path)

    def wrong(self, path: str) -> list[str]:
        """What is wrong at a path or below, in sentences."""
        return list(dict.fromkeys(say_plainly(each, self.lexicon) for each in self.sketch.wrong_in(path)))

    def options(self, piece: Piece) -> dict[str, str]:
        """What a chip can become: value → label; empty for numbers, days and free names."""
        if piece.kind == "head":
            return {each: label for each, label in (piece.options or {}).items()
                    if each == piece.value or self.allowed.has_head(piece.union, each)}  # fmt: skip
        if piece.kind == "code":
            return {code: self.lexicon.name(code) for code in self.codes(piece.names)}
        word = piece.path.rpartition(".")[2]
        return {each: label for each, label in (piece.options or {}).items()
                if each == piece.value or self.allowed.has_choice(word, each)}  # fmt: skip

    def codes(self, kind: str) -> list[str]:
        """The codes that a chip can name: those that the rule set has, then those that everybody knows."""
        if kind in self.allowed.codes:
            return list(self.allowed.codes[kind])
        rules = self.sketch.rules
        own: Mapping[str, Sequence[str]] = {
            "phase": [each.code for each in rules.term.phases],
            "grade": rules.grades,
            "indicator": [each.code for each in rules.indicators],
            "activity": [each.activity for each in rules.count],
        }
        known = () if own.get(kind) and kind in DECLARED else KNOWN.get(kind, ())
        used = [code for code, of in self._used() if of == kind] if kind not in DECLARED else []
        return list(dict.fromkeys([*own.get(kind, ()), *used, *known]))

    def _used(self) -> Iterator[tuple[str, str]]:
        for path, node in self.nodes():
            for piece in self.pieces(path, node):
                if piece.kind == "code":
                    yield piece.value, piece.names

    # -- What can be added and taken away --------------------------------------------------------------------------

    def additions(self, path: str, node: Any) -> list[Offer]:
        """The parts that a sentence can have and does not say, and the lists that can have one more item."""
        found: list[Offer] = []
        for at, each in nodes_in(node, path):
            silent = may_be_silent(each, self.lexicon)
            for part in parts_of(type(each)):
                if self.allowed.has_part(part.word):
                    found += self._additions(node, each, at, part, part.name in silent)
        return found

    def _additions(self, root: Any, node: Any, path: str, part: Part, silent: bool) -> Iterator[Offer]:
        here, label = f"{path}.{part.word}", self.part_label(node, part)
        value = getattr(node, part.name)
        if isinstance(root, Rule) and isinstance(root.of, Action) and part.word in OF_WINDOWS:
            return
        if isinstance(part.spec, Many) and value:
            if len(value) < part.spec.most:
                yield Offer(f"{here}[{len(value)}]", self.lexicon.words["again"].format(part=label))
        elif silent and not says(node, part.name) and not isinstance(part.spec, One) and part.word not in BY_THEMSELVES:
            yield Offer(here, label)

    def removals(self, path: str) -> list[Offer]:
        """The parts around a chip that can be taken away, the nearest first."""
        found = []
        way = steps(path)
        for length in range(len(way), 0, -1):
            here = path_of(way[:length])
            place = place_at(self.data, here, RuleSet)
            said = is_said(self.data, way[:length])
            if not said or here == "rules" or here in BESIDE[:3] or place.part.word in (*BY_THEMSELVES, "rules"):
                continue
            if isinstance(way[length - 1], int):
                items = place_at(self.data, path_of(way[: length - 1]), RuleSet)
                free = not isinstance(items.spec, Many) or len(items.value) > items.spec.least
            else:
                free = not place.part.required and place.part.word not in MAY_BE_LEFT_OUT
            if free and not (isinstance(place.spec, Many) and not isinstance(way[length - 1], int)):
                found.append(Offer(here, self.lexicon.words["parts"].get(place.part.word, place.part.word)))
        return found

    def place_label(self, piece: Piece) -> str:
        """What a chip stands for: the part it lies in, or the union of its head."""
        word = "union." + piece.union if piece.kind == "head" else place_at(self.data, piece.path, RuleSet).part.word
        label: str = self.lexicon.words["places"].get(word) or self.lexicon.words["parts"].get(word, "")
        return label

    def part_label(self, node: Any, part: Part) -> str:
        """What a part is called."""
        labels = self.lexicon.words["parts"]
        label: str = labels.get(f"{type(node).__name__}.{part.word}") or labels.get(part.word, part.word)
        return label


def path_of(way: Sequence[str | int]) -> str:
    """Steps as a path."""
    text = ""
    for step in way:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def is_said(data: Any, way: Sequence[str | int]) -> bool:
    try:
        for step in way:
            data = data[step]
    except (LookupError, TypeError):
        return False
    return True
