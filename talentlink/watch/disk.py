"""The sign of this machine's disks that have uploads, the database, backups or the state."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from talentlink.watch.signs import Level, Sign, worst

GB = 1_000_000_000
# The share and the bytes of free space; below both a disk needs attention, or is wrong.
WAIT, BAD = (0.10, 20 * GB), (0.03, 3 * GB)
# Below so many free bytes a disk is wrong, however small it is.
NOTHING_LEFT = GB // 2


class Disk(NamedTuple):
    """A file system, and the names of our folders that are on it."""

    holds: tuple[str, ...]
    free: int
    size: int

    @property
    def share(self) -> float:
        return self.free / self.size if self.size else 0.0

    @property
    def level(self) -> Level:
        if self.free < NOTHING_LEFT or (self.share < BAD[0] and self.free < BAD[1]):
            return Level.BAD
        return Level.WAIT if self.share < WAIT[0] and self.free < WAIT[1] else Level.GOOD


def disks() -> list[Disk]:
    """The file systems of this machine that have one of our folders."""
    found: dict[int, list[tuple[str, Path]]] = {}
    for name, folder in _folders():
        found.setdefault(folder.stat().st_dev, []).append((name, folder))
    usages = [([name for name, _folder in holds], shutil.disk_usage(holds[0][1])) for holds in found.values()]
    return [Disk(tuple(names), usage.free, usage.total) for names, usage in usages]


def _folders() -> Iterator[tuple[str, Path]]:
    """Our folders that exist on this machine; a database on another machine has none here."""
    folders = [
        ("state", Path(settings.STATE)),
        ("media", Path(settings.MEDIA_ROOT)),
        ("database", Path(settings.STATE) / "postgres" / "data"),
        ("cache", Path(settings.MATCHING_CACHE)),
        ("backups", Path(settings.BACKUP_DIR)),
    ]
    yield from ((name, folder) for name, folder in folders if folder.is_dir())


def disk(at: datetime) -> Sign:
    """The sign of the free space on the disks."""
    found = disks()
    level = worst(*(each.level for each in found))
    details = tuple(_told(each) for each in found)
    smallest = min((each.share for each in found), default=None)
    if level is Level.GOOD:
        return Sign(level, _("There is room"), value=smallest, details=details)
    return Sign(
        level,
        _("Little room is left on the disk"),
        _("On a full disk nothing can be entered or uploaded, and the database stops."),
        _("Tell the operator: make the disk larger, or remove old backups and logs (docs/operations.md)."),
        value=smallest,
        details=details,
    )


def _told(each: Disk) -> str:
    words = {
        "state": _("state folder"),
        "media": _("uploads"),
        "database": _("database"),
        "cache": _("matching index"),
        "backups": _("backups"),
    }
    values = {
        "holds": "、".join(words[name] for name in each.holds),
        "free": f"{each.free / GB:.1f}",
        "size": f"{each.size / GB:.0f}",
        "share": f"{100 * each.share:.0f}",
    }
    return _("%(holds)s: %(free)s GB of %(size)s GB free (%(share)s%%)") % values
