"""How dates, months, ranges, sums of money and distances read in Chinese and in English; docs/ui.md has the rule.

Sentences and labels use the words of the language (`cndate`, `cnday`, `cnmonth`, `cnmoment`, `daterange`, `datespan`);
columns of tables use figures (`ymd`, `ymdspan`, `ym`). No space stands between a figure and Chinese.
"""

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


# --- dates and months in sentences and labels -------------------------------------------------------------


def cnday(value: Any) -> str:
    """3月5日, in English 5 Mar: a day whose year the sentence makes plain; nothing for no date."""
    if (day := _day(value)) is None:
        return ""
    return f"{day.month}月{day.day}日" if _chinese() else f"{day.day} {_MONTHS[day.month - 1]}"


def cndate(value: Any) -> str:
    """2026年3月5日, in English 5 Mar 2026; nothing for no date."""
    if (day := _day(value)) is None:
        return ""
    return f"{day.year}年{cnday(day)}" if _chinese() else f"{cnday(day)} {day.year}"


def cnmoment(value: Any) -> str:
    """2026年3月5日 14:20, in local time."""
    if not isinstance(value, dt.datetime):
        return cndate(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{cndate(local)} {local:%H:%M}"


def cnmonth(value: Any) -> str:
    """2026年10月, in English Oct 2026, of a date, a moment or a `Month`; nothing for no month."""
    month = _day(value) or value
    if not hasattr(month, "month"):
        return ""
    return f"{month.year}年{month.month}月" if _chinese() else f"{_MONTHS[month.month - 1]} {month.year}"


# --- dates and months in the columns of tables ------------------------------------------------------------


def ymd(value: Any) -> str:
    """2026-03-05, a date in a column; nothing for no date."""
    day = _day(value)
    return day.isoformat() if day else ""


def ymdhm(value: dt.datetime) -> str:
    """2026-03-05 14:20, a moment in a column, in local time."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{local:%Y-%m-%d %H:%M}"


def ym(value: Any) -> str:
    """2026-10, a month in a column, of a date, a moment or a `Month`; nothing for no month."""
    month = _day(value) or value
    return f"{month.year:04d}-{month.month:02d}" if hasattr(month, "month") else ""


def mmdd(value: Any) -> str:
    """03-05, a date in a column whose head or caption says the year."""
    day = _day(value)
    return f"{day:%m-%d}" if day else ""


def ymdspan(first: Any, last: Any) -> str:
    """2026-03-05至2026-04-01, two dates in one column."""
    return f"{ymd(first)}至{ymd(last)}" if _chinese() else f"{ymd(first)} to {ymd(last)}"


# --- ranges -----------------------------------------------------------------------------------------------


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
    """3月5日—6日（2天）; with any argument the year is said too."""
    start, end = _ends(value)
    if start is None:
        return ""
    if end is None:
        first = cndate(start) if year else cnday(start)
        return f"{first}起" if _chinese() else f"from {first}"
    count = (end - start).days + 1
    days = ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    return f"{_span(start, end, bool(year))}（{days}）" if _chinese() else f"{_span(start, end, bool(year))} ({days})"


def datespan(first: Any, last: Any) -> str:
    """2026年3月5日—2027年3月4日 of two dates, without the count of days; nothing unless both are known."""
    start, end = _day(first), _day(last)
    return _span(start, end, True) if start and end else ""


def _span(start: dt.date, end: dt.date, year: bool) -> str:
    say_year = year or start.year != end.year
    if start == end:
        return cndate(start) if say_year else cnday(start)
    if _chinese():
        first = cndate(start) if say_year else cnday(start)
        if (start.year, start.month) == (end.year, end.month):
            return f"{first}—{end.day}日"
        return f"{first}—{cndate(end) if start.year != end.year else cnday(end)}"
    last = cndate(end) if say_year else cnday(end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    return f"{cndate(start) if start.year != end.year else cnday(start)} – {last}"


def grammar(value: Any) -> int:
    """The whole number with the same grammatical number: 1 for one, 2 for anything else, such as half a day."""
    return 1 if value == 1 else 2


def numspan(first: Any, last: Any) -> str:
    """1～50, in English 1–50; one number where both are the same."""
    if first == last:
        return str(first)
    return f"{first}～{last}" if _chinese() else f"{first}–{last}"


# --- money and distances ----------------------------------------------------------------------------------


def _trim(value: Any, places: int) -> str:
    """A number with thousands commas and at most so many decimals, without idle zeros."""
    try:
        text = f"{Decimal(str(value)):,.{places}f}"
    except InvalidOperation:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def wan(value: Any) -> str:
    """A number of 万元 with its unit: 30万元, in English CNY 300,000."""
    if value in (None, ""):
        return ""
    if _chinese():
        return f"{_trim(value, 2)}万元"
    return f"CNY {_trim(Decimal(str(value)) * 10000, 0)}"


def wanspan(low: Any, high: Any) -> str:
    """A range of 万元: 30万～50万元, 30万元以上, 50万元以内; in English CNY 300,000–500,000, from …, up to …."""
    if low in (None, ""):
        return _one_end(high, "{}以内", "up to {}")
    if high in (None, ""):
        return _one_end(low, "{}以上", "from {}")
    if low == high:
        return wan(low)
    if _chinese():
        return f"{_trim(low, 2)}万～{wan(high)}"
    return f"{wan(low)}–{_trim(Decimal(str(high)) * 10000, 0)}"


def _one_end(value: Any, chinese: str, english: str) -> str:
    said = wan(value)
    return (chinese if _chinese() else english).format(said) if said else ""


def yuan(value: Any) -> str:
    """A number of 元 with its unit: 1,280.50元, in English CNY 1,280.50."""
    if value in (None, ""):
        return ""
    text = f"{Decimal(str(value)):,.2f}".removesuffix(".00")
    return f"{text}元" if _chinese() else f"CNY {text}"


def kilometres(value: Any) -> str:
    """A distance in whole kilometres with its unit: 126公里, in English 126 km."""
    if value in (None, ""):
        return ""
    return f"{_trim(value, 0)}公里" if _chinese() else f"{_trim(value, 0)} km"


def masked(value: Any) -> str:
    """138****5678; an ID number keeps its first 3 and last 4; anything shorter keeps its last 2. Of a mail address the
    first character and the domain are kept."""
    text = str(value or "").strip()
    if not text:
        return ""
    if "@" in text:
        name, _at, domain = text.rpartition("@")
        return f"{name[:1]}***@{domain}"
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
