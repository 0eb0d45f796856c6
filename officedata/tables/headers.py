"""Finds the header of a sheet among title rows, and says which column holds which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from officedata.text import BRACKETED, fold, normalise

# (first row, first column) to (last row, last column), 0-based and inclusive.
Merge = tuple[tuple[int, int], tuple[int, int]]

SEARCHED_ROWS = 40
_MAX_DEPTH = 3
_LONGEST_HEADER = 60

EXACT, ENDS, STARTS, CONTAINS = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet that holds a known field."""

    index: int
    field: str
    header: str
    score: int


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet: its last row (0-based), its depth in rows, its known columns, and the headers unknown."""

    last_row: int
    depth: int
    columns: Sequence[Column]
    unknown: Sequence[str]

    @property
    def fields(self) -> set[str]:
        """The fields that have at least one column."""
        return {column.field for column in self.columns}

    @property
    def rank(self) -> tuple[int, int, int]:
        """How well the block fits: the best match of every field added up, then more columns, then fewer rows."""
        best: dict[str, int] = {}
        for column in self.columns:
            best[column.field] = max(best.get(column.field, 0), column.score)
        return sum(best.values()), len(self.columns), -self.depth


class Matcher:
    """Tells the field of one header cell by its aliases: equal, ends with, starts with, contains, in this order."""

    def __init__(self, wanted: Mapping[str, Sequence[str]]) -> None:
        self._aliases = [(fold(alias), name) for name, aliases in wanted.items() for alias in aliases]
        self._exact = dict(reversed(self._aliases))
        self._seen: dict[str, tuple[str, int] | None] = {}

    def match(self, text: str) -> tuple[str, int] | None:
        """The field and how sure the match is. Chinese puts the head noun last, so an ending beats a beginning."""
        if text not in self._seen:
            self._seen[text] = self._match(text)
        return self._seen[text]

    def _match(self, text: str) -> tuple[str, int] | None:
        if not text or len(text) > _LONGEST_HEADER:
            return None
        whole, bare = fold(text), fold(BRACKETED.sub("", normalise(text)))
        if name := self._exact.get(bare) or self._exact.get(whole):
            return name, EXACT
        best: tuple[int, int, str] | None = None
        for alias, name in self._aliases:
            if score := _partial(bare or whole, alias):
                candidate = (score, len(alias), name)
                if best is None or candidate[:2] > best[:2]:
                    best = candidate
        return (best[2], best[0]) if best else None


def _partial(header: str, alias: str) -> int:
    if len(alias) < 2 or alias not in header:
        return 0
    if header.endswith(alias):
        return ENDS
    if header.startswith(alias):
        return STARTS
    return CONTAINS if len(alias) > 2 else 0


def find_header(top: Sequence[Sequence[str]], merges: Sequence[Merge], matcher: Matcher) -> Header | None:
    """The best header block among the first rows, or ``None`` when no row names two fields.

    A block has several rows when cells are merged downwards in it, or when the row under cells merged sideways
    names more fields than the row of those cells alone.
    """
    best: Header | None = None
    for row in range(len(top)):
        depth = _depth(row, merges, top)
        for rows in {depth, min(depth + _has_wide_cell(row, merges), len(top) - row)}:
            if _is_cut(row, rows, merges):
                continue
            found = _block(row, rows, top, merges, matcher)
            if len(found.fields) > 1 and (best is None or found.rank > best.rank):
                best = found
    return best


def _depth(row: int, merges: Sequence[Merge], top: Sequence[Sequence[str]]) -> int:
    ends = [last[0] for first, last in merges if first[0] == row and 0 < last[0] - row < _MAX_DEPTH]
    return min(max(ends, default=row), len(top) - 1) - row + 1


def _is_cut(row: int, depth: int, merges: Sequence[Merge]) -> bool:
    """Whether a merged cell reaches across an edge of the block, so that it is only half of a header."""
    low = [(first[0], last[0]) for first, last in merges if last[0] < first[0] + _MAX_DEPTH]
    return any(start < edge <= end for start, end in low for edge in (row, row + depth))


def _has_wide_cell(row: int, merges: Sequence[Merge]) -> bool:
    return any(first[0] == last[0] == row and last[1] > first[1] for first, last in merges)


def _block(row: int, depth: int, top: Sequence[Sequence[str]], merges: Sequence[Merge], matcher: Matcher) -> Header:
    lines = [list(line) for line in top[row : row + depth]]
    for first, last in merges:
        if row <= first[0] < row + depth and first[1] < len(lines[first[0] - row]):
            _spread(lines, first[0] - row, first[1], last[0] - row, last[1])
    columns: list[Column] = []
    unknown: list[str] = []
    for index in range(max((len(line) for line in lines), default=0)):
        levels = list(dict.fromkeys(line[index] for line in lines if index < len(line) and line[index]))
        header = "·".join(level.replace("\n", "") for level in levels)
        # The lowest level is the most exact ("需求名称" under "需求信息"), the whole next, the heading last.
        found = next((hit for text in (*levels[-1:], header, *levels[:1]) if (hit := matcher.match(text))), None)
        if found:
            columns.append(Column(index, found[0], header, found[1]))
        elif header:
            unknown.append(header)
    return Header(row + depth - 1, depth, tuple(columns), tuple(unknown))


def _spread(lines: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    value = lines[top][left]
    for line in lines[top : bottom + 1]:
        for index in range(left, min(right + 1, len(line))):
            line[index] = value


def usual_headers(wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The header that names each wanted field in messages: its first."""
    return {name: aliases[0] for name, aliases in wanted.items()}


def header_words(text: str) -> dict[str, list[str]]:
    """The wanted headers from a block of lines ``field: header header …``; indented lines go on."""
    words: dict[str, list[str]] = {}
    name = ""
    for line in text.strip().splitlines():
        head, _, rest = line.rpartition(": ") if not line.startswith(" ") else ("", "", line)
        name = head or name
        words.setdefault(name, []).extend(rest.split())
    return words
