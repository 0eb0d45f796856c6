"""What the service stores of a person, and what of it must be settled before he can be erased."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.personal_data import Becomes, Subject, blocks, holds
from service.models import Check, Given, Outcome, Reminder, Reopening, SharedVisit, Visit, Waiver

ACCOUNT, DOCTOR = "accounts.user", "experts.doctor"
FREED, REMOVED = Becomes.FREED, Becomes.REMOVED
# A confirmed visit is what months and assessments stand on: it stays, with its text free of names.
WRITTEN = ("content", "solved", "next_step", "dispute_reason")
holds(
    Visit,
    _("Visits"),
    {DOCTOR: "doctor", ACCOUNT: "logged_by"},
    shown=("enterprise", "status", "starts_on", "ends_on", "mode", *WRITTEN, "logged_at"),
    becomes=dict.fromkeys(WRITTEN, FREED),
)
holds(
    Waiver,
    _("Waivers you asked for"),
    {ACCOUNT: "asked_by"},
    shown=("window", "status", "reason", "document", "asked_at", "decision_reason"),
    becomes={"reason": REMOVED, "document": FREED, "decision_reason": FREED},
)
holds(
    Waiver,
    _("Waivers"),
    {DOCTOR: "assignment__doctor"},
    becomes={"reason": FREED, "document": FREED, "decision_reason": FREED},
)
holds(
    Check,
    _("Checks"),
    {DOCTOR: "assignment__doctor", ACCOUNT: "reason_by"},
    shown=("rule", "window", "verdict", "days_counted", "days_awaiting", "judged_at", "reason"),
    becomes={"reason": FREED},
)
holds(
    Reopening,
    _("Months opened again"),
    {DOCTOR: "assignment__doctor", ACCOUNT: "by"},
    shown=("month", "at", "until", "reason"),
    becomes={"reason": FREED},
)
holds(
    Given,
    _("Given values"),
    {DOCTOR: "assignment__doctor", ACCOUNT: "by"},
    shown=("indicator", "value", "on", "note", "known_at"),
    becomes={"note": FREED},
)
holds(
    SharedVisit,
    _("Visits that count twice"),
    {DOCTOR: "assignment__doctor", ACCOUNT: "added_by"},
    shown=("visit", "assignment", "added_at"),
)
holds(
    Reminder,
    _("Reminders to you"),
    {DOCTOR: "assignment__doctor"},
    shown=("month", "sent_on", "note"),
    becomes={"note": FREED},
)
holds(
    Outcome,
    _("Outcomes"),
    {DOCTOR: "assignments__doctor", ACCOUNT: "registered_by"},
    shown=("kind", "title", "happened_on", "effect"),
    becomes={"title": FREED, "effect": FREED},
)


@blocks
def unsettled_visits(subjects: Sequence[Subject]) -> list[str]:
    """Visits and waivers that nobody decided need the person who can answer for them."""
    keys = [each.key for each in subjects if each.kind == DOCTOR]
    open_states = [Visit.Status.LOGGED, Visit.Status.DISPUTED]
    visits = Visit.objects.filter(doctor__in=keys, status__in=open_states).count()
    waivers = Waiver.objects.filter(assignment__doctor__in=keys).pending().count()
    said = []
    if visits:
        words = ngettext("%(count)s visit is not confirmed.", "%(count)s visits are not confirmed.", visits)
        said.append(words % {"count": visits})
    if waivers:
        words = ngettext("%(count)s waiver is not decided.", "%(count)s waivers are not decided.", waivers)
        said.append(words % {"count": waivers})
    return said
