"""The sign of backups: the age of the newest whole backup, and the result of the last attempt."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils.translation import gettext as _

from core import backups
from core.models import Backup
from talentlink.watch.signs import Level, Sign, length, level_of

# A backup is made every night; one may fail if the next succeeds.
WAIT, BAD = timedelta(hours=30), timedelta(hours=54)


def backup(at: datetime) -> Sign:
    """The sign of the age of the newest whole backup."""
    last = Backup.objects.order_by("-made_at", "-pk").first()
    whole = backups.newest()
    if last is None and not settings.BACKUP_DAILY:
        return Sign(Level.GOOD, _("Made elsewhere (BACKUP_DAILY is 0), so not seen from here"))
    age = at - (whole.made_at if whole else _first_day())
    level = level_of(age.total_seconds(), WAIT.total_seconds(), BAD.total_seconds())
    error = last.error if last and not last.ok else ""
    if error and level is Level.GOOD:
        return _last_failed(error, whole, age)
    details = (_("The last attempt failed: %(error)s") % {"error": error[:300]},) if error else ()
    if level is Level.GOOD:
        said = _("The newest is %(span)s old") % {"span": length(age)} if whole else _("The first is still to come")
        return Sign(level, said, value=age.total_seconds(), details=_size(whole))
    return Sign(
        level,
        (_("The newest backup is %(span)s old") if whole else _("There has never been a backup, for %(span)s"))
        % {"span": length(age)},
        _("If the disk breaks today, all that was entered since is lost."),
        _("Tell the operator: run bin/backup, read what it says, and see that it runs every night."),
        link=reverse("admin:core_backup_changelist"),
        since=whole.made_at if whole else None,
        value=age.total_seconds(),
        details=(*details, *_size(whole)),
    )


def _last_failed(error: str, whole: Backup | None, age: timedelta) -> Sign:
    """The sign when the last attempt failed, but the newest whole backup is new enough."""
    return Sign(
        Level.WAIT,
        _("The last attempt at a backup failed"),
        _("The newest whole backup is %(span)s old and can be used.") % {"span": length(age)}
        if whole
        else _("There is no backup yet."),
        _("Tell the operator: read why below, mend it and run bin/backup."),
        link=reverse("admin:core_backup_changelist"),
        since=whole.made_at if whole else None,
        value=age.total_seconds(),
        details=(_("The last attempt failed: %(error)s") % {"error": error[:300]}, *_size(whole)),
    )


def _first_day() -> datetime:
    """The moment of the first migration of this database."""
    first: datetime = (
        MigrationRecorder(connection).migration_qs.order_by("applied").values_list("applied", flat=True)[0]
    )
    return first


def _size(whole: Backup | None) -> tuple[str, ...]:
    return (_("%(size)s MB") % {"size": f"{whole.size / 1_000_000:.1f}"},) if whole else ()
