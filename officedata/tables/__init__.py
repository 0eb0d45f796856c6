"""Reads the Excel tables of offices as they really are: title rows, merged cells, notes, broken digits."""

from officedata.tables import values
from officedata.tables.cells import clean_text, fold
from officedata.tables.headers import header_words, simplified
from officedata.tables.model import LeftOut, Loaded, Parsed, Part, Row, RowError, Sheet, Table, TableError, in_order
from officedata.tables.reading import read_table
from officedata.tables.values import joined

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
