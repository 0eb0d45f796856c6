"""What an author can do with a rule set on a page. Every change is named by a chip or an offer, so nothing else can be
done; each gives the new data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from servicerules.drafting import Sketch, say_plainly, sketch
from servicerules.editing import (
    USUAL,
    blank,
    changed,
    filled,
    moved,
    new_rule,
    place_at,
    steps,
    typed,
    with_field,
    with_head,
    with_part,
    without,
)
from servicerules.grammar import Code, Many, is_code
from servicerules.language import RuleSet
from servicerules.offers import BESIDE, DECLARED, HOSTS, KNOWN, Allowed, Offer, Written, is_said
from servicerules.reading import Reader
from servicerules.sentences import Piece

__all__ = ["BESIDE", "HOSTS", "Allowed", "Chips", "Offer", "Refusal", "moved"]


class Refusal(ValueError):
    """A change that is not made; `reasons` say why in the words of the author."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Chips(Written):
    """A rule set that is being written, in one language, with the changes that its author can make."""

    def set(self, piece: Piece, text: str) -> dict[str, Any]:
        """Another value for a chip. Raises Refusal naming the limits."""
        if piece.kind == "head":
            return self._with_head(piece, text)
        if piece.kind == "field":
            if text not in (piece.options or {}):
                raise LookupError(text)
            return self._checked(with_field(self.data, piece.path, text) if text != piece.value else self.data)
        if piece.kind == "code" and text not in self.codes(piece.names):
            if piece.names in self.allowed.codes:
                raise LookupError(text)
            return self._named(piece, text)
        if not self.allowed.has_choice(piece.path.rpartition(".")[2], text):
            raise LookupError(text)
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
        data = self._offered(with_head(data, piece.path, piece.union, head, self.usual()), piece.path)
        return self._checked(_of_an_act(data, piece.path) if piece.union == "of" and head == "action" else data)

    def _offered(self, data: dict[str, Any], path: str) -> dict[str, Any]:
        """The data where what was begun at a path, and this editor does not offer, is the first that it does."""
        for union, head in self._foreign(data, path):
            offered = (self.allowed.heads or {})[union][0]
            return self._offered(with_head(data, head, union, offered, self.usual()), path)
        return data

    def _foreign(self, data: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
        """The unions at a path or below whose heads this editor does not offer, with their paths."""
        after = Chips(data, self.lexicon.language, self.allowed)
        for root, node in after.nodes():
            if path.startswith(f"{root}."):
                pieces = (each for each in after.pieces(root, node) if each.kind == "head")
                for each in pieces:
                    if each.path.startswith(path) and not self.allowed.has_head(each.union, each.value):
                        yield each.union, each.path

    def usual(self) -> dict[str, str]:
        """A code to begin with, by what it names."""
        own = {kind: codes[0] for kind in {**KNOWN, **self.allowed.codes} if (codes := self.codes(kind))}
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
            part = place_at(self.data, path, RuleSet).part
            return self._checked(self._offered(with_part(filled(self.data, path, RuleSet), path, part, names), path))
        items = path[: path.rfind("[")]
        data = filled(self.data, f"{items}[0]", RuleSet)
        place = place_at(data, items, RuleSet)
        spec = place.spec.of if isinstance(place.spec, Many) else place.spec
        if items.endswith(".held"):
            said = [each.value for each in self.pieces(root, node) if each.names == "qualification"]
            free = [each for each in self.codes("qualification") if each not in said]
            names |= {"qualification": free[0] if free else names["qualification"]}
        if isinstance(spec, Code):
            names |= {spec.of: next((each for each in self.codes(spec.of) if each not in place.value), names[spec.of])}
        for kind in DECLARED:
            if _declares_items(items, kind):
                names |= {kind: self.fresh(kind)}
        return self._checked(self._offered(_appended(data, items, blank(spec, names)), path))

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
    return without(data, f"{parent}.after") if is_said(data, steps(f"{parent}.after")) else data


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
