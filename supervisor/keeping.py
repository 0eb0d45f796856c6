"""Which backups are kept: the newest one of each of the last days, weeks and months."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

DAILY, WEEKLY, MONTHLY = 7, 4, 12
# Beside the archives: who was erased, by table and key (privacy.erased_list). A restore has them erased again.
ERASED = "erased.json"


def kept(
    moments: Iterable[datetime], *, daily: int = DAILY, weekly: int = WEEKLY, monthly: int = MONTHLY
) -> set[datetime]:
    """The moments of the backups that are kept.

    It keeps the newest backup of each of the latest `daily` days, `weekly` weeks and `monthly` months. Only days, weeks
    and months with a backup count.
    """
    newest_first = sorted(set(moments), reverse=True)
    return (
        _newest_of(newest_first, daily, lambda at: at.date())
        | _newest_of(newest_first, weekly, lambda at: at.isocalendar()[:2])
        | _newest_of(newest_first, monthly, lambda at: (at.year, at.month))
    )


def _newest_of(newest_first: list[datetime], most: int, stretch: Callable[[datetime], Any]) -> set[datetime]:
    found: dict[Any, datetime] = {}
    for moment in newest_first:
        found.setdefault(stretch(moment), moment)
    return set(list(found.values())[:most])
