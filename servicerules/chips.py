"""What an author can do with a rule set on a page: its sentences with their chips, what each can become, which parts
can be added and taken away. Every change is named by a chip or an offer, so nothing else can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from servicerules.drafting import Sketch, say_plainly, sketch
from servicerules.editing import (
    MAY_BE_LEFT_OUT,
    OF_WINDOWS,
    USUAL,
    blank,
    changed,
    filled,
    new_rule,
    place_at,
    steps,
    typed,
    with_field,
    with_head,
    with_part,
    without,
)
from servicerules.grammar import Code, Many, One, Part, is_code, parts_of
from servicerules.language import Action, Rule, RuleSet
from servicerules.lexicon import Lexicon
from servicerules.reading import Reader
from servicerules.sentences import Piece, may_be_silent, pieces_of, says
from servicerules.writing import nodes_in

BESIDE = ("term", "entries", "count", "indicators", "grade", "pay")
"""The parts of a rule set beside its rules, in the order of a page."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "activity": ("visit", "lecture", "training", "guidance", "report", "material", "sign_in", "survey", "meeting"),
    "indicator": ("score", "unit_score", "host_score", "assessment", "salary", "grade", "phd", "senior_title"),
    "class": ("technology", "agriculture", "above_scale", "high_tech", "specialised", "little_giant"),
    "qualification": ("above_scale", "high_tech", "specialised", "little_giant"),
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
    """What an editor offers: the heads of a union, and the parts by their words; None: all of them."""

    heads: Mapping[str, Sequence[str]] | None = None
    parts: Sequence[str] | None = None
    beside: Sequence[str] = BESIDE

    def has_head(self, union: str, head: str) -> bool:
        return self.heads is None or union not in self.heads or head in self.heads[union]

    def has_part(self, word: str) -> bool:
        return self.parts is None or word in self.parts


class Offer(NamedTuple):
    """A part that can be added or taken away: its path and what it is called."""

    path: str
    label: str


