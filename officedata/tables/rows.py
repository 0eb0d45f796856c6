"""What the readers of all office tables share: rows become typed values, and what is wrong is noted at its column."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Protocol, TypeVar

from officedata import codes
from officedata.tables import values
from officedata.tables.model import Parsed, Row, RowError, Table


class Placed(Protocol):
    """A typed row, which knows its sheet and its number in Excel."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...


T = TypeVar("T", bound=Placed)


@dataclass
class Notes:
    """Errors that refuse rows and warnings about rows that are taken, each at the column the person sees.

    `columns` gives for every field its header in the file, or else its usual one.
    """

    columns: Mapping[str, str]
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)

    def error(self, row: Row | Placed, name: str, code: str, /, **params: object) -> None:
        self.errors.append(self._note(row, name, code, params))

    def warn(self, row: Row | Placed, name: str, code: str, /, **params: object) -> None:
        self.warnings.append(self._note(row, name, code, params))

    def _note(self, row: Row | Placed, name: str, code: str, params: Mapping[str, object]) -> RowError:
        if isinstance(row, Row):
            return RowError(row.number, row.header(name) or self.columns[name], code, params, row.sheet)
        return RowError(row.row, self.columns[name], code, params, row.sheet)


class RowReader(ABC, Generic[T]):
    """Reads the rows of one kind of table. A subclass says which texts decide, and how a row becomes a value.

    `required` and `limits` name texts that must be there and how long they may be; a row that breaks them is refused.
    A row that says what an earlier one said is refused at the field `known_by`.
    """

    required: ClassVar[Sequence[str]]
    limits: ClassVar[Mapping[str, int]]
    known_by: ClassVar[str]

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.notes = Notes(columns)

    @abstractmethod
    def texts(self, row: Row) -> dict[str, str]:
        """The texts a row is refused for when they are missing or too long, by field."""

    @abstractmethod
    def typed(self, row: Row, texts: Mapping[str, str]) -> T:
        """The value of a row whose texts are good."""

    @abstractmethod
    def earlier(self, value: T) -> T | None:
        """The row before that said the same; otherwise remembers this one."""

    def parse(self, table: Table) -> Parsed[T]:
        """The good rows in the order of the file, and the errors and warnings about all rows."""
        rows: list[T] = []
        for row in table.rows:
            value = self.value(row)
            if value is None:
                continue
            if first := self.earlier(value):
                self.notes.error(row, self.known_by, "duplicate", first=first.row, sheet=first.sheet)
                continue
            rows.append(value)
        return Parsed(rows, self.notes.errors, self.notes.warnings, self.notes.columns)

    def value(self, row: Row) -> T | None:
        """The typed row, or ``None`` after its errors have been noted."""
        before = len(self.notes.errors)
        texts = self.texts(row)
        self.check(row, texts)
        return self.typed(row, texts) if len(self.notes.errors) == before else None

    def check(self, row: Row, texts: Mapping[str, str]) -> None:
        """Note what is missing and what is too long."""
        for name in self.required:
            if not texts[name]:
                self.notes.error(row, name, "missing")
        for name, limit in self.limits.items():
            if len(texts[name]) > limit:
                self.notes.error(row, name, "too_long", length=len(texts[name]), limit=limit)

    def number(self, row: Row, name: str, read: Callable[[str], int | None]) -> int | None:
        """Days or kilometres, ``None`` where nothing is asked or the cell was not understood."""
        text = row.first(name)
        found = read(text) if text else None
        if text and found is None and not values.leaves_open(text):
            self.notes.warn(row, name, name, text=text)
        return found

    def discipline(self, row: Row) -> str:
        """The code that says most: forms ask for three levels in three columns, or for all in one cell."""
        found = [codes.discipline_of(part.text) for part in row.parts.get("discipline", ())]
        return max((code for code in found if code), key=len, default="")
