"""The models of service: visits, checks, waivers and re-openings, standings and reminders, outcomes."""

from service.models.checks import Check
from service.models.months import Reopening, Waiver
from service.models.outcomes import Outcome
from service.models.standings import Reminder, Standing
from service.models.visits import Visit

__all__ = [
    "Check",
    "Outcome",
    "Reminder",
    "Reopening",
    "Standing",
    "Visit",
    "Waiver",
]
