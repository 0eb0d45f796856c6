"""Which needs belong to the round of a batch."""

from django.db.models import Min, Q

from assignments.models import Order
from enterprises.models import Need, NeedQuerySet, Survey, VisitSheet
from officedata.months import day_end, day_start
from programmes.models import Batch


def needs_of_round(needs: NeedQuerySet, batch: Batch) -> NeedQuerySet:
    """Those found on its visits, ordered in it, or submitted from its first visit to its last order; no drafts."""
    first = Survey.objects.filter(batch=batch).aggregate(first=Min("starts_on"))["first"] or batch.orders_from
    window = (day_start(min(first, batch.orders_from)), day_end(batch.orders_until))
    found = VisitSheet.needs.through.objects.filter(visitsheet__survey__batch=batch).values("need")
    ordered = Order.objects.filter(host__batch=batch).values("need")
    sent = needs.exclude(status=Need.Status.DRAFT)
    return sent.filter(Q(pk__in=found) | Q(pk__in=ordered) | Q(submitted_at__range=window))