class Refusal(ValueError):
    """A change that is not made; `reasons` say why in the words of the author."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Chips:
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
        return dict(piece.options or {})

    def codes(self, kind: str) -> list[str]:
        """The codes that a chip can name: those that the rule set has, then those that everybody knows."""
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
            said = _is_said(self.data, way[:length])
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

    # -- Changes: each gives the new data --------------------------------------------------------------------------

    def set(self, piece: Piece, text: str) -> dict[str, Any]:
        """Another value for a chip. Raises Refusal naming the limits."""
        if piece.kind == "head":
            return self._with_head(piece, text)
        if piece.kind == "field":
            if text not in (piece.options or {}):
                raise LookupError(text)
            return self._checked(with_field(self.data, piece.path, text) if text != piece.value else self.data)
        if piece.kind == "code" and text not in self.codes(piece.names):
            return self._named(piece, text)
        place = place_at(self.data, piece.path, RuleSet)
        value = typed(place.spec.of if isinstance(place.spec, Many) else place.spec, text)
        self._judge(place.spec, value)
        data = changed(filled(self.data, piece.path, RuleSet), piece.path, value)
        return self._checked(_with_days_of_silence(data, piece.path, value))

    def _judge(self, spec: Any, value: Any) -> None:
        reader = Reader()
        reader.value(spec, value, "$")
        if reader.wrong:
            raise Refusal([say_plainly(each, self.lexicon) for each in reader.wrong])

    def _checked(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data, unless something in it can no longer be read that could be before."""
        after = sketch(data)
        if after.readable.count(None) > self.sketch.readable.count(None) or _unread(after) > _unread(self.sketch):
            before = {(each.code, each.params["path"]) for each in self.sketch.wrong}
            new = [each for each in after.wrong if (each.code, each.params["path"]) not in before]
            raise Refusal([say_plainly(each, self.lexicon) for each in new])
        return data

    def _with_head(self, piece: Piece, head: str) -> dict[str, Any]:
        if head not in self.options(piece):
            raise LookupError(head)
        if head == piece.value:
            return self.data
        data = filled(self.data, f"{piece.path}.{piece.value}", RuleSet)
        data = with_head(data, piece.path, piece.union, head, self.usual())
        return self._checked(_of_an_act(data, piece.path) if piece.union == "of" and head == "action" else data)

    def usual(self) -> dict[str, str]:
        """A code to begin with, by what it names."""
        own = {kind: codes[0] for kind in KNOWN if (codes := self.codes(kind))}
        return {**USUAL, **own}

    def _named(self, piece: Piece, name: str) -> dict[str, Any]:
        """A name that the author types: of a code that is known, or of a new one; what is declared here is renamed."""
        name = " ".join(name.split())
        self._judge_name(name)
        code = self.lexicon.code(name)
        data = filled(self.data, piece.path, RuleSet)
        if not is_code(code) or code not in self.lexicon.names:
            code = piece.value if _declares(piece) else self.fresh(piece.names)
            names = dict(data.get("names") or {})
            names[code] = {**names.get(code, {}), self.lexicon.language: name}
            data["names"] = names
        return self._checked(changed(data, piece.path, code))

    def _judge_name(self, name: str) -> None:
        marks = (self.lexicon.words["open"], self.lexicon.words["close"], "=", "\x00")
        if not name or len(name) > 40 or any(mark in name for mark in marks):
            raise Refusal([self.lexicon.words["plainly"]["not_a_name"]])

    def fresh(self, kind: str) -> str:
        """A code that nothing has yet."""
        taken = {*(self.data.get("names") or {}), *self.lexicon.names, *(code for code, _ in self._used())}
        taken |= {str(each.id) for each in self.sketch.readable if each is not None}
        stem = "".join(letter if letter.isalnum() else "-" for letter in kind)
        return next(code for number in range(1, 10_000) if (code := f"{stem}-{number}") not in taken)

    def add(self, path: str) -> dict[str, Any]:
        """A part or an item more. Raises LookupError where it is not offered."""
        root, node = self._root_of(path)
        if path not in {each.path for each in self.additions(root, node)}:
            raise LookupError(path)
        *_, last = steps(path)
        names = self.usual()
        if not isinstance(last, int):
            return self._checked(
                with_part(filled(self.data, path, RuleSet), path, place_at(self.data, path, RuleSet).part, names)
            )
        items = path[: path.rfind("[")]
        data = filled(self.data, f"{items}[0]", RuleSet)
        place = place_at(data, items, RuleSet)
        spec = place.spec.of if isinstance(place.spec, Many) else place.spec
        if isinstance(spec, Code):
            names |= {spec.of: next((each for each in self.codes(spec.of) if each not in place.value), names[spec.of])}
        for kind in DECLARED:
            if _declares_items(items, kind):
                names |= {kind: self.fresh(kind)}
        return self._checked(_appended(data, items, blank(spec, names)))

    def _root_of(self, path: str) -> tuple[str, Any]:
        for root, node in self.nodes():
            if path.startswith((f"{root}.", f"{root}[")):
                return root, node
        raise LookupError(path)

    def remove(self, path: str) -> dict[str, Any]:
        """The data without a part, a rule or an item. Raises LookupError where it cannot be taken away."""
        way = steps(path)
        if way[0] == "rules" and len(way) == 2:
            place_at(self.data, path, RuleSet)
            left = [each for number, each in enumerate(self.data["rules"]) if number != way[1]]
            return {**self.data, "rules": left}
        if len(way) == 1 and way[0] in ("grade", "pay"):
            return {word: each for word, each in self.data.items() if word != way[0]}
        if path not in {each.path for each in self.removals(path)}:
            raise LookupError(path)
        return self._checked(without(self.data, path))

    def with_rule(
        self, rule: Mapping[str, Any] | None = None, names: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The data with one rule more, a blank one or a copy."""
        first = self._first_of_the_language()
        data = {**dict(rule if rule is not None else first), "id": self.fresh("rule")}
        own = {**(names or {}), **(self.data.get("names") or {})}
        found = {**self.data, "rules": [*self.data.get("rules", []), data]}
        return self._checked({**found, "names": own} if own else found)

    def _first_of_the_language(self) -> dict[str, Any]:
        """A rule to begin with, of what the editor offers."""
        heads = self.allowed.heads or {}
        if "of" not in heads or heads["of"][0] != "action":
            return {**new_rule(), "measure": {"count": {"activity": "visit"}}}
        return {"of": {"action": "host"}, "measure": {"held": [{"kind": "high_tech"}]}, "must": {"least": 1}}

    def with_beside(self, word: str) -> dict[str, Any]:
        """The data with grades, pay, or one more kind of record or indicator."""
        if word not in self.allowed.beside:
            raise LookupError(word)
        data = deepcopy(self.data)
        return self._checked(_BEGUN[word](self, data))


def _begun_grade(chips: Chips, data: dict[str, Any]) -> dict[str, Any]:
    bands = [{"grade": "excellent", "least": 90}, {"grade": "qualified", "least": 60}, {"grade": "unqualified"}]
    return {**data, "grade": {"bands": bands, "score": {"given": chips.usual()["indicator"]}}}


def _begun_pay(chips: Chips, data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "pay": {"of": {"days": {"activity": "visit"}}, "rate": 100}}


def _begun_count(chips: Chips, data: dict[str, Any]) -> dict[str, Any]:
    counted = {(each.activity, each.mode) for each in chips.sketch.rules.count}
    free = [(code, "onsite") for code in chips.codes("activity")] + [("visit", mode) for mode in ("online", "half")]
    activity, mode = next((each for each in free if each not in counted), (chips.fresh("activity"), "onsite"))
    return {**data, "count": [*data.get("count", [{}]), {"activity": activity, "mode": mode}]}


def _begun_indicator(chips: Chips, data: dict[str, Any]) -> dict[str, Any]:
    declared = {each.code for each in chips.sketch.rules.indicators}
    code = next((each for each in KNOWN["indicator"] if each not in declared), chips.fresh("indicator"))
    return {**data, "indicators": [*data.get("indicators", []), {"code": code, "by": "office"}]}


_BEGUN: Mapping[str, Callable[[Chips, dict[str, Any]], dict[str, Any]]] = {
    "grade": _begun_grade, "pay": _begun_pay, "count": _begun_count, "indicators": _begun_indicator,
}  # fmt: skip


def path_of(way: Sequence[str | int]) -> str:
    """Steps as a path."""
    text = ""
    for step in way:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _is_said(data: Any, way: Sequence[str | int]) -> bool:
    try:
        for step in way:
            data = data[step]
    except (LookupError, TypeError):
        return False
    return True


def _unread(found: Sketch) -> int:
    """How many reasons are about what cannot be read; names that stand for nothing can be mended by other chips."""
    return sum(1 for each in found.wrong if each.code in UNREADABLE)


UNREADABLE = ("too_deep", "wrong_length", "not_a_code", "out_of_range", "missing_word", "unknown_word")


def _with_days_of_silence(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Whoever counts silence says after how many days; whoever does not says none."""
    if not path.endswith(".confirmed_by"):
        return data
    parent = path.removesuffix(".confirmed_by")
    if value == "silence":
        return changed(data, f"{parent}.after", 7)
    return without(data, f"{parent}.after") if _is_said(data, steps(f"{parent}.after")) else data


def _of_an_act(data: dict[str, Any], path: str) -> dict[str, Any]:
    """A rule that became one on an act: it has no window, and measures what an act can be judged by."""
    place: Any = data
    for step in steps(path)[:-1]:
        place = place[step]
    for word in ("in", "short"):
        place.pop(word, None)
    for word in ("must", "should"):
        place.get(word, {}).pop("share_of", None)
    wrong = sketch(data).wrong_in(path.rpartition(".")[0])
    if any(each.code == "not_of_an_act" for each in wrong):
        place["measure"] = {"people": "services"}
    return data


def _declares(piece: Piece) -> bool:
    """Whether a chip is where the rule set says that there is such a phase, grade, indicator or period."""
    return piece.names in DECLARED and _declares_items(piece.path[: piece.path.rfind("[")], piece.names)


_LISTS = {"phase": "term.phases", "grade": "grade.bands", "indicator": "indicators"}


def _declares_items(items: str, kind: str) -> bool:
    return items.endswith(".dated") if kind == "window" else items == _LISTS[kind]


def _appended(data: dict[str, Any], items: str, value: Any) -> dict[str, Any]:
    place: Any = data
    for step in steps(items):
        place = place[step]
    place.append(value)
    return data
