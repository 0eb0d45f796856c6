"""From an order to a doctor at work: orders and dispatches, assignments and their projects."""

from assignments.models.assignments import Assignment, AssignmentQuerySet, DateRange, Project, ProjectQuerySet, days
from assignments.models.orders import Dispatch, DispatchQuerySet, Order, OrderChoice, OrderQuerySet

__all__ = [
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
]
