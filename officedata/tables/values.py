"""Reads the values people write into cells: sums of money, periods, dates, telephone numbers, lists."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from officedata.text import BRACKETED, halfwidth

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMERAL = "一二两三四五六七八九十百"


def _narrow(text: str) -> str:
    return halfwidth(text).replace(" ", "").replace("\n", "")


def chinese_number(text: str) -> int | None:
    """A numeral below 1000 in characters: 十二 → 12, 一百五十 → 150; ``None`` for anything else."""
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            return None
    return total + digit if text else None


# --- money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Money:
    """A sum or range in 10,000 yuan; an open end is ``None``, and both are for "to be agreed"."""

    low: Decimal | None = None
    high: Decimal | None = None


_UNITS = {"亿": Decimal(10_000), "千万": Decimal(1_000), "百万": Decimal(100), "万": Decimal(1), "千": Decimal("0.1")}
_YUAN = Decimal("0.0001")
_NUMBER = rf"(\d+(?:\.\d+)?|(?<![几数上])[{_NUMERAL}]+(?=[千百]?万|亿))"
_UNIT = r"(亿|千万|百万|万|千(?=元))?(元)?"
_AMOUNT = re.compile(
    rf"{_NUMBER}{_UNIT}(?![\d年月%个名项天台人套])(?:[-~—–－至到]+{_NUMBER}{_UNIT}(?![\d年月%个名项天台人套]))?"
)
_TO_BE_AGREED = re.compile(r"面议|面谈|待定|协商|商定|另议|暂无|未定|不限|^无$|^[-—/]+$")
_AT_LEAST = re.compile(r"以上|不低于|不少于|至少|大于|超过|≥|>|起$")
_AT_MOST = re.compile(r"以内|以下|之内|不超过|不超|不高于|至多|最多|小于|≤|<|<=|内$")
_LARGEST = Decimal(10_000_000)


def read_money(text: str, header: str = "") -> Money | None:
    """The sum in 10,000 yuan: ``30-50万``, ``50万元``, ``500000元``, ``面议``; ``None`` when it cannot be told.

    A bare number takes the unit of the header (``万元`` or ``元``); under a header without a unit, or far too large for
    10,000 yuan, it is read as yuan from 10,000 up.
    """
    plain = _narrow(text).replace(",", "").replace("，", "")
    match = _AMOUNT.search(plain)
    if not match:
        return Money() if _TO_BE_AGREED.search(plain) else None
    first, unit, yuan, second, second_unit, second_yuan = match.groups()
    low = _amount(first, unit or (second_unit if not yuan else None), yuan or second_yuan, header)
    high = _amount(second, second_unit or unit, second_yuan or yuan, header) if second else low
    if low is None or high is None or max(low, high) > _LARGEST:
        return None
    low, high = min(low, high), max(low, high)
    if not second and _AT_MOST.search(plain) and "不低于" not in plain:
        return Money(None, high)
    if not second and _AT_LEAST.search(plain) and "不超过" not in plain:
        return Money(low, None)
    return Money(low, high)


def _amount(number: str, unit: str | None, yuan: str | None, header: str) -> Decimal | None:
    written = chinese_number(number) if number[0] in _NUMERAL else None
    value = Decimal(number if written is None else written)
    if unit:
        factor = _UNITS[unit]
    elif yuan or ("元" in header and "万" not in header):
        factor = _YUAN
    else:
        factor = _YUAN if value >= (100_000 if "万" in header else 10_000) else Decimal(1)
    return (value * factor).quantize(Decimal("0.01"))


# --- dates and periods -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """When something is wanted: from, until, or a number of months; what is not said is ``None``."""

    start: date | None = None
    until: date | None = None
    months: int | None = None


_POINT = re.compile(r"((?:19|20)\d{2})(?:[年./-](\d{1,2})(?:[月./-](\d{1,2})(?!\d)日?|月|(?!\d))|年)?")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?(?!\d)")
_TO_MONTH_ONLY = re.compile(r"(?:至|到|-|—|~)(\d{1,2})月(?:(\d{1,2})日)?")
_DURATION = re.compile(rf"(?<![\d.])(\d{{1,3}}(?:\.5)?|半|[{_NUMERAL}]+)个?(年|月)(半)?")
_SERIAL = re.compile(r"^[1-6]\d{4}$")


def from_serial(text: str) -> date | None:
    """The day a spreadsheet serial number stands for (1927 to 2091), ``None`` for any other text."""
    return date(1899, 12, 30) + timedelta(days=int(text)) if _SERIAL.match(text) else None


def read_date(text: str) -> date | None:
    """A day or the first of a month: ``1985-06-01``, ``1985.06``, ``198506``, ``1985年6月``, a serial number."""
    plain = _narrow(text)
    if serial := from_serial(plain):
        return serial
    compact = _COMPACT.search(plain)
    match = compact or _POINT.search(plain)
    if not match or (match.group(2) is None and not plain.startswith(match.group(0))):
        return None
    return _day(match.group(1), match.group(2) or "1", match.group(3) or "1")


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_period(text: str) -> Period | None:
    """``2024-2026年``, ``2024年1月至2025年12月``, ``2年内``, ``2025年底前``, a date; ``None`` when unreadable."""
    plain = _narrow(text)
    if serial := from_serial(plain):
        return Period(until=serial)
    plain = _COMPACT.sub(lambda match: ".".join(part for part in match.groups() if part), plain)
    points = [match.groups() for match in _POINT.finditer(plain)]
    if not points:
        return _duration(plain)
    tail = _TO_MONTH_ONLY.search(plain)
    if len(points) == 1 and tail:
        points.append((points[0][0], tail.group(1), tail.group(2)))
    until = _end(*points[-1])
    start = _day(points[0][0], points[0][1] or "1", points[0][2] or "1") if len(points) > 1 else None
    if until is None or (start and start > until):
        return None
    return Period(start, until)


def _end(year: str, month: str | None, day: str | None) -> date | None:
    if not month:
        return date(int(year), 12, 31)
    if not 1 <= int(month) <= 12:
        return None
    return _day(year, month, day or str(calendar.monthrange(int(year), int(month))[1]))


def _duration(plain: str) -> Period | None:
    match = _DURATION.search(plain)
    if not match:
        return None
    number, unit, half = match.groups()
    if number == "半":
        count = Decimal("0.5")
    else:
        count = Decimal(number) if number[0].isdigit() else Decimal(chinese_number(number) or 0)
    months = int((count + (Decimal("0.5") if half else 0)) * (12 if unit == "年" else 1))
    return Period(months=months) if 0 < months <= 240 else None


# --- days a month and kilometres -------------------------------------------------------------------------------------

_COUNT = rf"(\d+|[{_NUMERAL}]+)"
_TO = "[-~—–至到]+"
_DAYS = re.compile(rf"{_COUNT}(?:{_TO}(?:\d+|[{_NUMERAL}]+))?个?(?:工作)?[天日]")
_TIMES = re.compile(rf"{_COUNT}次")
_OTHER_THAN_MONTHS = re.compile(r"[年周季]|星期|学期")
_KILOMETRES = re.compile(rf"(?<![\d.]){_COUNT}(?:\.\d+)?(?:公里|千米|km)", re.IGNORECASE)
_BARE = re.compile(rf"\D*?(\d+)(?:{_TO}(\d+))?(?:以内|以下|之内|内)?")
_FARTHEST = 20_000  # km: half the globe


def read_days(text: str) -> int | None:
    """Days a month, 1 to 31: ``3``, ``3天``, ``每月不少于两天``, ``每月1次，每次2天``; of a range the lower end.

    ``None`` when it cannot be told, or when days a week or a year are meant.
    """
    plain = _narrow(text)
    if _OTHER_THAN_MONTHS.search(plain):
        return None
    days, times = _DAYS.search(plain), _TIMES.search(plain)
    bare = re.fullmatch(_COUNT, plain) or _BARE.fullmatch(plain)
    if times:
        found = _whole(times.group(1)) * _whole(days.group(1)) if days else 0
    else:
        match = days or bare
        found = _whole(match.group(1)) if match else 0
    return found if 0 < found <= 31 else None


def read_kilometres(text: str) -> int | None:
    """Whole kilometres: ``150``, ``150公里以内``, ``≤150km``, ``一百公里``; of a range the upper end.

    ``None`` when it cannot be told: another unit, a place, no number.
    """
    plain = _narrow(text)
    numbers = _KILOMETRES.findall(plain)
    if not numbers and (bare := _BARE.fullmatch(plain)):
        numbers = [number for number in bare.groups() if number]
    found = max(map(_whole, numbers), default=0)
    return found if 0 < found <= _FARTHEST else None


def _whole(number: str) -> int:
    return int(number) if number[0].isdigit() else chinese_number(number) or 0


def leaves_open(text: str) -> bool:
    """Whether a cell says that nothing is fixed: ``不限``, ``面议``, ``无要求``, ``均可``, ``—``."""
    plain = _narrow(text)
    return bool(_TO_BE_AGREED.search(plain) or re.search("无要求|无限制|[均都]可", plain))


# --- telephones and people -------------------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d{9})(?!\d)")
_FIXED = re.compile(r"(?<!\d)(0\d{2,3})-?(\d{7,8})(?!\d)(?:[-转]+(\d{1,5})(?!\d))?")
_SHORT = re.compile(r"(?<!\d)(400-?\d{3}-?\d{4}|[2-9]\d{6,7})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def read_phone(text: str) -> str | None:
    """The first mobile number in a text, or else the first fixed one (``0391-1234567``), or ``None``."""
    plain = halfwidth(text)
    # "138 0000 0000" and "138-0000-0000" are one number; a line break separates two.
    if mobile := _MOBILE.search(re.sub(r"(?<=\d)[ -](?=\d)", "", plain)):
        return mobile.group(1)
    plain = re.sub(r"[ —–()]+", "-", plain)
    if fixed := _FIXED.search(plain):
        return "-".join(part for part in fixed.groups() if part)
    short = _SHORT.search(plain)
    return short.group(1) if short else None


def read_email(text: str) -> str | None:
    """The first e-mail address in a text, in lower case."""
    match = _EMAIL.search(halfwidth(text))
    return match.group(0).lower() if match else None


def read_name(text: str) -> str:
    """A person's name without numbers and signs; blanks inside a Chinese name (``张 三``) go."""
    name = BRACKETED.sub(" ", text)
    name = re.sub(r"[\d+/\\,，、;；:：()（）-]+", " ", name).strip()
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", name) if len(name) <= 6 else name


