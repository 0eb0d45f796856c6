"""Cleans single cells: what calamine gives (text, numbers, dates) becomes the text a person meant."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from officedata.text import INVISIBLE, untagged

# From 16 digits on a spreadsheet number has lost its last digits: a double keeps 15.
_FIRST_LOSSY = 10**15
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+(\d{1,2})$")
# One match decides whether the slow path is needed: most cells of a big table are clean.
_DIRTY = re.compile(
    r"[&<\x00-\x1f\x7f-\xa0\xad\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufe00-\ufe0f\ufeff"
    r"\uff01-\uff5e\ufff9-\ufffd\U000e0000-\U000e0fff]|_x[0-9A-Fa-f]{4}_|  "
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LINE_END = re.compile("\r\n|[\r\x0b\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\xa0\u2000-\u200a\u202f\u205f\u3000]+")
# Chinese signs need no blank beside them.
_AFTER_SIGN = re.compile(r"(?<=[，。；：、！？）】》”]) +(?=\S)")
_LINES = re.compile(r" *\n[\s]*")
# Full-width letters, digits and the signs used among figures. Chinese punctuation stays as it was written.
_WIDE = {
    code: code - 0xFEE0
    for code in range(0xFF01, 0xFF5F)
    if chr(code - 0xFEE0).isalnum() or chr(code) in "％＋－．／＝＜＞＆＠＿＊＃"
}


def clean_text(text: str) -> str:
    """One cell's text without entities, tags, invisible characters, full-width digits and letters, and stray blanks.

    Line breaks are kept, at most one in a row; Chinese punctuation is left alone.
    """
    if not _DIRTY.search(text):
        return text.strip()
    text = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    # Some writers escape the two halves of an emoji; a half alone says nothing and cannot be stored.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _LINE_END.sub("\n", untagged(text))
    text = INVISIBLE.sub("", text).translate(_WIDE)
    return _LINES.sub("\n", _AFTER_SIGN.sub("", _BLANKS.sub(" ", text))).strip()


def cell_text(value: object) -> tuple[str, bool]:
    """The cleaned text of a cell, and whether its digits were lost.

    A whole number loses its ``.0``, a date becomes ``YYYY-MM-DD``. Digits are lost when 16 or more of them were
    stored as a number, or when the text is already ``1.4E+17``.
    """
    if isinstance(value, str):
        text = clean_text(value)
        scientific = _SCIENTIFIC.match(text)
        return text, bool(scientific and int(scientific.group(1)) >= 15)
    if isinstance(value, bool):
        return ("是" if value else "否"), False
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        value = value.date() if value.time() == time() else value
    if isinstance(value, date | datetime | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat(), False
    return (str(value) if isinstance(value, timedelta) else ""), False


def _number_text(value: int | float) -> tuple[str, bool]:
    if not math.isfinite(value):
        return "", False
    if abs(value) >= _FIRST_LOSSY:
        return f"{value:.15g}", True
    return f"{Decimal(f'{value:.15g}'):f}", False
