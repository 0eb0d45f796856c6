"""Reads the sheets that lists hand out."""

from io import BytesIO
from typing import Any

from django.test import Client
from openpyxl import load_workbook

HEAD = 4  # the line of the heads; a title, the unit with the day, and the filters stand above


def opened(answer: Any) -> Any:
    """The sheet of an answer."""
    assert answer.status_code == 200
    return load_workbook(BytesIO(b"".join(answer.streaming_content))).active


def sheet_of(client: Client, url: str) -> Any:
    return opened(client.get(url))


def cells_of(client: Client, url: str) -> list[tuple[Any, ...]]:
    """The rows of cells below the heads, without the running number."""
    return [row[1:] for row in sheet_of(client, url).iter_rows(min_row=HEAD + 1)]


def column_of(client: Client, url: str, at: int = 0) -> list[Any]:
    return [row[at].value for row in cells_of(client, url)]


def heads_of(client: Client, url: str) -> list[str]:
    """The heads of the columns, without that of the running number."""
    return [cell.value for cell in sheet_of(client, url)[HEAD][1:]]
