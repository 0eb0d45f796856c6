"""Windows of rules in words: 2024-05 is May 2024, Y1 the first year of service."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicerules import Lexicon

# Stands between the first and the last of several windows that are one together.
TOGETHER = "…"
# The key by which a waiver names windows that end on every day.
ANY_DAY = "*"


def window_word(key: str, lexicon: Lexicon | None = None) -> str:
    """A window by its key; `lexicon` knows the names of phases and of dated windows."""
    if TOGETHER in key:
        first, last = key.split(TOGETHER, 1)
        return _("%(first)s to %(last)s") % {"first": window_word(first, lexicon), "last": window_word(last, lexicon)}
    for pattern, say in WORDS:
        if found := pattern.fullmatch(key):
            return str(say(*found.groups()))
    if key == ANY_DAY:
        return _("any day")
    return lexicon.name(key) if lexicon is not None else key


def _month(year: str, month: str) -> str:
    return date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT")


def _day(year: str, month: str, day: str) -> str:
    return date_format(date(int(year), int(month), int(day)), "DATE_FORMAT")


def _says(text: Callable[[], str], *names: str) -> Callable[..., str]:
    """A function that puts the parts of a key into a text."""
    return lambda *parts: text() % dict(zip(names, parts, strict=True))


WORDS: list[tuple[re.Pattern[str], Callable[..., Any]]] = [
    (re.compile(r"(\d{4})-(\d{2})"), _month),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), _day),
    (re.compile(r"Y(\d+)"), _says(lambda: _("year %(number)s of service"), "number")),
    (re.compile(r"term"), _says(lambda: _("the whole term"))),
    (re.compile(r"(\d{4})-W0?(\d+)"), _says(lambda: _("week %(week)s of %(year)s"), "year", "week")),
    (re.compile(r"(\d{4})-Q(\d)"), _says(lambda: _("quarter %(quarter)s of %(year)s"), "year", "quarter")),
    (re.compile(r"(\d{4})-H(\d)"), _says(lambda: _("half-year %(half)s of %(year)s"), "year", "half")),
    (re.compile(r"(\d{4})"), _says(lambda: _("the year %(year)s"), "year")),
    (re.compile(r"(\d{4})/(\d{4})"), _says(lambda: _("school year %(year)s/%(next)s"), "year", "next")),
]
