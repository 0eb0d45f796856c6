"""What service does when an assignment begins or ends: within the transaction of the act, its standing is asked for.

The act has locked need, order and assignment before it sends its signal; the job is the last row written. Each act has
a job of its own: one that runs already may have read the rows before.
"""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from assignments.actions.assignments import assignment_begun, assignment_ended
from assignments.models import Assignment
from core import jobs
from core.action import By
from service.standings import STANDING_OF


@receiver([assignment_begun, assignment_ended])
def ask_for_standing(sender: Any, *, assignment: Assignment, by: By, at: datetime, **_named: Any) -> None:
    key = f"{assignment.pk}:{assignment.status}"
    jobs.enqueue(STANDING_OF, key, by=by, at=at, args={"assignment": assignment.pk})
