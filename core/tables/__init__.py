"""Reads the Excel tables of offices as they really are: title rows, merged cells, notes, broken digits."""

from core.tables import values
from core.tables.cells import clean_text, fold
from core.tables.headers import header_words, simplified
from core.tables.model import LeftOut, Loaded, Parsed, Part, Row, RowError, Sheet, Table, TableError, in_order
from core.tables.reading import read_table
from core.tables.values import joined

__all__ = [
    "LeftOut",
    "Loaded",
    "Parsed",
    "Part",
    "Row",
    "RowError",
    "Sheet",
    "Table",
    "TableError",
    "clean_text",
    "fold",
    "header_words",
    "in_order",
    "joined",
    "read_table",
    "simplified",
    "values",
]
