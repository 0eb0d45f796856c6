"""Rows as an .xlsx file: texts stay texts, numbers numbers, and nothing is a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOLD = Font(bold=True)
GREY = PatternFill("solid", fgColor="EFEDE6")


def download(name: str, title: str, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """The rows under their heads (word, width in characters) as a file to download."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    write(file, title, heads, rows)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def write(file: Any, title: str, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for at, (_word, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.print_title_rows = "1:1"
    sheet.append([_head(sheet, word) for word, _width in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(file)


def _head(sheet: Any, word: str) -> Any:
    cell = WriteOnlyCell(sheet, value=word)
    cell.data_type = "s"
    cell.font, cell.fill, cell.alignment = BOLD, GREY, Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Numbers and dates as such; everything else as text, an 18-digit code or a leading "=" included."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    # Plain words stay text by themselves; a cell of its own is forty times dearer.
    if not text.startswith(("=", "#")) and not text.isdigit():
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type, cell.number_format = "s", "@"
    return cell
