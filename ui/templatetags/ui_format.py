"""How dates, ranges, money and phone numbers read in Chinese and in English."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_STARTS = ("started_on", "starts_on", "start_on", "valid_from", "start", "lower")
_ENDS = ("ended_on", "ends_on", "end_on", "valid_to", "end", "upper")


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _day(value: Any) -> dt.date | None:
    """The calendar day of a date or moment, in local time."""
    if isinstance(value, dt.datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value if isinstance(value, dt.date) else None


def _short(day: dt.date) -> str:
    return f"{day.month}月{day.day}日" if _chinese() else f"{day.day} {_MONTHS[day.month - 1]}"


def cndate(value: Any) -> str:
    """2026年3月5日, in English 5 Mar 2026; nothing for no date."""
    if (day := _day(value)) is None:
        return ""
    return f"{day.year}年{_short(day)}" if _chinese() else f"{_short(day)} {day.year}"


def cnmoment(value: Any) -> str:
    """2026年3月5日 14:20, in local time."""
    if not isinstance(value, dt.datetime):
        return cndate(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{cndate(local)} {local:%H:%M}"


def mmdd(value: Any) -> str:
    """03-05, the date inside a table."""
    day = _day(value)
    return f"{day:%m-%d}" if day else ""


def _ends(value: Any) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a pair, of a range column, or of a thing that has a start and an end."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        return _day(value[0]), _day(value[1])
    start = next((_day(getattr(value, name)) for name in _STARTS if hasattr(value, name)), None)
    end = next((_day(getattr(value, name)) for name in _ENDS if hasattr(value, name)), None)
    if end and getattr(value, "upper_inc", True) is False:  # PostgreSQL hands ranges back as [first, last + 1)
        end -= dt.timedelta(days=1)
    return start, end


def daterange(value: Any, year: Any = "") -> str:
    """3月5日–6日（2天）; with any argument the year is said too."""
    start, end = _ends(value)
    if start is None:
        return ""
    if end is None:
        return f"{cndate(start) if year else _short(start)} –"
    count = (end - start).days + 1
    days = ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    return f"{_span(start, end, bool(year))}（{days}）" if _chinese() else f"{_span(start, end, bool(year))} ({days})"


def _span(start: dt.date, end: dt.date, year: bool) -> str:
    say_year = year or start.year != end.year
    if start == end:
        return cndate(start) if say_year else _short(start)
    if _chinese():
        first = cndate(start) if say_year else _short(start)
        if (start.year, start.month) == (end.year, end.month):
            return f"{first}–{end.day}日"
        return f"{first}–{cndate(end) if start.year != end.year else _short(end)}"
    last = cndate(end) if say_year else _short(end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    return f"{cndate(start) if start.year != end.year else _short(start)} – {last}"


def _trim(value: Any, places: int) -> str:
    """A number with thousands commas and at most so many decimals, without idle zeros."""
    try:
        text = f"{Decimal(str(value)):,.{places}f}"
    except InvalidOperation:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def wan(value: Any) -> str:
    """A number of 万元 with its unit: 30 万元, in English CNY 300,000."""
    if value in (None, ""):
        return ""
    if _chinese():
        return f"{_trim(value, 2)} 万元"
    return f"CNY {_trim(Decimal(str(value)) * 10000, 0)}"


def yuan(value: Any) -> str:
    """A number of 元 with its unit: 1,280.50 元, in English CNY 1,280.50."""
    if value in (None, ""):
        return ""
    text = f"{Decimal(str(value)):,.2f}".removesuffix(".00")
    return f"{text} 元" if _chinese() else f"CNY {text}"


def masked(value: Any) -> str:
    """138****5678; an ID number keeps its first 3 and last 4; anything shorter keeps its last 2."""
    text = str(value or "").strip()
    if not text:
        return ""
    if len(text) < 8:
        return "*" * max(len(text) - 2, 1) + text[-2:]
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def marked(text: Any, words: Any) -> SafeString:
    """The text with each of the words wrapped in <mark>, everything escaped."""
    if isinstance(words, str):
        words = [words]
    found = sorted(
        {str(word) for word in words if word} if isinstance(words, Iterable) else set(), key=len, reverse=True
    )
    if not found:
        return conditional_escape(str(text))
    pieces = re.split("(" + "|".join(map(re.escape, found)) + ")", str(text), flags=re.IGNORECASE)
    return mark_safe(  # noqa: S308 - every piece is escaped by format_html or conditional_escape
        "".join(
            format_html("<mark>{}</mark>", piece) if at % 2 else conditional_escape(piece)
            for at, piece in enumerate(pieces)
        )
    )
