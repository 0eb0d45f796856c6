"""What matching stores of a person: shortlists that quote his works, decisions and feedback about him, and caches."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core import jobs
from core.action import By
from core.personal_data import Becomes, Subject, holds, on_erasing
from matching.models import Feedback, Override, PlanLine, SnapshotRecord, Suggestion, Vector

DOCTOR = "experts.doctor"
FORGET = "forget_doctors"
holds(
    Suggestion,
    _("Places on shortlists"),
    {DOCTOR: "doctor"},
    shown=("rank", "score", "strength", "current"),
    becomes={"quotes": Becomes.EMPTY, "against": Becomes.EMPTY},
)
holds(PlanLine, _("Lines of plans"), {DOCTOR: "doctor"}, shown=("score", "strength"))
holds(
    Feedback,
    _("What became of suggestions"),
    {DOCTOR: "doctor"},
    shown=("kind", "at"),
    becomes={"reason": Becomes.FREED},
)
holds(
    Override,
    _("Decisions about pairs"),
    {DOCTOR: "doctor"},
    shown=("kind", "made_at"),
    becomes={"reason": Becomes.FREED, "lift_reason": Becomes.FREED},
)


@on_erasing
def forget_caches(*, subjects: Sequence[Subject], by: By, at: datetime, **_named: object) -> None:
    """Have the snapshot of the doctors and the vectors of their texts made anew: both are made from texts that are
    erased, and neither says from which doctor."""
    keys = [each.key for each in subjects if each.kind == DOCTOR]
    if keys:
        SnapshotRecord.objects.all().delete()
        Vector.objects.all().delete()
        Suggestion.objects.filter(doctor__in=keys, current=True).update(current=False)
        jobs.enqueue(FORGET, str(keys[0]), by=by, at=at)
