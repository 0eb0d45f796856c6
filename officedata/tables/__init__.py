"""Reads the Excel tables of offices with what they contain: title rows, merged cells, notes, broken digits."""

from officedata.tables import values
from officedata.tables.cells import clean_text
from officedata.tables.headers import header_words, usual_headers
from officedata.tables.model import LeftOut, Loaded, Parsed, Part, Row, RowError, Sheet, Table, TableError, in_order
from officedata.tables.reading import read_table
from officedata.tables.rows import Notes, RowReader
from officedata.tables.values import joined

__all__ = [
    "LeftOut",
    "Loaded",
    "Notes",
    "Parsed",
    "Part",
    "Row",
    "RowError",
    "RowReader",
    "Sheet",
    "Table",
    "TableError",
    "clean_text",
    "header_words",
    "in_order",
    "joined",
    "read_table",
    "usual_headers",
    "values",
]
