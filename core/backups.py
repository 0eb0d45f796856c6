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
from supervisor.state import State
from supervisor.trouble import Trouble

# Rows of backups that are looked at; older ones are of archives that were thinned out.
MOST = 60


class MadeBackup(TypedDict, total=False):
    """Where the archive lies and how large it is, or why there is none."""

    path: str
    size: int
    error: str


def is_due(on: date) -> bool:
    """Whether the calendar makes backups here, and none of this day is whole, lies here and is of this history."""
    if not settings.BACKUP_DAILY:
        return False
    restored = restored_at()
    return not any(
        timezone.localdate(each.made_at) == on and (restored is None or each.made_at > restored) and lies_here(each)
        for each in Backup.objects.whole().order_by("-made_at", "-pk")[:MOST]
    )


def newest() -> Backup | None:
    """The newest whole backup whose archive is there, as far as this machine can see.

    A restored database still has the rows of archives that were made where it came from, so those count only where
    their file is.
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
    """Write today's archive and thin out the old ones. What stood in the way is in the row of the backup; the calendar
    tries again within the hour."""
    environ = os.environ | {
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
    given: Any = urlsplit(os.environ["DATABASE_URL"])
    return str(given._replace(path=f"/{connection.settings_dict['NAME']}").geturl())
