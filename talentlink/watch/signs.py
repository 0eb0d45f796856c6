"""Signs: the state of one part of operation, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from talentlink.watch.parts import Part


class Level(StrEnum):
    """The level of a sign: fine, in need of attention, wrong, or not known."""

    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"
    UNKNOWN = "unknown"

    @property
    def word(self) -> str:
        return str(WORDS[self])

    @property
    def tone(self) -> str:
        """The name of the colour of the level."""
        return "idle" if self is Level.UNKNOWN else self.value


WORDS: dict[Level, Any] = {
    Level.GOOD: gettext_lazy("Fine"),
    Level.WAIT: gettext_lazy("Needs attention"),
    Level.BAD: gettext_lazy("Wrong"),
    Level.UNKNOWN: gettext_lazy("Cannot be seen"),
}
# The levels, the worst first.
ORDER = [Level.BAD, Level.UNKNOWN, Level.WAIT, Level.GOOD]


@dataclass(frozen=True, slots=True)
class Sign:
    """The state of one part of operation: the headline, since when, its meaning for the office, and advice."""

    level: Level
    headline: str
    meaning: str = ""
    advice: str = ""
    # The address of the list of the rows that the sign is about, if there is one.
    link: str = ""
    # How many rows that list has, if the sign counts them.
    listed: int | None = None
    since: datetime | None = None
    value: float | None = None
    details: tuple[str, ...] = ()
    # `looking` fills in these two.
    key: str = ""
    title: str = ""

    @property
    def is_trouble(self) -> bool:
        return self.level is not Level.GOOD


@dataclass(frozen=True, slots=True)
class Look:
    """A part of operation and the function that makes its sign; a `local` sign may differ between machines."""

    part: Part
    see: Callable[[datetime], Sign]
    local: bool = False


def worst(*levels: Level) -> Level:
    return min(levels, key=ORDER.index, default=Level.GOOD)


def level_of(amount: float, wait: float, bad: float) -> Level:
    """The level of an amount; greater amounts are worse."""
    if amount >= bad:
        return Level.BAD
    return Level.WAIT if amount >= wait else Level.GOOD


def length(span: timedelta) -> str:
    """A span of time in words, in its greatest unit, such as "3 minutes"."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return ngettext("%(n)s hour", "%(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    return _("%(n)s days") % {"n": seconds // 86400}
