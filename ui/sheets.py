"""Lists as files that a spreadsheet opens: which columns they have, and the answer with the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from core.waits import FOR_AN_EXPORT, limits

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 50_000  # rows of one sheet: some fifteen seconds of work, and what an office computer still opens
CHUNK = 2000


@dataclass(frozen=True)
class Column:
    """A head, its width in characters, and where a row has the value: "doctor.university.name" or a function."""

    head: Any
    width: int
    read: str | Callable[[Any], Any]


def is_asked(request: HttpRequest) -> bool:
    """Whether a list shall come as a sheet (?export=xlsx) instead of a page."""
    return request.GET.get("export") == "xlsx"


def download(title: str, columns: Sequence[Column], rows: QuerySet[Any]) -> FileResponse:
    """The rows of a list, in its order, as a file named by title and day."""
    # The writer of workbooks takes 12 MB and a sixth of a second, and most processes write none.
    from ui.workbook import write  # noqa: PLC0415

    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    with limits(statement_timeout=FOR_AN_EXPORT):
        write(file, title, columns, rows[: MOST + 1].iterator(chunk_size=CHUNK), most=MOST)
    file.seek(0)
    # Django writes a name that is not ASCII as RFC 6266 asks (filename*=utf-8'').
    name = f"{title} {timezone.localdate():%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
