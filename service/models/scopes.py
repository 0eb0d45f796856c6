"""Who sees the rows of an assignment."""

from assignments.models import FOLLOWED
from core.scope import through

# Months, verdicts, waivers, reminders and outcomes: for whoever follows the whole service.
OF_SERVICE = through("assignment", FOLLOWED)
