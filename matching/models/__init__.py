"""The models of matching: match runs, suggestions, plans, overrides, quotas, feedback, weights."""

from matching.models.caches import SnapshotRecord, Vector
from matching.models.feedback import FactorWeights, Feedback
from matching.models.overrides import Override, PlanQuota
from matching.models.runs import MatchRun, MatchShare, PlanLine, Suggestion

__all__ = [
    "FactorWeights",
    "Feedback",
    "MatchRun",
    "MatchShare",
    "Override",
    "PlanLine",
    "PlanQuota",
    "SnapshotRecord",
    "Suggestion",
    "Vector",
]
