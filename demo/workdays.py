"""Days on which somebody works in an office or visits a factory: neither weekends nor public holidays.

The holidays are those of the State Council's arrangements for the days that repeat each year (New Year, Qingming,
Labour Day, National Day), and the days around the festivals of the lunar calendar, whose dates are a table. Days on
which work is made up for are left free too: a demo needs no more.
"""

from datetime import date, timedelta

FIXED = (
    *((1, day) for day in (1, 2, 3)),
    *((4, day) for day in (4, 5, 6)),
    *((5, day) for day in range(1, 6)),
    *((10, day) for day in range(1, 9)),
)
# Spring Festival, Dragon Boat Festival, Mid-Autumn.
LUNAR = {
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
}
BEFORE_SPRING, AFTER_SPRING = timedelta(days=2), timedelta(days=6)


def is_workday(day: date) -> bool:
    """Whether people are at work on this day."""
    if day.weekday() > 4 or (day.month, day.day) in FIXED:
        return False
    for place, (month, of_month) in enumerate(LUNAR.get(day.year, ())):
        festival = date(day.year, month, of_month)
        last = AFTER_SPRING if place == 0 else timedelta(days=2)
        if festival - (BEFORE_SPRING if place == 0 else timedelta()) <= day <= festival + last:
            return False
    return True


def from_day(day: date, length: int = 1) -> date:
    """The first day, not before this one, from which so many workdays follow each other."""
    while not all(is_workday(day + timedelta(days=more)) for more in range(length)):
        day += timedelta(days=1)
    return day
