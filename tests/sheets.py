"""Reads the exports of lists and tables."""

from io import BytesIO
from typing import Any

from django.test import Client
from openpyxl import load_workbook

HEAD = 4  # the row with the heads of the columns, below the title, the unit with the day, and the filters


def opened(answer: Any) -> Any:
    """The worksheet of the export in an answer."""
    assert answer.status_code == 200
    return load_workbook(BytesIO(b"".join(answer.streaming_content))).active


def sheet_of(client: Client, url: str) -> Any:
    return opened(client.get(url))


def cells_of(client: Client, url: str) -> list[tuple[Any, ...]]:
    """The rows below the heads, without the column of running numbers."""
    return [row[1:] for row in sheet_of(client, url).iter_rows(min_row=HEAD + 1)]


def column_of(client: Client, url: str, at: int = 0) -> list[Any]:
    return [row[at].value for row in cells_of(client, url)]


def heads_of(client: Client, url: str) -> list[str]:
    """The heads of the columns, without the column of running numbers."""
    return [cell.value for cell in sheet_of(client, url)[HEAD][1:]]
