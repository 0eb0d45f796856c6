"""Signs of jobs: those that wait, lost their worker, failed, or are of unknown kinds; and of rows set aside."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from core import jobs
from core.models import Job, SetAside
from talentlink.watch.lanes import LANES, lane_of, lane_word
from talentlink.watch.signs import Level, Sign, length, level_of, worst

# The most rows that are counted.
MOST = 500
LEASE_BAD = timedelta(minutes=5)
RECENT = timedelta(hours=24)


def waiting(at: datetime) -> Sign:
    """The sign of the oldest job of each lane that is due and that no worker has taken."""
    oldest = oldest_waiting(at)
    levels = {lane: level_of(waited.total_seconds(), *LANES[lane][1:]) for lane, waited in oldest.items()}
    level = worst(*levels.values())
    details = tuple(
        _("%(lane)s: the oldest waits for %(span)s") % {"lane": lane_word(lane), "span": length(oldest[lane])}
        for lane in oldest
    )
    longest = max(oldest.values(), default=timedelta(0))
    if level is Level.GOOD:
        headline = _("Nothing waits for long") if oldest else _("Nothing waits")
        return Sign(level, headline, value=longest.total_seconds(), details=details)
    lane = next(lane for lane, found in levels.items() if found is level)
    return Sign(
        level,
        _("A job of %(lane)s waits for %(span)s") % {"lane": lane_word(lane), "span": length(oldest[lane])},
        _("What was asked for, such as a shortlist, comes late. Nothing is lost."),
        _("Look at the workers above first. If all live, there is more work than they can do: wait, or add workers."),
        link=_jobs("state__exact=queued&routine=1"),
        since=at - oldest[lane],
        value=longest.total_seconds(),
        details=details,
    )


def oldest_waiting(at: datetime) -> dict[str, timedelta]:
    """How long the oldest due job of each lane has waited; lanes without a due job are left out."""
    queued = Job.objects.filter(state=Job.State.QUEUED, not_before__lte=at, kind__in=jobs.HANDLERS)
    firsts = queued.order_by().values_list("kind").annotate(first=Min("not_before"))
    found: dict[str, timedelta] = {}
    for kind, first in firsts:
        lane = lane_of(kind)
        found[lane] = max(found.get(lane, timedelta(0)), at - first)
    return {lane: found[lane] for lane in LANES if lane in found}


def leases(at: datetime) -> Sign:
    """The sign of jobs whose worker is silent and that no other worker has taken over."""
    lost = Job.objects.lost(at)
    count, first = len(lost[:MOST]), lost.aggregate(first=Min("lease_until"))["first"]
    if first is None:
        return Sign(Level.GOOD, _("Every job under way has its worker"), value=0)
    return Sign(
        Level.BAD if at - first >= LEASE_BAD else Level.WAIT,
        _("%(n)s jobs lost their worker and nobody took them over") % {"n": _many(count)},
        _("What they were about stands still; what they had finished is kept."),
        _("A worker that lives takes them over within a minute. Look at the workers above."),
        link=_jobs("trouble=lost&routine=1"),
        since=first,
        value=count,
        listed=_listed(count),
    )


def failed(at: datetime) -> Sign:
    """The sign of jobs that were given up, and that no later job of the same kind and key has made good."""
    rows = list(Job.objects.undone(at).order_by("-pk")[:MOST])
    recent = [row for row in rows if row.ended_at and row.ended_at >= at - RECENT]
    if not rows:
        return Sign(Level.GOOD, _("No job was given up on"), value=0)
    return Sign(
        Level.BAD if recent else Level.WAIT,
        _("%(n)s jobs were given up on, %(recent)s of them in the last 24 hours")
        % {"n": _many(len(rows)), "recent": _many(len(recent))},
        _("What they were to do is not done."),
        _("Open the list: each row says why. What can be asked for again is asked for again where it was asked."),
        link=_jobs("state__exact=failed&trouble=undone"),
        since=min(row.ended_at for row in rows if row.ended_at),
        value=len(rows),
        listed=_listed(len(rows)),
        details=_by_kind(rows),
    )


def unknown(at: datetime) -> Sign:
    """The sign of open jobs of a kind that this release does not know."""
    rows = list(jobs.unknown_kinds().order_by("pk")[:MOST])
    if not rows:
        return Sign(Level.GOOD, _("Every kind of work is known"), value=0)
    return Sign(
        Level.WAIT,
        _("%(n)s jobs are of kinds that this release does not know") % {"n": _many(len(rows))},
        _("They were asked for by another release and wait until it runs again; nobody tries them."),
        _("After an upgrade this passes when all machines run the new release. Otherwise tell the operator."),
        link=_jobs("trouble=unknown&routine=1"),
        since=min(row.created_at for row in rows),
        value=len(rows),
        listed=_listed(len(rows)),
        details=_by_kind(rows),
    )


def aside(at: datetime) -> Sign:
    """The sign of rows that were set aside because their work failed."""
    rows = list(SetAside.objects.open().order_by("first_at", "pk")[:MOST])
    if not rows:
        return Sign(Level.GOOD, _("No row is set aside"), value=0)
    kinds = Counter(row.work for row in rows)
    return Sign(
        Level.WAIT,
        _("%(n)s rows are set aside") % {"n": _many(len(rows))},
        _("The work of these rows failed, and held up no others. Each is tried again by the next run."),
        _("Open the list and read the cause; most are settled by correcting the row."),
        link=reverse("admin:core_setaside_changelist") + "?resolved_at__isempty=1",
        since=rows[0].first_at,
        value=len(rows),
        listed=_listed(len(rows)),
        details=tuple(f"{work}: {count}" for work, count in kinds.most_common(5)),
    )


def _by_kind(rows: list[Job]) -> tuple[str, ...]:
    words = Counter(row.words for row in rows)
    return tuple(f"{kind}: {count}" for kind, count in words.most_common(5))


def _many(count: int) -> str:
    return f"{count}+" if count >= MOST else str(count)


def _listed(count: int) -> int | None:
    """How many rows the list has; None if there are too many to count."""
    return count if count < MOST else None


def _jobs(query: str) -> str:
    return f"{reverse('admin:core_job_changelist')}?{query}"
