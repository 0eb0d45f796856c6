"""Checks a file before a reader opens it: whether it is a workbook, and whether it fits in memory."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from officedata.tables.model import TableError

MAX_FILE = 100 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_ENTRIES = 5_000
MAX_RATIO = 200
# Below this size nothing that is packed tightly can hurt: a harmless sheet of equal rows packs 300 to 1.
_HARMLESS = 20 * 2**20
# The reader stores a sheet as one rectangle, so one cell far out costs as much memory as all cells before it.
MAX_CELLS = 5_000_000
_CHUNK = 2**20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# The place of a cell that holds something, thus does not end with "/>". No part of a tag is read twice: a tag that
# repeats its place a thousand times takes no longer than another one of that length.
_CELL = re.compile(rb"""<(?:\w+:)?c\s(?>[^<>]*?\br\s*=\s*["']\s*\$?([A-Za-z]{1,3})\$?(\d{1,7})\s*["'])[^<>]*+(?<!/)>""")
# Which parts are sheets is said elsewhere in the file, so every part is measured like one.
_SHEET = re.compile(r"xl/.+\.xml$", re.IGNORECASE)


def check_file(path: Path) -> None:
    """Pass for an .xlsx or .xls that is safe to open; otherwise raise :class:`TableError` saying why not."""
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        _check_zip(path)
    elif head.startswith(_OLE):
        _check_ole(path)
    else:
        raise TableError("not_excel", file=path.name, kind=_kind(head))


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise TableError("not_a_file" if path.exists() else "not_found", file=str(path))
        size = path.stat().st_size
        if size == 0:
            raise TableError("empty_file", file=path.name)
        if size > MAX_FILE:
            raise TableError("too_big", file=path.name, limit=MAX_FILE // 2**20)
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        raise TableError("unreadable", file=str(path), reason=error.strerror or str(error)) from error


def _kind(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return "pdf"
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")):
        return "html"
    if start.startswith(b"<?xml"):
        return "xml"
    if b"\x00" not in head and (b"," in head or b"\t" in head) and b"\n" in head:
        return "csv"
    return "other"


def _check_ole(path: Path) -> None:
    if _ENCRYPTED in path.read_bytes():
        raise TableError("encrypted", file=path.name)


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_size(path, entries)
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                raise TableError("not_excel", file=path.name, kind="word" if "word/document.xml" in names else "zip")
            for entry in entries:
                _check_entry(path, archive, entry)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise TableError("damaged", file=path.name) from error


def _check_size(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    bomb = unpacked > _HARMLESS and unpacked > MAX_RATIO * max(packed, 1)
    if unpacked > MAX_UNPACKED or len(entries) > MAX_ENTRIES or bomb:
        raise TableError("zip_bomb", file=path.name, size=unpacked // 2**20, limit=MAX_UNPACKED // 2**20)


def _check_entry(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack one part once (a directory may give wrong sizes; the checksum shows it) and measure the sheets on the
    way."""
    is_sheet = bool(_SHEET.match(entry.filename))
    if not is_sheet and not entry.filename.startswith("xl/"):
        return
    columns: set[bytes] = set()
    first_row, last_row = 10**7, 0
    for chunk in _chunks(archive, entry):
        if not is_sheet:
            continue
        cells = _CELL.findall(chunk)
        if not cells:
            continue
        columns.update(column for column, _ in cells)
        # Rows come in order, so the ends of a chunk are enough.
        first_row = min(first_row, int(cells[0][1]))
        last_row = max(last_row, int(cells[-1][1]))
    if columns:
        width = max(map(_column, columns)) - min(map(_column, columns)) + 1
        if width * (last_row - first_row + 1) > MAX_CELLS:
            far = max(columns, key=_column).decode()
            raise TableError("too_large", file=path.name, cell=f"{far}{last_row}", limit=MAX_CELLS)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that never cut a tag in two."""
    left = b""
    with archive.open(entry) as stream:
        while piece := stream.read(_CHUNK):
            piece = left + piece
            cut = piece.rfind(b"<") if len(piece) < 8 * _CHUNK else len(piece)
            piece, left = (piece[:cut], piece[cut:]) if cut > 0 else (piece, b"")
            yield piece
    yield left


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + (letter & 0x1F)
    return number
