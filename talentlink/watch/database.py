"""Signs of the database: whether it takes writes, its clock, and whether its tables belong to this release."""

import ast
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Heartbeat
from talentlink.watch.signs import Level, Sign, length, level_of

REPLACES = re.compile(r"^ +replaces = (\[.*?\])$", re.MULTILINE | re.DOTALL)
CONNECTIONS_WAIT, CONNECTIONS_BAD = 0.8, 0.95
# Seconds of difference between the two clocks.
CLOCK_WAIT, CLOCK_BAD = 2, 30
LONG_HELD = timedelta(minutes=10)
FACTS = """
SELECT pg_is_in_recovery(), current_setting('server_version'), pg_database_size(current_database()),
       count(*) FILTER (WHERE backend_type = 'client backend'), current_setting('max_connections')::int,
       min(xact_start) FILTER (WHERE state LIKE 'idle in transaction%%'),
       (SELECT count(*) FROM pg_stat_replication)
FROM pg_stat_activity
"""


def server(at: datetime) -> Sign:
    """The sign of the server: whether it takes writes, has free connections, and has no long idle transaction."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS)
        replica, version, size, used, most, held, copies = cursor.fetchone()
    details = (
        _("PostgreSQL %(version)s, %(size)s MB") % {"version": version.split()[0], "size": size // 1_000_000},
        _("%(used)s of %(most)s connections are used") % {"used": used, "most": most},
        *([_("%(n)s copies follow") % {"n": copies}] if copies else []),
    )
    if replica:
        return Sign(
            Level.BAD,
            _("The database is a copy that is only read"),
            _("Nothing can be entered: every form is refused."),
            _("Tell the operator: DATABASE_URL must name the leading server."),
            details=details,
        )
    if used / most >= CONNECTIONS_WAIT:
        return _few_left(used, most, details)
    if held is not None and at - held > LONG_HELD:
        return Sign(
            Level.WAIT,
            _("Somebody has held a transaction open for %(span)s") % {"span": length(at - held)},
            _("Rows it touched cannot be changed by anybody else."),
            _("Tell the operator: close that program, or end its session (pg_terminate_backend)."),
            since=held,
            details=details,
        )
    return Sign(Level.GOOD, _("It answers and takes entries"), value=used / most, details=details)


def _few_left(used: int, most: int, details: tuple[str, ...]) -> Sign:
    return Sign(
        level_of(used / most, CONNECTIONS_WAIT, CONNECTIONS_BAD),
        _("%(used)s of %(most)s connections are used") % {"used": used, "most": most},
        _("When none is left, pages and jobs fail."),
        _("Tell the operator: fewer processes, more connections, or a pool (docs/operations.md)."),
        value=used / most,
        details=details,
    )


def clock(at: datetime) -> Sign:
    """The sign of the difference between the clock of this machine and that of the database."""
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    ours = before + (timezone.now() - before) / 2
    apart = abs((ours - theirs).total_seconds())
    level = level_of(apart, CLOCK_WAIT, CLOCK_BAD)
    if level is Level.GOOD:
        return Sign(level, _("They agree"), value=apart)
    return Sign(
        level,
        _("The clock of this machine and that of the database are %(span)s apart")
        % {"span": length(timedelta(seconds=apart))},
        _("Moments in the records are off by as much; around midnight an entry may count for the wrong day."),
        _("Tell the operator: both machines should follow the same time server (chrony or ntpd)."),
        value=apart,
    )


def release(at: datetime) -> Sign:
    """The sign of the release: whether the tables and all processes belong to this release."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    missing = sorted(migrations_here() - applied)
    newer = sorted(name for name in applied - migrations_here() - replaced_ones() if name[0] in own_apps())
    others = set(Heartbeat.objects.exclude(release=settings.RELEASE).beating().values_list("release", flat=True)[:20])
    ours = _("Release %(release)s") % {"release": settings.RELEASE}
    if missing or newer:
        return Sign(
            Level.BAD,
            _("The tables are older than the program") if missing else _("The tables are newer than the program"),
            _("Some pages and jobs fail until both belong together."),
            _("Tell the operator: run “manage.py migrate” of this release.")
            if missing
            else _("Tell the operator: this machine runs an older release than the database belongs to."),
            value=len(missing) + len(newer),
            details=(ours, *(f"{app}.{name}" for app, name in [*missing, *newer][:10])),
        )
    if others:
        return Sign(
            Level.WAIT,
            _("Different releases run side by side: %(releases)s") % {"releases": "、".join(sorted(others))},
            _("During an upgrade that is usual for some minutes."),
            _("If it lasts, tell the operator which machines still run the other release."),
            value=0,
            details=(ours,),
        )
    return Sign(Level.GOOD, ours, value=0, details=(_("All tables are up to date"),))


@cache
def migrations_here() -> frozenset[tuple[str, str]]:
    """The migrations in the folders of all installed apps."""
    found = []
    for config in apps.get_app_configs():
        folder = Path(config.path) / "migrations"
        found += [(config.label, file.stem) for file in folder.glob("[!_]*.py")]
    return frozenset(found)


@cache
def replaced_ones() -> frozenset[tuple[str, str]]:
    """Migrations that a squashed migration replaces; read from the text of its file, because an import is slow."""
    files = [file for app in own_apps() for file in (settings.BASE_DIR / app / "migrations").glob("*squashed*.py")]
    lists = [found[1] for file in files if (found := REPLACES.search(file.read_text()))]
    return frozenset((app, name) for each in lists for app, name in ast.literal_eval(each))


@cache
def own_apps() -> Collection[str]:
    return frozenset(config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR)
