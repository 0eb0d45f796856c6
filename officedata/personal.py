"""Finds numbers and addresses of persons in a text that will be public, and says where they stand.

Found are mobile and fixed telephone numbers, numbers of identity cards and bank cards, mail addresses, and names of
accounts of WeChat and QQ, also in full width, in Chinese figures, and with blanks or hyphens between the digits.
Service numbers (400, 800) and figures with units are not personal and are not found.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stdnum import luhn
from stdnum.cn import ric

Kind = Literal["mobile", "phone", "identity", "card", "mail", "account"]

# Every repetition has an end, so that a long text takes time in proportion to its length.
# One character for one, so that places in the folded text are places in the text.
_FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HAN = {ord(han): ord(digit) for han, digit in zip("〇零一二三四五六七八九幺", "001234567891", strict=True)}
_HAN_RUN = re.compile(r"[〇零一二三四五六七八九幺][〇零一二三四五六七八九幺\s-]{5,40}[〇零一二三四五六七八九幺]")

_GAP = r"[\s\-–—·.\u200b\u2060\ufeff]{0,2}"
_GAP_1 = r"[\s\-–—·.\u200b\u2060\ufeff]{1,2}"
_START, _END = r"(?<![\d.])", r"(?!\d|\.\d)"
_MOBILE = re.compile(
    rf"{_START}(?:\+?86{_GAP})?(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d{_GAP}\d{{3}}{_GAP}\d{{5}}"
    rf"|1{_GAP_1}[3-9](?:{_GAP_1}\d){{9}}){_END}"
)
_IS = r"\s{0,3}[:：为是]?\s{0,3}"
_CALL = rf"(?:电话|座机|手机|热线|传真|tel|phone){_IS}"
_PHONE = re.compile(
    rf"{_START}(?P<n>(?:\+?86{_GAP})?[(（]?0\d{{2,3}}[)）\s\-–—]{{1,2}}\d{{7,8}}){_END}"
    rf"|{_CALL}(?P<m>0\d{{9,11}}|\d{{7,8}}){_END}",
    re.IGNORECASE,
)
_LONG = re.compile(rf"{_START}\d(?:[\s\-–—]?\d){{14,17}}(?:[\s\-–—]?[\dXx])?{_END}")
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?(?:@|[(\[（]at[)\]）]|#at#)\s?"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:微信|QQ|VX|WeChat)(?:号码?|账号)?\s{0,3}[:：为是]\s{0,3}[A-Za-z0-9][\w-]{4,19}|"
    r"(?:微信|QQ|VX|WeChat)(?:号码?|账号)\s{0,3}[A-Za-z0-9][\w-]{4,19}|(?:QQ|VX)\s?\d{5,12}",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A personal number or address in a text: its kind and its place (characters, half open)."""

    kind: Kind
    start: int
    end: int


def personal_marks(text: str) -> list[Mark]:
    """The personal numbers and addresses in a text, in order; no two overlap."""
    plain = _plain(text)
    found: list[Mark] = []
    taken: set[int] = set()
    for kind, places in _FINDERS:
        for start, end in places(plain):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                found.append(Mark(kind, start, end))
    return sorted(found, key=lambda mark: mark.start)


def without_marks(text: str, put: str) -> str:
    """The text with each personal number or address replaced by `put`."""
    for mark in reversed(personal_marks(text)):
        text = text[: mark.start] + put + text[mark.end :]
    return text


def excerpt(text: str, mark: Mark, around: int = 10) -> str:
    """The place of a mark for a message: the words around it, and of the mark itself only its ends."""
    found = text[mark.start : mark.end]
    masked = f"{found[:3]}…{found[-2:]}" if len(found) > 7 else f"{found[:1]}…"
    before, after = text[max(0, mark.start - around) : mark.start], text[mark.end : mark.end + around]
    start = "…" if mark.start > around else ""
    end = "…" if mark.end + around < len(text) else ""
    return " ".join(f"{start}{before}【{masked}】{after}{end}".split())


def _plain(text: str) -> str:
    """The text in half width and with runs of Chinese figures as digits; each character keeps its place."""
    half = text.translate(_FULL)
    return _HAN_RUN.sub(lambda run: run[0].translate(_HAN), half)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], list[tuple[int, int]]]:
    return lambda plain: [match.span(match.lastgroup or 0) for match in pattern.finditer(plain)]


def _long(is_one: Callable[[str], bool]) -> Callable[[str], list[tuple[int, int]]]:
    def places(plain: str) -> list[tuple[int, int]]:
        found = ((match.span(), re.sub(r"[^\dXx]", "", match[0])) for match in _LONG.finditer(plain))
        return [span for span, digits in found if is_one(digits)]

    return places


def _is_identity(digits: str) -> bool:
    return len(digits) == 18 and bool(ric.is_valid(digits.upper()))


def _is_card(digits: str) -> bool:
    """Bank cards that circulate in China: UnionPay (62), Visa (4), Mastercard (5)."""
    return 16 <= len(digits) <= 19 and digits[0] in "456" and digits.isdigit() and bool(luhn.is_valid(digits))


_FINDERS: tuple[tuple[Kind, Callable[[str], list[tuple[int, int]]]], ...] = (
    ("identity", _long(_is_identity)),
    ("card", _long(_is_card)),
    ("mail", _matches(_MAIL)),
    ("mobile", _matches(_MOBILE)),
    ("phone", _matches(_PHONE)),
    ("account", _matches(_ACCOUNT)),
)
