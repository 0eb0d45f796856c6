"""How long somebody waits before another password is tried: from counts of tries to seconds.

A count grows by one with each try and is forgotten little by little, so that no delay lasts after an attack has ended.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil, log2
from typing import Protocol


class Growth(Protocol):
    """How a delay grows with a count: `forgiven` are the seconds in which one try is forgotten."""

    @property
    def forgiven(self) -> float: ...

    @property
    def most(self) -> float:
        """The highest count that is kept; beyond it the delay would not grow."""
        ...

    def delay(self, level: float) -> float:
        """Seconds to wait after a count has reached `level`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The delays after wrong passwords: none for `free` of them, then `first` seconds.

    With each `doubling` more wrong passwords the delay doubles, up to `longest` seconds.
    """

    free: int
    first: float
    doubling: float
    longest: float
    forgiven: float

    @property
    def most(self) -> float:
        return self.free + 1 + self.doubling * log2(self.longest / self.first)

    def delay(self, level: float) -> float:
        if level <= self.free:
            return 0.0
        return min(self.longest, self.first * float(2 ** ((min(level, self.most) - self.free - 1) / self.doubling)))


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A number of tries that can be made at once, right or wrong; one more becomes free every `forgiven` seconds."""

    burst: int
    forgiven: float

    @property
    def most(self) -> float:
        return float(self.burst)

    def delay(self, level: float) -> float:
        return max(0.0, level - (self.burst - 1)) * self.forgiven


@dataclass(frozen=True)
class Count:
    """How many tries were counted at the moment `at`, and until when no other may be made."""

    level: float
    at: datetime
    until: datetime


def level_at(count: Count, growth: Growth, now: datetime) -> float:
    """What is left of a count at a later moment; clocks of two machines may differ, so it never grows."""
    passed = max(0.0, (now - count.at).total_seconds())
    return max(0.0, count.level - passed / growth.forgiven)


def one_more(count: Count, growth: Growth, now: datetime, *, least: float = 0.0) -> Count:
    """The count after one more try; the next has to wait for the delay, at least for `least` seconds."""
    level = min(growth.most, level_at(count, growth, now) + 1)
    return Count(level, now, now + timedelta(seconds=max(least, growth.delay(level))))


def one_less(count: Count, growth: Growth, now: datetime) -> Count:
    """The count after a try turned out to be right: as if it had not been made."""
    level = max(0.0, level_at(count, growth, now) - 1)
    return Count(level, now, now + timedelta(seconds=growth.delay(level)))


def seconds_left(count: Count, now: datetime) -> int:
    """Whole seconds until the next try, rounded up; 0 if it may be made now."""
    return max(0, ceil((count.until - now).total_seconds()))


def after_waiting(count: Count, now: datetime, *, seconds: float, valid: float) -> Count | None:
    """None if somebody has waited and may go on; else the count that makes him wait `seconds` from now on.

    Having waited is valid for so many seconds. This slows somebody who appears for the first time and makes one try.
    """
    if timedelta(0) <= now - count.until <= timedelta(seconds=valid):
        return None
    return replace(count, until=now + timedelta(seconds=seconds))
