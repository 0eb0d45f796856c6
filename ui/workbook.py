"""Writes lists as .xlsx: texts stay texts, numbers numbers, dates dates, and nothing is a formula."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from ui.sheets import Column

BOLD = Font(bold=True)
GREY = PatternFill("solid", fgColor="EFEDE6")
A4 = 9  # the number paper has in the format
TEXT, MOMENT = "@", "yyyy-mm-dd hh:mm"


def write(file: IO[bytes], title: str, columns: Sequence[Column], rows: Iterable[Any], *, most: int) -> None:
    """Write at most so many rows, one after the other; where some are left out, the last line says so."""
    book = Workbook(write_only=True)
    sheet = _empty_sheet(book, title, columns)
    readers = [attrgetter(each.read) if isinstance(each.read, str) else each.read for each in columns]
    pens = [_pens(sheet) for _each in columns]
    coming = iter(rows)
    for row in islice(coming, most):
        sheet.append([_cell(pen, read(row)) for pen, read in zip(pens, readers, strict=True)])
    if any(True for _more in coming):
        said = _("Only the first %(most)s rows stand here. Set filters in the list to get the others.")
        sheet.append([said % {"most": most}])
    book.save(file)


def _empty_sheet(book: Workbook, title: str, columns: Sequence[Column]) -> Any:
    """A sheet with its head frozen and repeated on paper, printed landscape on A4 as wide as a page."""
    sheet: Any = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", A4, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for at, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.append(list(_heads(sheet, columns)))
    return sheet


def _heads(sheet: Any, columns: Sequence[Column]) -> Iterator[Any]:
    for column in columns:
        cell: Any = WriteOnlyCell(sheet, value=str(column.head))
        cell.font, cell.fill, cell.alignment = BOLD, GREY, Alignment(vertical="center", wrap_text=True)
        yield cell


def _pens(sheet: Any) -> dict[str, Any]:
    """The cells of a column with a format of their own, used for every row: a new one each time costs far more.

    One for each format, as the book's table of styles keeps the style of the cell itself.
    """
    pens: dict[str, Any] = {form: WriteOnlyCell(sheet) for form in (TEXT, MOMENT)}
    for form, pen in pens.items():
        pen.number_format = form
    return pens


def _cell(pens: dict[str, Any], value: Any) -> Any:
    """Numbers and dates as such, everything else as text."""
    if isinstance(value, datetime):
        pens[MOMENT].value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return pens[MOMENT]
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value)).replace("\r\n", "\n")
    # Other words are taken for text as they are; through a pen they take half as long again.
    if not text.startswith(("=", "+", "-", "@", "#")) and not text.isdigit():
        return text
    pens[TEXT].value = text
    # After the value, from which a kind is guessed; the format keeps it text once the cell is edited.
    pens[TEXT].data_type = "s"
    return pens[TEXT]
