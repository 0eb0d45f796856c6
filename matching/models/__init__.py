"""From a need to a doctor at work: match runs and suggestions, orders, dispatches, assignments."""

from matching.models.assignments import Assignment, AssignmentQuerySet, DateRange, Project, days
from matching.models.caches import SnapshotRecord, Vector
from matching.models.feedback import FactorWeights, Feedback
from matching.models.orders import Dispatch, DispatchQuerySet, Order, OrderChoice, OrderQuerySet
from matching.models.overrides import Override, PlanQuota
from matching.models.runs import MatchRun, MatchShare, PlanLine, Suggestion

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "DateRange",
    "Dispatch",
    "DispatchQuerySet",
    "FactorWeights",
    "Feedback",
    "MatchRun",
    "MatchShare",
    "Order",
    "OrderChoice",
    "OrderQuerySet",
    "Override",
    "PlanLine",
    "PlanQuota",
    "Project",
    "SnapshotRecord",
    "Suggestion",
    "Vector",
    "days",
]
