"""A rule set while it is written: what of it can be read, and what is wrong where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from servicerules.checking import wrong_names_of
from servicerules.editing import steps
from servicerules.facts import Reason
from servicerules.grammar import parts_of
from servicerules.language import Rule, RuleSet
from servicerules.lexicon import Lexicon
from servicerules.reading import Reader
from servicerules.wording import say


@dataclass(frozen=True)
class Sketch:
    """What can be read of a rule set: `rules` has only the rules that can, `readable` one for each that was written,
    None where it cannot be read; the paths in `wrong` are those of what was written."""

    rules: RuleSet
    readable: tuple[Rule | None, ...]
    wrong: tuple[Reason, ...]

    def wrong_in(self, path: str) -> list[Reason]:
        """What is wrong at a path or below it."""
        here = steps(path)
        return [each for each in self.wrong if steps(str(each.params["path"]))[: len(here)] == here]


def sketch(data: Mapping[str, Any]) -> Sketch:
    """Read what can be read; a rule, or a part beside the rules, that cannot is left out and named."""
    reader = Reader()
    written = data.get("rules", [])
    readable = tuple(_rule(each, number, reader) for number, each in enumerate(_listed(written, reader)))
    values: dict[str, Any] = {"code": "draft"}
    reader.object_at(data, "", {each.word for each in parts_of(RuleSet)})
    for part in parts_of(RuleSet):
        if part.word in data and part.word != "rules":
            before = len(reader.wrong)
            value = reader.value(part.spec, data[part.word], part.word)
            values |= {part.name: value} if len(reader.wrong) == before and value is not None else {}
    rules = RuleSet(**values, rules=tuple(each for each in readable if each is not None))
    places = [number for number, each in enumerate(readable) if each is not None]
    named = [_moved(each, places) for each in wrong_names_of(rules, "")]
    return Sketch(rules, readable, (*reader.wrong, *named))


def _listed(written: Any, reader: Reader) -> Sequence[Any]:
    if isinstance(written, list):
        return written
    reader.refuse("not_a_list", "rules")
    return []


def _rule(raw: Any, number: int, reader: Reader) -> Rule | None:
    """A rule that has a sentence: one with exactly one bound."""
    rule: Rule | None = reader.node(Rule, raw, f"rules[{number}]")
    if rule is not None and (rule.must is None) == (rule.should is None):
        reader.refuse("must_or_should", f"rules[{number}]")
        return None
    return rule


def _moved(reason: Reason, places: Sequence[int]) -> Reason:
    """The reason with the number that its rule has among all that were written."""
    path = str(reason.params["path"])
    if not path.startswith("rules["):
        return reason
    number, _, rest = path.removeprefix("rules[").partition("]")
    return Reason(reason.code, {**reason.params, "path": f"rules[{places[int(number)]}]{rest}"})


def say_plainly(reason: Reason, lexicon: Lexicon) -> str:
    """What is wrong, beside the place it concerns and without the words of the data."""
    if reason.code not in lexicon.words["plainly"]:
        return say(reason, lexicon, "wrong")
    params = dict(reason.params)
    if reason.code.startswith("undeclared"):
        known = str(params.get("known", "")).split(", ")
        params |= {"word": lexicon.name(params["word"]), "known": lexicon.words["join"].join(map(lexicon.name, known))}
    return say(Reason(reason.code, params), lexicon, "plainly")
