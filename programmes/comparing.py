"""Two versions of rules side by side: each rule the same, changed with the changed chips marked, added or removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import servicerules
from servicerules import Lexicon, Rule, RuleSet, lexicon_of, pieces_of
from servicerules.language import Indicator, What

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"
SENTENCES = ("term", "entries", "count", "indicators", "grade", "pay")
"""The parts of a rule set beside its rules that are said in sentences."""
TEXTS = ("name", "source", "zone", "names")
"""The parts that are texts."""


class Shown(NamedTuple):
    """A part of a sentence: text, whether it is a chip, and whether the other version says something else there."""

    text: str
    chip: bool
    marked: bool


class RuleRow(NamedTuple):
    """A rule of one or both versions."""

    rule: str
    kind: str
    before: tuple[Shown, ...]
    after: tuple[Shown, ...]


class PartRow(NamedTuple):
    """A sentence or a text of another part, as each version says it; nothing where a version leaves it out."""

    part: str
    kind: str
    before: tuple[Shown, ...]
    after: tuple[Shown, ...]


class Text(NamedTuple):
    """A text that is no sentence, as a piece."""

    text: str
    kind: str = ""


Said = Sequence[servicerules.Piece | Text]


class Difference(NamedTuple):
    """What differs between two versions."""

    rules: tuple[RuleRow, ...]
    parts: tuple[PartRow, ...]

    @property
    def differs(self) -> int:
        return sum(row.kind != SAME for row in self.rules) + len(self.parts)


def difference(before: RuleSet, after: RuleSet, language: str) -> Difference:
    """Compare two versions, in the order of the later; what was removed stands at the end.

    A rule is the same one where it has the same id, or, if its id is in neither other version, the same words.
    """
    words = lexicon_of(before, language), lexicon_of(after, language)
    old, new = {each.id: each for each in before.rules}, {each.id: each for each in after.rules}
    pairs = _pairs(old, new)
    rows = [_row(old.get(pairs.get(name, "")), rule, words) for name, rule in new.items()]
    rows += [_row(rule, None, words) for name, rule in old.items() if name not in pairs.values()]
    return Difference(tuple(rows), tuple(_parts(before, after, words)))


def _pairs(old: dict[str, Rule], new: dict[str, Rule]) -> dict[str, str]:
    """Id in the later version → id of the same rule in the earlier one."""
    found = {name: name for name in new if name in old}
    for name, rule in new.items():
        if name not in found:
            free = [each for each in old if each not in new and each not in found.values()]
            like = [each for each in free if _words(old[each]) == _words(rule)]
            found |= dict.fromkeys([name][: len(like)], "".join(like[:1]))
    return found


def _words(rule: Rule) -> dict[str, Any]:
    """A rule as data without its id."""
    said = dict(servicerules.write_rule_set(rule))  # type: ignore[arg-type]
    said.pop("id")
    return said


def _row(old: Rule | None, new: Rule | None, words: tuple[Lexicon, Lexicon]) -> RuleRow:
    before = pieces_of(old, words[0]) if old is not None else []
    after = pieces_of(new, words[1]) if new is not None else []
    if old is None or new is None:
        kind = ADDED if old is None else REMOVED
        return RuleRow((new or old).id, kind, _plain(before), _plain(after))  # type: ignore[union-attr]
    if old == new:
        return RuleRow(new.id, SAME, _plain(before), _plain(after))
    marks = _marks([each.text for each in before], [each.text for each in after])
    return RuleRow(new.id, CHANGED, _plain(before, marks[0]), _plain(after, marks[1]))


def _marks(old: Sequence[str], new: Sequence[str]) -> tuple[set[int], set[int]]:
    """Which pieces of each side the other does not have in the same place."""
    lost: set[int] = set()
    gained: set[int] = set()
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            lost.update(range(first, last))
            gained.update(range(begin, end))
    return lost, gained


def _plain(pieces: Said, marked: set[int] | None = None) -> tuple[Shown, ...]:
    found = marked or set()
    return tuple(
        Shown(each.text, bool(each.kind), bool(each.kind) and number in found) for number, each in enumerate(pieces)
    )


def _parts(before: RuleSet, after: RuleSet, words: tuple[Lexicon, Lexicon]) -> list[PartRow]:
    """The sentences and texts of the other parts that differ."""
    rows = []
    for part in (*SENTENCES, *TEXTS):
        old, new = _said(before, part, words[0]), _said(after, part, words[1])
        rows += [_part_row(part, old.get(key, ()), new.get(key, ())) for key in dict.fromkeys([*old, *new])]
    return [row for row in rows if row.kind != SAME]


def _said(rules: RuleSet, part: str, lexicon: Lexicon) -> dict[Any, Said]:
    """What a part says: each of its sentences, or each of its texts, under what makes it the same one."""
    value = getattr(rules, part)
    if part in SENTENCES:
        nodes = value if isinstance(value, tuple) else (value,)
        return {_key(each): pieces_of(each, lexicon) for each in nodes if each is not None}
    return {path: [Text(text)] for path, text in _texts(value, lexicon.language)}


def _key(node: Any) -> Any:
    """What makes a kind of record, or what somebody gives, the same one; the other parts have one sentence."""
    match node:
        case What():
            return node.activity, node.mode
        case Indicator():
            return node.code
        case _:
            return ""


def _texts(value: Any, language: str, path: str = "") -> Iterator[tuple[str, str]]:
    """The texts in the reader's language, in any other where there is none."""
    if isinstance(value, Mapping) and value.keys() & set(servicerules.LANGUAGES):
        yield path, str(value.get(language) or next(iter(value.values())))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, language, f"{path}.{name}")
    elif value is not None:
        yield path, str(value)


def _part_row(part: str, before: Said, after: Said) -> PartRow:
    old, new = [each.text for each in before], [each.text for each in after]
    if not old or not new:
        return PartRow(part, REMOVED if old else ADDED, _plain(before), _plain(after))
    if old == new:
        return PartRow(part, SAME, (), ())
    marks = _marks(old, new)
    return PartRow(part, CHANGED, _plain(before, marks[0]), _plain(after, marks[1]))
