"""How long lines of former shortlists are kept."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from assignments.models import Dispatch, OrderChoice
from core.retention import kept
from matching.models import Feedback, Override, PlanLine, Suggestion


@kept("shortlists")
def former_lines(before: datetime) -> QuerySet[Suggestion]:
    """Lines that are in force no more, of runs that ended before, and that no other row refers to: no order or offer of
    the pair, no decision of the office about it, no plan that was accepted, nothing that was learned."""
    pair = {"need": OuterRef("need"), "doctor": OuterRef("doctor")}
    of_order = {"order__need": OuterRef("need"), "doctor": OuterRef("doctor")}
    accepted = PlanLine.objects.filter(run=OuterRef("run"), need=OuterRef("need"), order__isnull=False)
    ended = Q(run__finished_at__lt=before) | Q(run__finished_at=None, run__started_at__lt=before)
    return Suggestion.objects.filter(ended, current=False).exclude(
        Exists(OrderChoice.objects.filter(**of_order))
        | Exists(Dispatch.objects.filter(**of_order))
        | Exists(Override.objects.filter(**pair))
        | Exists(Feedback.objects.filter(suggestion=OuterRef("pk")))
        | Exists(accepted)
    )
