"""Reads an office table: every sheet whose header is known, row by row, as the person sees it in Excel."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from officedata.tables.cells import cell_text
from officedata.tables.files import check_file
from officedata.tables.headers import SEARCHED_ROWS, Header, Matcher, Merge, find_header
from officedata.tables.model import LeftOut, Part, Row, Sheet, Table, TableError
from officedata.text import fold, simplified

_NOTE = re.compile(
    r"^(?:注\s*[:：\d]|备注|说明|填表|填报|填写|审核|制表|合计|总计|小计|经办|以上|单位负责人|(?:联系人|日期|签字|盖章)\s*[:：]"
    r"|例\s*[:：]|示例|样例|※|★)"
)
_SAMPLE = re.compile(r"^(?:例|例如|示例|样例|填写示例|样表)$")


def read_table(
    path: Path,
    wanted: Mapping[str, Sequence[str]],
    *,
    required: Sequence[Sequence[str]] = (),
    fill: Collection[str] = (),
) -> Table:
    """All rows of the sheets of an .xlsx or .xls whose header names the wanted fields.

    ``wanted`` gives for each field the headers met in real tables. A sheet counts when it names two fields and,
    of every group in ``required``, at least one. Cells merged downwards count for each of their rows in the
    fields of ``fill``. Title rows, notes, repeated headers and empty rows are left out; row numbers are those of Excel.
    Raises :class:`TableError` when the file as a whole cannot be used.
    """
    check_file(path)
    matcher = Matcher(wanted)
    sheets: list[Sheet] = []
    left_out: list[LeftOut] = []
    rows: list[Row] = []
    best: tuple[str, Header] | None = None
    for name, source in _open_sheets(path, left_out):
        lines = _cleaned(source)
        top = list(islice(lines, SEARCHED_ROWS))
        if not any(text for line in top for text, _ in line):
            left_out.append(LeftOut(name, "empty"))
            continue
        merges = _merges(source)
        header = find_header([[text for text, _ in line] for line in top], merges, matcher)
        if header is None or not _has_required(header, required):
            if header and (best is None or header.rank > best[1].rank):
                best = (name, header)
            left_out.append(LeftOut(name, "no_header"))
            continue
        sheets.append(_sheet(name, header, top))
        rows.extend(_Body(name, header, merges, fill).rows([*top], lines))
    if not sheets:
        raise _no_sheet(path, best, left_out, wanted, required)
    if not rows:
        raise TableError("no_rows", file=path.name, sheet="、".join(sheet.name for sheet in sheets))
    return Table(path.name, tuple(sheets), tuple(left_out), rows)


def _open_sheets(path: Path, left_out: list[LeftOut]) -> Iterator[tuple[str, CalamineSheet]]:
    try:
        # By its content: an .xls that is named .xlsx is a table too.
        with path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                if meta.visible != SheetVisibleEnum.Visible:
                    left_out.append(LeftOut(meta.name, "hidden"))
                    continue
                yield meta.name, book.get_sheet_by_name(meta.name)
    except PasswordError as error:
        raise TableError("encrypted", file=path.name) from error
    except (CalamineError, ValueError, OSError) as error:
        raise TableError("damaged", file=path.name) from error


Line = list[tuple[str, bool]]


def _cleaned(source: CalamineSheet) -> Iterator[Line]:
    """The rows from the first of the sheet on, each from column A on."""
    if source.start is None:
        return
    indent: Line = [("", False)] * source.start[1]
    for cells in source.iter_rows():
        yield indent + [cell_text(cell) for cell in cells]


def _merges(source: CalamineSheet) -> list[Merge]:
    return sorted(source.merged_cell_ranges or [])


def _has_required(header: Header, required: Sequence[Sequence[str]]) -> bool:
    fields = header.fields
    return all(any(name in fields for name in group) for group in required)


def _sheet(name: str, header: Header, top: Sequence[Line]) -> Sheet:
    columns: dict[str, list[str]] = {}
    for column in sorted(header.columns, key=lambda column: -column.score):
        columns.setdefault(column.field, []).append(column.header)
    above = [text for line in top[: header.last_row] for text, _ in line if text]
    return Sheet(name, header.last_row + 1, columns, header.unknown, above)


def _no_sheet(
    path: Path,
    best: tuple[str, Header] | None,
    left_out: Sequence[LeftOut],
    wanted: Mapping[str, Sequence[str]],
    required: Sequence[Sequence[str]],
) -> TableError:
    if all(sheet.reason != "no_header" for sheet in left_out):
        return TableError("empty_sheet", file=path.name, sheet="、".join(sheet.sheet for sheet in left_out))
    found = best[1].fields if best else set()
    missing = [wanted[group[0]][0] for group in required if not any(name in found for name in group)]
    seen = [*(column.header for column in best[1].columns), *best[1].unknown] if best else []
    return TableError(
        "headers_missing",
        file=path.name,
        sheet=best[0] if best else next(sheet.sheet for sheet in left_out if sheet.reason == "no_header"),
        missing=missing or [aliases[0] for aliases in list(wanted.values())[:3]],
        found=seen[:12],
    )


class _Body:
    """Turns the lines under one header into rows."""

    def __init__(self, sheet: str, header: Header, merges: Sequence[Merge], fill: Collection[str]) -> None:
        self._sheet = sheet
        self._last_header_row = header.last_row
        # The surest column of a field comes first, so that Row.first() gives it.
        self._columns = sorted(header.columns, key=lambda column: (-column.score, column.index))
        self._filled = {column.index for column in header.columns if column.field in fill}
        self._down = {first: last[0] for first, last in merges if last[0] > first[0] and first[1] in self._filled}
        wide = max(3, len(header.columns) // 2)
        self._wide = {first[0] for first, last in merges if last[1] - first[1] + 1 >= wide}
        self._current: dict[int, tuple[int, tuple[str, bool]]] = {}

    def rows(self, top: Sequence[Line], rest: Iterable[Line]) -> Iterator[Row]:
        """The rows of data below the header; ``top`` are the lines already taken from ``rest``."""
        for index, line in enumerate(top[self._last_header_row + 1 :], self._last_header_row + 1):
            if row := self._row(index, line):
                yield row
        for index, line in enumerate(rest, len(top)):
            if row := self._row(index, line):
                yield row

    def _row(self, index: int, line: Line) -> Row | None:
        own = [text for text, _ in line if text]
        if not own or self._is_note(index, own):
            return None
        cells = self._with_filled(index, line) if self._down else line
        parts: dict[str, list[Part]] = {}
        has_own = False
        for column in self._columns:
            text, lost = cells[column.index] if column.index < len(cells) else ("", False)
            if text:
                parts.setdefault(column.field, []).append(Part(column.header, text, lost))
                has_own = has_own or bool(line[column.index][0])
        if not has_own or self._is_header_again(parts):
            return None
        return Row(self._sheet, index + 1, parts)

    def _with_filled(self, index: int, line: Line) -> Line:
        cells = list(line)
        for column in self._filled:
            if end := self._down.get((index, column)):
                self._current[column] = (end, line[column])
            elif column in self._current and not line[column][0] and index <= self._current[column][0]:
                cells[column] = self._current[column][1]
        return cells

    def _is_note(self, index: int, own: Sequence[str]) -> bool:
        first = simplified(own[0])
        if _SAMPLE.match(first):
            return True
        if len(own) > 3:
            return False
        return bool(_NOTE.match(first)) or (len(own) == 1 and index in self._wide)

    def _is_header_again(self, parts: Mapping[str, Sequence[Part]]) -> bool:
        texts = [part for cells in parts.values() for part in cells]
        return len(texts) > 1 and all(fold(part.text) == fold(part.header) for part in texts)
