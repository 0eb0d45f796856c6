"""Assignments with their service: visits, checks, waivers, standings, outcomes, in the admin."""

from service.admin.assignments import AssignmentTable, VisitTable
from service.admin.checks import CheckTable, ReminderTable, ReopeningTable, StandingTable, WaiverTable
from service.admin.outcomes import OutcomeTable

__all__ = [
    "AssignmentTable",
    "CheckTable",
    "OutcomeTable",
    "ReminderTable",
    "ReopeningTable",
    "StandingTable",
    "VisitTable",
    "WaiverTable",
]
