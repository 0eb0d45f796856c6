"""Reads a folder of needs and experts with graded pairs: `needs.jsonl`, `experts.jsonl`, `qrels.tsv`.

Each line of the first is {"id", "title", "text"}, of the second {"id", "texts": [...]}; `qrels.tsv` has a line of
headings, then need, expert and level (1 none, 2 weak, 3 fairly strong, 4 strong) with tabs between; further columns are
ignored.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from matchengine.evaluation.measures import GAINS, Levels, counts

NEEDS, EXPERTS, GRADES = "needs.jsonl", "experts.jsonl", "qrels.tsv"
Row = TypeVar("Row", bound="AskedNeed | Expert")


class BadData(ValueError):
    """A folder that cannot be measured on.

    `code`: "missing" (there is no such file, or it cannot be read), "broken" (a line is not in the format), "twice" (an
    id of an earlier line), "unknown" (a level names an id that the other files do not hold), "empty" (a file without a
    row), "nothing" (no need has a relevant expert). `file` is its name without the folder, `line` counts from 1 and is
    0 where no line is meant.
    """

    def __init__(self, code: str, file: str, line: int = 0) -> None:
        super().__init__(f"{file}, line {line}: {code}" if line else f"{file}: {code}")
        self.code, self.file, self.line = code, file, line


@dataclass(frozen=True, slots=True)
class AskedNeed:
    """One need: its title and its text, either of which may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Expert:
    """One expert: what shows him, such as titles of works."""

    id: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """The set: needs and experts in the order of their files, and the levels by need."""

    needs: tuple[AskedNeed, ...]
    experts: tuple[Expert, ...]
    levels: Mapping[str, Levels]

    @property
    def graded(self) -> bool:
        """Whether pairs are told apart by more than one level; a single level only says which experts are relevant."""
        return len({level for levels in self.levels.values() for level in levels.values()}) > 1


def read(folder: Path) -> Labelled:
    """The set of a folder. Raises `BadData`."""
    needs, experts = _rows(folder, NEEDS, _need), _rows(folder, EXPERTS, _expert)
    levels: dict[str, dict[str, int]] = {}
    known_needs, known_experts = {need.id for need in needs}, {expert.id for expert in experts}
    for number, line in _lines(folder, GRADES):
        if number == 1:
            continue
        need, expert, level = _grade(line, number)
        if need not in known_needs or expert not in known_experts:
            raise BadData("unknown", GRADES, number)
        levels.setdefault(need, {})[expert] = level
    if not levels:
        raise BadData("empty", GRADES)
    if not any(map(counts, levels.values())):
        raise BadData("nothing", GRADES)
    return Labelled(needs, experts, levels)


def _rows(folder: Path, file: str, parse: Callable[[Any], Row]) -> tuple[Row, ...]:
    rows: dict[str, Row] = {}
    for number, line in _lines(folder, file):
        try:
            row = parse(json.loads(line))
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise BadData("broken", file, number) from error
        if row.id in rows:
            raise BadData("twice", file, number)
        rows[row.id] = row
    if not rows:
        raise BadData("empty", file)
    return tuple(rows.values())


def _need(row: Any) -> AskedNeed:
    return AskedNeed(_text(row["id"]), _text(row["title"]), _text(row["text"]))


def _expert(row: Any) -> Expert:
    texts = row["texts"]
    if not isinstance(texts, list):
        raise TypeError("texts are a list")
    return Expert(_text(row["id"]), tuple(map(_text, texts)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _grade(line: str, number: int) -> tuple[str, str, int]:
    try:
        need, expert, level = line.split("\t")[:3]
        if int(level) not in GAINS:
            raise BadData("broken", GRADES, number)
    except ValueError as error:
        raise BadData("broken", GRADES, number) from error
    return need, expert, int(level)


def _lines(folder: Path, file: str) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, without those that are blank."""
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise BadData("missing", file) from error
    for number, raw in enumerate(content.splitlines(), 1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadData("broken", file, number) from error
        if line.strip():
            yield number, line
