"""Whom nothing needs any more: the calendar proposes to the office to erase him, and never does it by itself."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import override

from core.personal_data import UNNEEDED, Subject, subjects_of
from officedata.months import day_start
from privacy.actions import propose_unneeded
from privacy.actions.requests import blocked
from privacy.models import PersonalRequest

MOST = 50  # proposals of one run: the office reads each


def propose(*, at: datetime, on: date) -> dict[str, int]:
    """Propose to erase whom nothing has needed for the years of the settings; return how many of each rule."""
    made: dict[str, int] = {}
    for name, (why, rows) in UNNEEDED.items():
        years = settings.PROPOSE_ERASURE_YEARS[name]
        if years > 0:
            found = rows(day_start(_years_before(on, years)))
            with override("zh-hans"):
                made[name] = _propose(found, str(why), at=at, on=on)
    return made


def _propose(rows: QuerySet[Any], why: str, *, at: datetime, on: date) -> int:
    label = rows.model._meta.label_lower
    known = PersonalRequest.objects.filter(kind=PersonalRequest.Kind.ERASE, subject=label).values("key")
    number = 0
    for key in rows.exclude(pk__in=known).order_by("pk").values_list("pk", flat=True)[:MOST]:
        whose = Subject(label, key)
        if not blocked(subjects_of(label, key)):
            number += propose_unneeded(whose, by=None, at=at, on=on, why=why) is not None
    return number


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
