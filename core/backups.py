"""The backup that the calendar makes each day."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.models import Backup, Epoch
from supervisor import backup
from supervisor.given import given
from supervisor.state import State
from supervisor.trouble import Trouble

# How many of the newest rows of `Backup` are read; the archives of older ones have been deleted.
MOST = 60


class MadeBackup(TypedDict, total=False):
    """The path and size of the archive, or why there is none."""

    path: str
    size: int
    error: str


def is_due(on: date) -> bool:
    """Whether the calendar makes backups here and still needs one for this day.

    A backup of this day counts if it is whole, made after the last restore, and its archive is in the folder.
    """
    if not settings.BACKUP_DAILY:
        return False
    restored = restored_at()
    return not any(
        timezone.localdate(each.made_at) == on and (restored is None or each.made_at > restored) and lies_here(each)
        for each in Backup.objects.whole().order_by("-made_at", "-pk")[:MOST]
    )


def newest() -> Backup | None:
    """The newest whole backup whose archive exists, as far as this machine can see.

    A restored database has rows of archives that another database made; those count only if their file is in the
    folder. Without the folder on this machine, rows made after the last restore count.
    """
    restored, seen = restored_at(), Path(settings.BACKUP_DIR).is_dir()
    for each in Backup.objects.whole().order_by("-made_at", "-pk")[:MOST]:
        ours = restored is None or each.made_at > restored
        if lies_here(each) or (ours and not seen):
            return each
    return None


def lies_here(row: Backup) -> bool:
    """Whether the archive is in the folder of backups."""
    return (Path(settings.BACKUP_DIR) / Path(row.path).name).is_file()


def restored_at() -> datetime | None:
    """When this database was last restored from a backup."""
    return Epoch.objects.filter(why=Epoch.Why.RESTORED).order_by("-pk").values_list("begun_at", flat=True).first()


def make() -> MadeBackup:
    """Write today's archive and delete old ones. If that fails, the row of the backup has the error, and the calendar
    tries again within the hour."""
    environ = given(os.environ) | {
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "BACKUP_DIR": str(settings.BACKUP_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    try:
        made = backup.make(State(Path(settings.STATE)), environ, database_url(), key=settings.BACKUP_KEY)
    except Trouble as trouble:
        return {"error": trouble.chinese}
    return {"path": str(made.path), "size": made.size}


def database_url() -> str:
    """The database that Django is connected to."""
    url: Any = urlsplit(given(os.environ)["DATABASE_URL"])
    return str(url._replace(path=f"/{connection.settings_dict['NAME']}").geturl())
