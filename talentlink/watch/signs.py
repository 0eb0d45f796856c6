"""A sign: how one part of operation is, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from talentlink.watch.parts import Part


class Level(StrEnum):
    """The level of a sign: fine, in need of attention, or wrong."""

    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"
    UNKNOWN = "unknown"

    @property
    def word(self) -> str:
        return str(WORDS[self])

    @property
    def tone(self) -> str:
        """The colour that goes with the word."""
        return "idle" if self is Level.UNKNOWN else self.value


WORDS: dict[Level, Any] = {
    Level.GOOD: gettext_lazy("Fine"),
    Level.WAIT: gettext_lazy("Needs attention"),
    Level.BAD: gettext_lazy("Wrong"),
    Level.UNKNOWN: gettext_lazy("Cannot be seen"),
}
# The worst first.
ORDER = [Level.BAD, Level.UNKNOWN, Level.WAIT, Level.GOOD]


@dataclass(frozen=True, slots=True)
class Sign:
    """How one part of operation is: what is so, since when, what it means for the office, and what to do."""

    level: Level
    headline: str
    meaning: str = ""
    advice: str = ""
    # Where the rows are, if there are any to look at.
    link: str = ""
    # How many rows are listed there, where the sign counts them.
    listed: int | None = None
    since: datetime | None = None
    value: float | None = None
    details: tuple[str, ...] = ()
    # Given by what looks at it.
    key: str = ""
    title: str = ""

    @property
    def is_trouble(self) -> bool:
        return self.level is not Level.GOOD


@dataclass(frozen=True, slots=True)
class Look:
    """One part of operation that is looked at. What is `local` may differ from machine to machine."""

    part: Part
    see: Callable[[datetime], Sign]
    local: bool = False


def worst(*levels: Level) -> Level:
    return min(levels, key=ORDER.index, default=Level.GOOD)


def level_of(amount: float, wait: float, bad: float) -> Level:
    """The level of an amount that is the worse the greater it is."""
    if amount >= bad:
        return Level.BAD
    return Level.WAIT if amount >= wait else Level.GOOD


def length(span: timedelta) -> str:
    """A span of time in words, such as "3 minutes", in its greatest unit."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return ngettext("%(n)s hour", "%(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    return _("%(n)s days") % {"n": seconds // 86400}
