"""The list of who was erased, kept beside the backups: a backup still has them, and a restore erases them again.

It holds keys and pseudonyms' kinds, and no name. `bin/restore` takes the list that lies beside the archive into the
restored database, and the next `migrate` erases by it, before anybody can sign in.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

from core.personal_data import Subject
from privacy.actions import erase_again
from privacy.models import EraseAgain, Erasure
from supervisor import keep
from supervisor.keeping import ERASED


class Entry(TypedDict):
    """An erased person: the kind of row, its key, when."""

    subject: str
    key: int
    at: str


def entries() -> list[Entry]:
    rows = Erasure.objects.exclude(done_at=None).order_by("pk").values_list("subject", "key", "at")
    return [Entry(subject=subject, key=key, at=at.isoformat()) for subject, key, at in rows]


def path() -> Path:
    return Path(settings.BACKUP_DIR) / ERASED


def is_behind() -> bool:
    """Whether somebody was erased since the list was written, as far as this machine can see."""
    number = Erasure.objects.exclude(done_at=None).count()
    return number > 0 and number != len(_written())


def _written() -> list[Entry]:
    try:
        found: list[Entry] = json.loads(path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found


def write() -> int:
    """Write the list; entries of it that this database does not know stay, because it may be a restored one."""
    known = {(each["subject"], each["key"]): each for each in [*_written(), *entries()]}
    path().parent.mkdir(parents=True, exist_ok=True)
    keep.write(path(), json.dumps(list(known.values())))
    return len(known)


def apply(at: datetime | None = None) -> int:
    """Erase again by the list that a restore brought; return how many. Called by `migrate` as the tables' owner."""
    moment, number = at or timezone.now(), 0
    for row in EraseAgain.objects.order_by("pk"):
        number += erase_again(Subject(row.subject, row.key), by=None, at=moment) is not None
        row.delete()
    return number
