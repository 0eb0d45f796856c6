"""What belongs to a service besides its own visits: visits of another service that count in it, too, and what was given
for the indicators of its rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, QuerySet

from service.indicators import THERE
from service.models import Given, SharedVisit
from servicerules import Gift

# A visit may reach into the month before or after; nobody stays longer than this at one enterprise.
REACH = timedelta(days=31)


def shared_rows(
    keys: Iterable[int], columns: Sequence[str], *, near: tuple[date, date] | None = None
) -> Iterator[Sequence[Any]]:
    """The columns of visits that count in these services, too: each with the service in which it does so, and logged
    when that was said."""
    rows: QuerySet[SharedVisit] = SharedVisit.objects.filter(assignment__in=keys).order_by("assignment", "visit")
    if near is not None:
        rows = rows.filter(visit__starts_on__lte=near[1] + REACH, visit__ends_on__gte=near[0] - REACH)
    own = {"assignment_id": F("assignment_id"), "logged_at": F("added_at")}
    return rows.values_list(*(own.get(name, F(f"visit__{name}")) for name in columns)).iterator()


def gifts_of(keys: Iterable[int]) -> Mapping[int, list[Gift]]:
    """Assignment's key → what was given for it."""
    found: dict[int, list[Gift]] = defaultdict(list)
    for row in Given.objects.filter(assignment__in=keys).order_by("pk"):
        found[row.assignment_id].append(Gift(row.indicator, value_of(row.value), row.on, row.known_at))
    return found


def given_until(keys: Sequence[int], moment: datetime) -> list[Gift]:
    """What was given for these services together and known at a moment."""
    return [each for mine in gifts_of(keys).values() for each in mine if each.known_at <= moment]


def value_of(text: str) -> Decimal | str | bool:
    """A stored value: a document that is there, a number, or the code of a grade."""
    if text == THERE:
        return True
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
