"""From an order to a doctor at work: orders and dispatches, assignments and their projects."""

from assignments.models.assignments import (
    FOLLOWED,
    Assignment,
    AssignmentQuerySet,
    DateRange,
    Project,
    ProjectQuerySet,
    agreed_last,
    days,
    of_followed,
    served_last,
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
    "agreed_last",
    "days",
    "of_followed",
    "served_last",
]
