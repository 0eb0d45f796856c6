"""Writes small workbooks for tests of tables."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


def workbook(
    path: Path, rows: Sequence[Sequence[object]], *, merges: Sequence[str] = (), title: str = "Sheet1"
) -> Path:
    """A file with one sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    add_sheet(book, title, rows, merges=merges)
    book.save(path)
    return path


def add_sheet(book: Workbook, title: str, rows: Sequence[Sequence[object]], *, merges: Sequence[str] = ()) -> Worksheet:
    """One more sheet in a workbook that is being made."""
    sheet: Worksheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    for cells in merges:
        sheet.merge_cells(cells)
    return sheet
