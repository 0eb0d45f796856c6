"""The backup that the calendar makes each day."""

import os
from datetime import date
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.models import Backup
from supervisor import backup
from supervisor.state import State
from supervisor.trouble import Trouble


class MadeBackup(TypedDict, total=False):
    """Where the archive lies and how large it is, or why there is none."""

    path: str
    size: int
    error: str


def is_due(on: date) -> bool:
    """Whether the calendar makes backups here, and none of this day is whole."""
    days = Backup.objects.whole().order_by("-made_at").values_list("made_at", flat=True)[:1]
    return settings.BACKUP_DAILY and not any(timezone.localdate(at) == on for at in days)


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
