"""Two versions of rules side by side: each rule the same, changed with the changed chips marked, added or removed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import servicerules
from servicerules import Lexicon, Rule, RuleSet, lexicon_of, pieces_of

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"
PARTS = ("name", "source", "zone", "term", "entries", "count", "indicators", "grade", "pay", "names")
"""The parts of a rule set beside its rules."""


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
    """A word of another part, with what it says in each version as text; "" where it is left out."""

    path: str
    kind: str
    before: str
    after: str


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
    return Difference(tuple(rows), tuple(_parts(before, after)))


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


def _plain(pieces: Sequence[servicerules.Piece], marked: set[int] | None = None) -> tuple[Shown, ...]:
    found = marked or set()
    return tuple(
        Shown(each.text, bool(each.kind), bool(each.kind) and number in found) for number, each in enumerate(pieces)
    )


def _parts(before: RuleSet, after: RuleSet) -> list[PartRow]:
    """The words of the other parts that differ."""
    old, new = (_leaves(servicerules.write_rule_set(each)) for each in (before, after))
    rows = []
    for path in dict.fromkeys([*old, *new]):
        said = old.get(path, ""), new.get(path, "")
        if said[0] != said[1]:
            kind = ADDED if path not in old else REMOVED if path not in new else CHANGED
            rows.append(PartRow(path, kind, *said))
    return rows


def _leaves(data: dict[str, Any]) -> dict[str, str]:
    """Path → value as text of every word beside the rules."""
    found: dict[str, str] = {}
    for part in PARTS:
        if part in data:
            _collect(data[part], part, found)
    return found


def _collect(value: Any, path: str, found: dict[str, str]) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            _collect(each, f"{path}.{name}", found)
    elif isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
        for number, each in enumerate(value):
            _collect(each, f"{path}[{number}]", found)
    else:
        found[path] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
