"""What came of the service."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.models import Assignment
from core.action import action
from core.errors import Refused
from core.scope import ScopedQuerySet
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
    waiting = (Assignment.Status.PREPARING, Assignment.Status.CANCELLED)
    if any(each.status in waiting for each in assignments):
        raise Refused(_("The service has not begun; there is no outcome of it yet."), code="not_begun")
    if happened_on > local_day(at):
        raise Refused(_("The date lies in the future."), code="future")
    _check_not_anothers(Outcome.objects.filter(kind=kind, title=title.strip(), happened_on=happened_on), by)
    outcome, _made = Outcome.objects.get_or_create(
        kind=kind,
        title=title.strip(),
        happened_on=happened_on,
        defaults={"effect": effect.strip(), "stage": stage, "registered_by": by, "registered_at": at},
    )
    outcome.assignments.add(*assignments)
    return outcome


def _check_not_anothers(same: ScopedQuerySet[Outcome], by: User) -> None:
    """Refused where the first outcome is one that `by` does not see: who joins it would read and share what is
    another's."""
    if same.exists() and not same.visible_to(by).exists():
        raise Refused(
            _(
                "Another service has registered an outcome of this title and day. Give yours a title of its own; if it "
                "is the same one, ask the talent office to join the two."
            ),
            code="anothers_outcome",
        )