# --- lists -----------------------------------------------------------------------------------------------------------

NUMBERING = re.compile(
    r"(?:^|(?<=[\s;；。,，、]))(?:[(（]?\d{1,2}[)）]|\d{1,2}[.、．](?!\d)|[①-⑳]|[一二三四五六七八九十]{1,2}、)\s*"
)
_SEPARATORS = re.compile(r"[、,，;；|\n]+")


def split_list(text: str, *, slashes: bool = False) -> list[str]:
    """The items of an enumeration, numbering and repetition removed: ``1.煤化工；2.气化`` → two items.

    Blanks separate only where nothing else does, between Chinese words; slashes only when asked for.
    """
    plain = NUMBERING.sub("\n", text)
    if slashes:
        plain = re.sub(r"[/／]", "\n", plain)
    if not _SEPARATORS.search(plain.strip()):
        plain = re.sub(r"(?<=[\u4e00-\u9fff]{2})\s+(?=[\u4e00-\u9fff]{2})", "\n", plain)
    items = (item.strip(" .。:：") for item in _SEPARATORS.split(plain))
    return list(dict.fromkeys(item for item in items if item))


def joined(items: Iterable[str], limit: int) -> str:
    """As many whole items as fit into ``limit`` characters, as an enumeration."""
    text = ""
    for item in items:
        longer = f"{text}、{item}" if text else item
        if len(longer) <= limit:
            text = longer
    return text
