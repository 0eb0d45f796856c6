"""What somebody did while months were closed: a close reads its services without a lock, so what it wrote is brought in
line afterwards with terms, rules and re-openings that changed beside it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from core.action import By, action
from programmes.models import Batch, RulePin
from service import closing
from service.models import Check
from service.unlocking import unlock_reopened

# An act may be committed a little later than its moment.
A_DAY = timedelta(days=1)


def settle_meanwhile(since: datetime, *, at: datetime, on: date, guard: Callable[[], None]) -> int:
    """Settle the services of which a close that began at `since` may have read what is no more so; how many checks
    changed. The job of each such act does the same, but it may have run before the close wrote its checks."""
    before = since - A_DAY
    changed = keep_reopened(before, by=None, on=on, guard=guard)
    changed += closing.settle_services(list(_changed(before).values_list("pk", flat=True)), at=at, guard=guard)
    moved = RulePin.objects.filter(since__gte=before, batch=OuterRef("pk"))
    batches = Batch.objects.filter(Exists(moved)).order_by("pk").values_list("pk", flat=True)
    return changed + sum(closing.refresh_open_checks(at=at, guard=guard, batch=batch) for batch in batches)


@action(gettext_lazy("checks of re-opened months unlocked"))
def keep_reopened(since: datetime, *, by: By, on: date, guard: Callable[[], None]) -> int:
    """Unlock what was locked while its month was opened again; how many checks."""
    guard()
    return unlock_reopened(since=since, on=on)


def _changed(since: datetime) -> QuerySet[Assignment]:
    """Services judged since a moment whose term changed since then."""
    judged = Check.objects.filter(assignment=OuterRef("pk"), judged_at__gte=since)
    terms = Q(started_known_at__gte=since) | Q(extended_known_at__gte=since) | Q(stopped_at__gte=since)
    return Assignment.objects.begun().filter(terms).filter(Exists(judged)).order_by("pk")
