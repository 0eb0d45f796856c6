"""From an order to a doctor at work: orders and dispatches, assignments and their projects."""

from assignments.models.assignments import (
    FOLLOWED,
    Assignment,
    AssignmentQuerySet,
    DateRange,
    Project,
    ProjectQuerySet,
    days,
    of_followed,
)
from assignments.models.orders import Dispatch, DispatchQuerySet, Order, OrderChoice, OrderQuerySet

__all__ = [
    "FOLLOWED",
    "Assignment",
    "AssignmentQuerySet",
    "DateRange",
    "Dispatch",
    "DispatchQuerySet",
    "Order",
    "OrderChoice",
    "OrderQuerySet",
    "Project",
    "ProjectQuerySet",
    "days",
    "of_followed",
]
