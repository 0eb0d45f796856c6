"""What service does when an assignment begins, ends or changes its term, and when a batch gets other rules: within the
transaction of the act it asks for the work that follows.

The act has locked need, order and assignment before it sends its signal; the job is the last row written. Each act has
a job of its own: one that runs already may have read the rows before.
"""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from assignments.actions.assignments import assignment_begun, assignment_ended
from assignments.actions.terms import term_changed
from assignments.models import Assignment
from core import jobs
from core.action import By
from programmes.actions import rules_repinned
from programmes.models import Batch
from service.closing import CLOSE_MONTH
from service.standings import REJUDGE_BATCH, STANDING_OF


@receiver([assignment_begun, assignment_ended, term_changed])
def ask_for_standing(sender: Any, *, assignment: Assignment, by: By, at: datetime, **_named: Any) -> None:
    key = f"{assignment.pk}:{assignment.status}:{assignment.first_day}:{assignment.last_day}"
    jobs.enqueue(STANDING_OF, key, by=by, at=at, args={"assignment": assignment.pk})


@receiver(rules_repinned)
def ask_to_rejudge(sender: Any, *, batch: Batch, by: User, at: datetime, **_named: Any) -> None:
    """A batch has other rules: what is not locked is judged by them, after the act that gave them."""
    jobs.enqueue(REJUDGE_BATCH, f"{batch.pk}:{batch.rule_set_id}", by=by, at=at, args={"batch": batch.pk})
    jobs.enqueue(CLOSE_MONTH, "next", by=None, at=at)
