"""The sign of the history: how many of its rows no action wrote.

The history tables have millions of rows, so they are not counted when a page is shown. A job of the calendar reads
the rows that were added since its last look, in parts and by the index (xid, pgh_id). `HistoryMark` stores how far it
has read.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.models import HistoryMark
from talentlink.watch.signs import Level, Sign

PART, MOST_PARTS = 20_000, 50
# The oldest open transaction. It may still add rows, so a look reads only rows of older transactions.
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
LOOKED_AT = """
WITH part AS (
    SELECT xid, pgh_id, pgh_context_id FROM {table}
    WHERE (xid, pgh_id) > (%s, %s) AND xid < %s ORDER BY xid, pgh_id LIMIT %s
), last AS (SELECT xid, pgh_id FROM part ORDER BY xid DESC, pgh_id DESC LIMIT 1)
SELECT count(*), count(*) FILTER (WHERE pgh_context_id IS NULL),
       (SELECT xid FROM last), (SELECT pgh_id FROM last)
FROM part
"""


def event_tables() -> dict[str, Any]:
    """The name of each history table, with the model whose history it has."""
    events: list[Any] = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return {event._meta.db_table: event.pgh_tracked_model for event in events}


def look_through(*, at: datetime, hold: Callable[[], None] = lambda: None) -> int:
    """Read the rows added to all history tables since the last look; return how many of them no action wrote."""
    return sum(_look_through(table, at=at, hold=hold) for table in sorted(event_tables()))


def _look_through(table: str, *, at: datetime, hold: Callable[[], None]) -> int:
    found = 0
    for _part in range(MOST_PARTS):
        with transaction.atomic():
            hold()
            seen, bare = _look_at_part(table, at=at)
        found += bare
        if seen < PART:
            break
    return found


def _look_at_part(table: str, *, at: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        horizon = cursor.fetchone()[0]
        mark = _mark_of(table, horizon, at=at)
        cursor.execute(LOOKED_AT.format(table=connection.ops.quote_name(table)), [mark.xid, mark.pgh_id, horizon, PART])
        seen, bare, xid, pgh_id = cursor.fetchone()
    if seen:
        mark.xid, mark.pgh_id, mark.bare = xid, pgh_id, mark.bare + bare
        mark.found_at = at if bare else mark.found_at
        mark.save(update_fields=["xid", "pgh_id", "bare", "found_at"])
    return seen, bare


def _mark_of(table: str, horizon: int, *, at: datetime) -> HistoryMark:
    """The row that stores how far a history table was read, locked.

    For a new release, and when the server's transaction numbers have started again, it begins at the present moment.
    """
    mark = HistoryMark.objects.select_for_update().filter(table=table).first()
    fresh = {"release": settings.RELEASE, "xid": horizon - 1, "pgh_id": 0, "bare": 0, "since": at, "found_at": None}
    if mark is None or mark.release != settings.RELEASE or mark.xid >= horizon:
        mark, _made = HistoryMark.objects.update_or_create(table=table, defaults=fresh)
    return mark


def history(at: datetime) -> Sign:
    """The sign of the history: whether an action wrote every row since this release began."""
    marks = list(HistoryMark.objects.order_by("table"))
    bare = sum(mark.bare for mark in marks)
    if not bare:
        return Sign(Level.GOOD, _("Every change says who made it"), value=0)
    found = [mark for mark in marks if mark.bare]
    return Sign(
        Level.BAD,
        _("%(n)s changes do not say who made them") % {"n": bare},
        _("Something wrote to the database past TalentLink; the records do not explain these changes."),
        _("Tell the operator with the names of the tables, and ask who used the database by hand at that time."),
        since=max((mark.found_at for mark in found if mark.found_at), default=None),
        value=bare,
        details=tuple(f"{_named(mark.table)}: {mark.bare}" for mark in found[:10]),
    )


def _named(table: str) -> str:
    """The name of the model of a history table, and the name of the model's own table."""
    model = event_tables().get(table)
    return f"{model._meta.verbose_name} ({model._meta.db_table})" if model else table
