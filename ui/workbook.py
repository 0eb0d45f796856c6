"""Writes lists as .xlsx: texts, numbers and dates keep their types, and nothing is a formula."""

import re
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
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from ui.exports import Column, Title

BOLD, LARGE = Font(bold=True), Font(bold=True, size=14)
GREY = PatternFill("solid", fgColor="EFEDE6")
CENTRED, WRAPPED = Alignment(vertical="center", wrap_text=True), Alignment(vertical="top", wrap_text=True)
A4 = 9  # the number paper has in the format
TEXT, DAY, MOMENT = "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
# What a text of the database may hold and XML may not. The library's own expression leaves the last two out.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
HEAD = 4  # the line of the heads, below the three lines of the title


def write(file: IO[bytes], title: Title, columns: Sequence[Column], rows: Iterable[Any], *, most: int) -> None:
    """Write at most so many rows with running numbers; where some are left out, the last line says so."""
    book = Workbook(write_only=True)
    _wrap_all(book)
    sheet = _empty_sheet(book, title, columns)
    readers = [attrgetter(each.read) if isinstance(each.read, str) else each.read for each in columns]
    prepared = [_prepared_cells(sheet) for _each in columns]
    coming, number = iter(rows), 0
    for number, row in enumerate(islice(coming, most), 1):
        sheet.append([number, *(_cell(cells, read(row)) for cells, read in zip(prepared, readers, strict=True))])
    sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(columns) + 1)}{HEAD + number}"
    if any(True for _more in coming):
        said = _("Only the first %(most)s rows stand here. Set filters in the list to get the others.")
        sheet.append([said % {"most": most}])
    book.save(file)


def _wrap_all(book: Any) -> None:
    """Wrap what is long in every cell: a cell without a style of its own takes the book's first one.

    openpyxl offers no way to change that one but these two tables; a style for each cell costs half as long again.
    """
    book._cell_styles[0].alignmentId = book._alignments.add(WRAPPED)


def _empty_sheet(book: Workbook, title: Title, columns: Sequence[Column]) -> Any:
    """A sheet with its title, and its heads frozen, filtered and repeated on paper: A4 landscape, as wide as a page."""
    sheet: Any = book.create_sheet(title.name[:31])
    sheet.freeze_panes = f"A{HEAD + 1}"
    sheet.print_title_rows = f"{HEAD}:{HEAD}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", A4, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.oddFooter.center.text = _("Page &P of &N")
    for at, width in enumerate((6, *(column.width for column in columns)), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for line, font in zip(title.lines(), (LARGE, Font(), Font()), strict=True):
        sheet.append([_styled(sheet, line, font, Alignment(vertical="center"))])
    sheet.append(list(_heads(sheet, columns)))
    return sheet


def _styled(sheet: Any, text: str, font: Font, alignment: Alignment) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=NO_XML.sub("", text))
    cell.data_type, cell.font, cell.alignment = "s", font, alignment
    return cell


def _heads(sheet: Any, columns: Sequence[Column]) -> Iterator[Any]:
    for head in (_("No."), *(column.head for column in columns)):
        cell = _styled(sheet, str(head), BOLD, CENTRED)
        cell.fill = GREY
        yield cell


def _prepared_cells(sheet: Any) -> dict[str, Any]:
    """The formatted cells of one column, used again for every row: a new cell each time costs far more.

    One for each format, as the book's table of styles keeps the style of the cell itself.
    """
    prepared: dict[str, Any] = {form: WriteOnlyCell(sheet) for form in (TEXT, DAY, MOMENT)}
    for form, cell in prepared.items():
        cell.number_format, cell.alignment = form, WRAPPED
    return prepared


def _cell(prepared: dict[str, Any], value: Any) -> Any:
    """Numbers and dates as such, everything else as text."""
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, date):
        return _dated(prepared, value)
    text = NO_XML.sub("", str(value)).replace("\r\n", "\n")
    # Other words are taken for text as they are; written through a prepared cell they take half as long again.
    if not text.startswith(("=", "+", "-", "@", "#")) and not text.isdigit():
        return text
    prepared[TEXT].value = text
    # After the value, from which a kind is guessed; the format keeps it text once the cell is edited.
    prepared[TEXT].data_type = "s"
    return prepared[TEXT]


def _dated(prepared: dict[str, Any], value: date) -> Any:
    if not isinstance(value, datetime):
        prepared[DAY].value = value
        return prepared[DAY]
    prepared[MOMENT].value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    return prepared[MOMENT]
