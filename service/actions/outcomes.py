"""What came of the service."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.models import Assignment
from core.action import action
from core.errors import Refused
from officedata.months import local_day
from service.models import Outcome


@action(gettext_lazy("outcome registered"))
def register_outcome(
    assignments: Sequence[Assignment],
    *,
    by: User,
    at: datetime,
    kind: str,
    title: str,
    happened_on: date,
    effect: str = "",
    stage: str = "",
) -> Outcome:
    """Register what came of the service; the same outcome of a second assignment is joined to the first, not counted
    twice."""
    if happened_on > local_day(at):
        raise Refused(_("The date lies in the future."), code="future")
    outcome, _made = Outcome.objects.get_or_create(
        kind=kind,
        title=title.strip(),
        happened_on=happened_on,
        defaults={"effect": effect.strip(), "stage": stage, "registered_by": by, "registered_at": at},
    )
    outcome.assignments.add(*assignments)
    return outcome
