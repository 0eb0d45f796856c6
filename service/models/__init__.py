"""The models of service: visits, checks, waivers and re-openings, standings and reminders, outcomes."""

from service.models.checks import Check
from service.models.given import Given
from service.models.months import Reopening, Waiver
from service.models.outcomes import Outcome
from service.models.shared import SharedVisit
from service.models.standings import Reminder, Standing
from service.models.visits import Visit

__all__ = [
    "Check",
    "Given",
    "Outcome",
    "Reminder",
    "Reopening",
    "SharedVisit",
    "Standing",
    "Visit",
    "Waiver",
]
