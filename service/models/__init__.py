"""The models of service: visits, monthly checks and waivers, standings and reminders, outcomes."""

from service.models.months import MonthlyCheck, Waiver
from service.models.outcomes import Outcome
from service.models.standings import Reminder, Standing
from service.models.visits import Visit

__all__ = [
    "MonthlyCheck",
    "Outcome",
    "Reminder",
    "Standing",
    "Visit",
    "Waiver",
]
