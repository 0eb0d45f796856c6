"""Reads the sheets that lists hand out."""

from io import BytesIO
from typing import Any

from django.test import Client
from openpyxl import load_workbook


def cells_of(client: Client, url: str) -> list[tuple[Any, ...]]:
    """The rows of cells below the head of the sheet at this address."""
    answer: Any = client.get(url)
    assert answer.status_code == 200
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    return list(sheet.iter_rows(min_row=2))


def column_of(client: Client, url: str, at: int = 0) -> list[Any]:
    return [row[at].value for row in cells_of(client, url)]


def heads_of(client: Client, url: str) -> list[str]:
    answer: Any = client.get(url)
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    return [cell.value for cell in sheet[1]]
