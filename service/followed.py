"""Adds standings to lists of assignments, for those who follow the whole service. A served enterprise sees a row
without the standing, and cannot sort or filter by it."""

from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from assignments.models import Assignment, AssignmentQuerySet, of_followed
from core.scope import body_of
from service.models import Standing

# What lists sort and filter by, as fields of the assignment: `standing_owed` and so on.
SHOWN = ("behind", "pace", "owed", "days_counted", "last_visit_on")


def with_standing(rows: AssignmentQuerySet, user: User) -> Any:
    """The rows with `standing` where the person may see it, and the annotations that lists sort and filter by."""
    found = rows.alias(**{f"standing_{name}": of_followed(user, f"standing__{name}") for name in SHOWN})
    if Assignment.follows_all(body_of(user)):
        return found.select_related("standing")
    return found.prefetch_related(Prefetch("standing", Standing.objects.visible_to(user)))
