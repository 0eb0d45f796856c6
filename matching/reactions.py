"""What matching does when something becomes of its suggestions: within the transaction of the act, feedback is kept.

Order of locks: the act has locked need, doctors, order, dispatch or assignment before it sends its signal; what is
written here are rows of this app alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from assignments.actions.assignments import assignment_ended
from assignments.actions.dispatches import dispatch_answered
from assignments.actions.orders import order_placed
from assignments.models import Assignment, Dispatch, Order
from core.action import By
from experts.models import Doctor
from matching import feedback


@receiver(order_placed)
def keep_order(sender: Any, *, order: Order, doctors: Sequence[Doctor], by: User, at: datetime, **_named: Any) -> None:
    feedback.record_order(order, doctors, by=by, at=at)


@receiver(dispatch_answered)
def keep_answer(sender: Any, *, dispatch: Dispatch, by: By, at: datetime, **_named: Any) -> None:
    feedback.record_answer(dispatch, by=by, at=at)


@receiver(assignment_ended)
def keep_end(sender: Any, *, assignment: Assignment, by: By, at: datetime, **_named: Any) -> None:
    feedback.record_end(assignment, by=by, at=at)
