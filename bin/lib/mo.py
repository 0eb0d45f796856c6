"""Compiles the Chinese catalogue into the folder of its .po: mo.py [FOLDER].

Every program of bin/ does this if the .po has changed, and the build of the image does it too. It runs before packages
are installed, so it imports only the standard library and needs no gettext.
"""

import ast
import os
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PO = Path("locale/zh_Hans/LC_MESSAGES/django.po")
MAGIC = 0x950412DE


def entries(text: str) -> Iterator[dict[str, str]]:
    """Each message as its keywords and their strings, without obsolete and fuzzy messages."""
    for block in text.split("\n\n"):
        entry: dict[str, str] = {}
        keyword = ""
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        for line in lines:
            if line.startswith("#") or not line.strip():
                continue
            begun, quote, string = line.partition('"')
            if begun:
                keyword = begun.strip()
                entry[keyword] = ""
            # The strings of a .po have the syntax of C, which Python can read.
            entry[keyword] += ast.literal_eval(quote + string)
        yield entry


def messages(text: str) -> dict[str, str]:
    """The translated messages as a .mo has them: key (with context and plural) → translations."""
    found = {}
    for entry in entries(text):
        translations = [words for keyword, words in entry.items() if keyword.startswith("msgstr")]
        if not translations or not all(translations):
            continue
        key = entry["msgid"] + ("\0" + entry["msgid_plural"] if "msgid_plural" in entry else "")
        found[f"{entry['msgctxt']}\4{key}" if "msgctxt" in entry else key] = "\0".join(translations)
    return found


def compiled(text: str) -> bytes:
    """The content of a .mo: a header, two tables of lengths and offsets, then the strings, each ended by a zero."""
    pairs = sorted((key.encode(), words.encode()) for key, words in messages(text).items())
    header = 7 * 4
    at = header + 16 * len(pairs)
    tables: list[list[int]] = [[], []]
    strings = b""
    for table, values in zip(tables, zip(*pairs, strict=True), strict=True):
        for value in values:
            table += [len(value), at + len(strings)]
            strings += value + b"\0"
    head = struct.pack("<7I", MAGIC, 0, len(pairs), header, header + 8 * len(pairs), 0, at)
    return head + b"".join(struct.pack(f"<{len(table)}I", *table) for table in tables) + strings


def compile_catalogue(root: Path) -> bool:
    """Write the .mo and give it the time of the .po, if the times differ; readers always get a complete file."""
    po = root / PO
    mo = po.with_suffix(".mo")
    if not po.exists():
        return False
    moment = po.stat().st_mtime_ns
    if mo.exists() and mo.stat().st_mtime_ns == moment:
        return False
    with tempfile.NamedTemporaryFile(dir=po.parent, prefix="django.mo.", delete=False) as beside:
        beside.write(compiled(po.read_text(encoding="utf-8")))
    Path(beside.name).chmod(0o644)
    os.utime(beside.name, ns=(moment, moment))
    os.replace(beside.name, mo)  # noqa: PTH105
    return True


if __name__ == "__main__":
    compile_catalogue(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
