"""`/metrics` for Prometheus: figures that are read from the database and the disks at each request.

Each figure is of the whole site or of the machine, so it does not matter which web process answers. There are no
counters of requests, because each web process would give only its own. The log has a line for every request, with the
time it took.
"""

import hmac
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import backups
from core.models import Backup, Heartbeat, Job
from talentlink.watch.bounded import Bounded
from talentlink.watch.disk import disks
from talentlink.watch.lanes import lane_of
from talentlink.watch.looking import look_at_all
from talentlink.watch.mails import mails_by_state
from talentlink.watch.signs import Level, Sign
from talentlink.watch.work import oldest_waiting

# The most seconds that one request takes, also if the database is slow.
SECONDS = 0.9
MOST_PROCESSES = 200
NUMBERS = {Level.GOOD: 0, Level.WAIT: 1, Level.BAD: 2, Level.UNKNOWN: 3}
COUNTED = (Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for programs that send the token; 404 if the settings have no token."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise PermissionDenied
    # Imported here because only this page uses the library.
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest  # noqa: PLC0415

    registry = CollectorRegistry()
    registry.register(Site())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Site:
    """Collects the figures; groups that cannot be read in time are left out, and one figure is their number."""

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        found, left_out = [], 0
        with Bounded(SECONDS) as bounded:
            for figures in FIGURES:
                try:
                    found += bounded.run(figures)
                except Exception:  # noqa: BLE001  the other figures are given all the same
                    left_out += 1
            found += levels_of(look_at_all(bounded=bounded))
        yield from found
        yield gauge("talentlink_figures_left_out", "Groups of figures that could not be read", [({}, left_out)])


def gauge(name: str, words: str, samples: list[tuple[dict[str, str], float]]) -> Any:
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

    family = GaugeMetricFamily(name, words, labels=list(samples[0][0]) if samples else [])
    for labels, value in samples:
        family.add_metric(list(labels.values()), value)
    return family


def levels_of(seen: list[Sign]) -> list[Any]:
    """The level and the value of each sign, as figures."""
    levels = [({"sign": sign.key}, float(NUMBERS[sign.level])) for sign in seen]
    values = [({"sign": sign.key}, sign.value) for sign in seen if sign.value is not None]
    return [
        gauge("talentlink_sign_level", "0 fine, 1 needs attention, 2 wrong, 3 cannot be seen", levels),
        gauge("talentlink_sign_value", "The figure behind the sign, where it has one", values),
    ]


def job_counts(at: datetime) -> list[Any]:
    rows = Job.objects.filter(state__in=COUNTED).order_by().values_list("kind", "state").annotate(n=Count("pk"))
    sums: dict[tuple[str, str], int] = {}
    for kind, state, count in rows:
        sums[lane_of(kind), state] = sums.get((lane_of(kind), state), 0) + count
    counts = [({"lane": lane, "state": state}, float(count)) for (lane, state), count in sorted(sums.items())]
    waits = [({"lane": lane}, waited.total_seconds()) for lane, waited in oldest_waiting(at).items()]
    return [
        gauge("talentlink_jobs", "Jobs that wait, run, or were given up on", counts),
        gauge("talentlink_oldest_waiting_seconds", "How long the oldest due job has waited", waits),
    ]


def heartbeats(at: datetime) -> list[Any]:
    rows = Heartbeat.objects.order_by("process")[:MOST_PROCESSES]
    ages = [
        ({"process": row.process, "kind": row.kind, "release": row.release}, (at - row.beat_at).total_seconds())
        for row in rows
    ]
    return [gauge("talentlink_heartbeat_age_seconds", "Since a worker or beat last said that it lives", ages)]


def last_backup(at: datetime) -> list[Any]:
    last, whole = Backup.objects.order_by("-made_at", "-pk").first(), backups.newest()
    found = []
    if last is not None:
        found.append(
            gauge("talentlink_backup_last_ok", "Whether the last attempt at a backup succeeded", [({}, last.ok)])
        )
    if whole is not None:
        age = (at - whole.made_at).total_seconds()
        found.append(gauge("talentlink_backup_age_seconds", "Age of the newest whole backup", [({}, age)]))
    return found


def messages(at: datetime) -> list[Any]:
    samples = [({"state": state}, float(count)) for state, count in mails_by_state(at).items()]
    return [gauge("talentlink_mails", "Messages by state; failed ones of the last day", samples)]


def rooms(at: datetime) -> list[Any]:
    found = disks()
    free = [({"holds": ",".join(each.holds)}, float(each.free)) for each in found]
    size = [({"holds": ",".join(each.holds)}, float(each.size)) for each in found]
    return [
        gauge("talentlink_disk_free_bytes", "Free on the file systems of the machine that answers", free),
        gauge("talentlink_disk_size_bytes", "Size of these file systems", size),
    ]


FIGURES: list[Callable[[datetime], list[Any]]] = [job_counts, heartbeats, last_backup, messages, rooms]
