"""Signs of the processes that do the work: workers by lane, and beat."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.models import Heartbeat
from core.models.heartbeats import SILENT_AFTER
from talentlink.watch.lanes import LANES, lane_word
from talentlink.watch.signs import Level, Sign, length

MOST = 50


def workers(at: datetime) -> Sign:
    """Whether every lane has a worker that lives, and whether one is silent."""
    rows = list(Heartbeat.objects.filter(kind=Heartbeat.Kind.WORKER).order_by("-beat_at", "pk")[:MOST])
    living = [row for row in rows if _lives(row, at)]
    silent = [row for row in rows if not _lives(row, at)]
    served = {lane for row in living for lane in row.lanes.split(",")}
    empty = [lane for lane in LANES if lane not in served]
    details = tuple(_told(row, at) for row in rows)
    if empty:
        lanes = "、".join(lane_word(lane) for lane in empty)
        return Sign(
            Level.BAD,
            _("No worker is there for: %(lanes)s") % {"lanes": lanes},
            _("What is asked for there is kept, and waits until a worker is back."),
            _("Have the operator restart the workers; if one does not start, the last lines of its log say why."),
            since=max((row.beat_at for row in silent), default=None),
            value=len(living),
            details=details,
        )
    if silent:
        return Sign(
            Level.WAIT,
            _("%(n)s of %(all)s workers is silent") % {"n": len(silent), "all": len(rows)},
            _("The others go on; what it was at is taken over by them."),
            restart(),
            since=max(row.beat_at for row in silent),
            value=len(living),
            details=details,
        )
    return Sign(Level.GOOD, _("%(n)s workers live") % {"n": len(living)}, value=len(living), details=details)


def beat(at: datetime) -> Sign:
    """Whether the clock of the calendar lives."""
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
    facts = {
        "where": f"{row.machine} · {lanes}" if lanes else row.machine,
        "pid": row.pid,
        "release": row.release,
        "ago": length(at - row.beat_at),
    }
    if _lives(row, at):
        return _("%(where)s (process %(pid)s, release %(release)s): lives") % facts
    return _("%(where)s (process %(pid)s, release %(release)s): silent for %(ago)s") % facts
