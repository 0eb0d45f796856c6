"""Signs of the processes that run jobs: workers by lane, and beat."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.models import Heartbeat
from core.models.heartbeats import SILENT_AFTER
from talentlink.watch.lanes import LANES, lane_word
from talentlink.watch.signs import Level, Sign, length

MOST = 200


def workers(at: datetime) -> Sign:
    """The sign of workers: whether each lane has a living process that runs its jobs, and whether one is silent."""
    kinds = [Heartbeat.Kind.WORKER, Heartbeat.Kind.JOB]
    rows = list(Heartbeat.objects.filter(kind__in=kinds).order_by("-beat_at", "pk")[:MOST])
    found = Found(rows, at)
    empty = [lane for lane in LANES if lane not in found.served]
    details = (*found.counts(), *(_told(row, at) for row in found.masters))
    if empty:
        return Sign(
            Level.BAD,
            _nobody(found, empty),
            _("What is asked for there is kept, and waits until a worker is back."),
            _("Have the operator restart the workers; if one does not start, the last lines of its log say why."),
            since=max((row.beat_at for row in rows if not _lives(row, at)), default=None),
            value=len(found.living),
            details=details,
        )
    if found.silent:
        return _some_silent(found, details)
    living = len(found.living)
    return Sign(Level.GOOD, _("%(n)s workers live") % {"n": living}, value=living, details=details)


def _some_silent(found: "Found", details: tuple[str, ...]) -> Sign:
    return Sign(
        Level.WAIT,
        _silent(found),
        _("The others go on; what it was at is taken over by them."),
        restart(),
        since=max(row.beat_at for row in found.silent),
        value=len(found.living),
        details=details,
    )


class Found:
    """The heartbeats of workers (`masters`) and of the processes of their pools (`jobs`), and which of them live."""

    def __init__(self, rows: list[Heartbeat], at: datetime) -> None:
        self.masters = [row for row in rows if row.kind == Heartbeat.Kind.WORKER]
        self.jobs = [row for row in rows if row.kind == Heartbeat.Kind.JOB]
        self.living = [row for row in self.masters if _lives(row, at)]
        self.moving = [row for row in self.jobs if _lives(row, at)]
        # A silent process of a silent worker is not listed itself, because its worker is.
        names = {row.process for row in self.masters if not _lives(row, at)}
        self.gone = [row for row in self.jobs if row not in self.moving and _worker_of(row) in names]
        self.stuck = [row for row in self.jobs if row not in self.moving and row not in self.gone]
        self.silent = [row for row in [*self.masters, *self.stuck] if not _lives(row, at)]
        # A worker whose processes have no heartbeat yet has just started.
        told = {_worker_of(row) for row in self.jobs}
        serving = [*self.moving, *(row for row in self.living if row.process not in told)]
        self.served = {lane for row in serving for lane in row.lanes.split(",")}

    def counts(self) -> tuple[str, ...]:
        """For each lane, how many of the processes that run its jobs live."""
        found = []
        for lane in LANES:
            living, total = (sum(lane in row.lanes.split(",") for row in rows) for rows in (self.moving, self.jobs))
            words = {"lane": lane_word(lane), "n": living, "all": total}
            found += [_("%(lane)s: %(n)s of %(all)s job processes live") % words] if total else []
        return tuple(found)


def _worker_of(row: Heartbeat) -> str:
    """The name of the worker to whose pool a process belongs."""
    return row.process.rpartition(" #")[0]


def _nobody(found: Found, empty: list[str]) -> str:
    """The headline for lanes whose jobs no process runs: they have no worker, or its processes are silent."""
    lanes = "、".join(lane_word(lane) for lane in empty)
    masters = {lane for row in found.living for lane in row.lanes.split(",")}
    if masters.issuperset(empty):
        return _("No job process moves: %(lanes)s") % {"lanes": lanes}
    return _("No worker is there for: %(lanes)s") % {"lanes": lanes}


def _silent(found: Found) -> str:
    working = {_worker_of(row) for row in found.moving}
    masters = [row for row in found.silent if row.kind == Heartbeat.Kind.WORKER]
    if masters and all(row.process in working for row in masters):
        return _("The main process does not answer; jobs are still done")
    if masters:
        return _("%(n)s of %(all)s workers is silent") % {"n": len(masters), "all": len(found.masters)}
    return _("%(n)s of %(all)s job processes stand still") % {"n": len(found.stuck), "all": len(found.jobs)}


def beat(at: datetime) -> Sign:
    """The sign of beat, which asks for the jobs of the calendar: whether it runs."""
    rows = list(Heartbeat.objects.filter(kind=Heartbeat.Kind.BEAT).order_by("-beat_at", "pk")[:MOST])
    living = [row for row in rows if _lives(row, at)]
    details = tuple(_told(row, at) for row in rows)
    if living:
        return Sign(Level.GOOD, _("It lives"), value=len(living), details=details)
    return Sign(
        Level.BAD,
        _("It is silent") if rows else _("It does not run"),
        _("Nothing of the calendar is asked for: months are not closed, offers do not lapse, no alarm is sent."),
        restart(),
        since=rows[0].beat_at if rows else None,
        value=0,
        details=details,
    )


def restart() -> str:
    return _("Have the operator restart it (docker compose restart, or stop bin/start and start it again).")


def _lives(row: Heartbeat, at: datetime) -> bool:
    return at - row.beat_at < SILENT_AFTER


def _told(row: Heartbeat, at: datetime) -> str:
    lanes = "、".join(lane_word(lane) for lane in LANES if lane in row.lanes.split(","))
    values = {
        "where": f"{row.machine} · {lanes}" if lanes else row.machine,
        "pid": row.pid,
        "release": row.release,
        "ago": length(at - row.beat_at),
    }
    if _lives(row, at):
        return _("%(where)s (process %(pid)s, release %(release)s): lives") % values
    return _("%(where)s (process %(pid)s, release %(release)s): silent for %(ago)s") % values
