"""The values that reading a table returns: rows with their Excel numbers, errors as codes with parameters, never
sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from officedata.tables.headers import usual_headers

T = TypeVar("T")


class TableError(Exception):
    """The whole file cannot be used. ``code`` and ``params`` are worded in ``ui.table_wording``."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong (or, as a warning, worth a look) in one row, at the column the person sees."""

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One non-empty cell: the header above it, and its cleaned text."""

    header: str
    text: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the person sees it in Excel: sheet name, 1-based number, and the cells of each known field."""

    sheet: str
    number: int
    parts: Mapping[str, Sequence[Part]]

    def text(self, name: str) -> str:
        """The text of a field; several columns of one field give one line each."""
        return "\n".join(part.text for part in self.parts.get(name, ()))

    def first(self, name: str) -> str:
        """The text of the best-matching column of a field, ``""`` when empty."""
        parts = self.parts.get(name)
        return parts[0].text if parts else ""

    def header(self, name: str) -> str:
        """The header above the first cell of a field, ``""`` when the row has none."""
        parts = self.parts.get(name)
        return parts[0].header if parts else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read: where its header ends (1-based), which headers gave which field, the texts above them."""

    name: str
    header_row: int
    columns: Mapping[str, Sequence[str]]
    unknown: Sequence[str]
    above: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sheet that was not read, and why: ``hidden``, ``empty`` or ``no_header``."""

    sheet: str
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of all sheets whose header was known, in the order of the file."""

    file: str
    sheets: Sequence[Sheet]
    left_out: Sequence[LeftOut]
    rows: Sequence[Row]

    def headers(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """For every wanted field its header in this file, or else its usual one."""
        usual = usual_headers(wanted)
        for sheet in reversed(self.sheets):
            usual.update({name: headers[0] for name, headers in sheet.columns.items()})
        return usual


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """Typed rows that are good, errors that refused a row, and warnings about rows that were taken all the same."""

    rows: Sequence[T]
    errors: Sequence[RowError]
    warnings: Sequence[RowError]
    # Field → its header in this file, so that a later refusal names the column the person sees.
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a table: rows that made something new, rows that existed already, errors and warnings."""

    new: int
    unchanged: int
    errors: Sequence[RowError]
    warnings: Sequence[RowError]
    # Rows of other tables made on the way, by a word for each: enterprises, universities.
    made: Mapping[str, int] = field(default_factory=dict)


def in_order(errors: Iterable[RowError]) -> list[RowError]:
    """Errors in the order of the file: by sheet, as they first appear, then by row."""
    found = list(errors)
    sheets = list(dict.fromkeys(error.sheet for error in found))
    return sorted(found, key=lambda error: (sheets.index(error.sheet), error.row))
