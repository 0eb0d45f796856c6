"""Checks that database and folder are empty before a restore, and the mark of a restore that is not finished."""

import contextlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from supervisor import census, keep
from supervisor.backup import files_below
from supervisor.snapshot import connect
from supervisor.state import State
from supervisor.trouble import Trouble


def check_database(url: str) -> int:
    """Refuse a database that has tables; return the major version of its server."""
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(census.TABLES)
        tables = len(cursor.fetchall())
        if tables:
            raise not_empty(f"the database has {tables} tables", f"数据库中已有 {tables} 张表")
        return int(connection.server_version) // 10000


def check_media(media: Path) -> None:
    if next(files_below(media), None):
        raise not_empty(f"there are files in {media}", f"{media} 中已有文件")


def not_empty(english: str, chinese: str) -> Trouble:
    return Trouble(
        f"a backup is restored into an empty place only, and {english}; nothing was touched. Choose another "
        "TALENTLINK_STATE, or another empty database and MEDIA_ROOT.",
        f"只能恢复到空的环境，而{chinese}；未作任何改动。请另选 TALENTLINK_STATE，或使用空数据库和空的 MEDIA_ROOT。",
    )


def clear(folder: Path) -> None:
    """Delete the content of a folder, but not the folder, which may be a mount point."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


class Mark:
    """A file in the state until a restore is finished; as long as it exists, only a restore may use the state."""

    def __init__(self, state: State) -> None:
        self.path = state.unfinished_restore

    def read(self) -> dict[str, Any] | None:
        return json.loads(self.path.read_text()) if self.path.exists() else None

    def put(self, media: Path, epoch: str, settings: Mapping[str, str] | None = None) -> None:
        """Write the mark, also with the settings of the archive, which are put back after the rows are committed."""
        keep.write(self.path, json.dumps({"media": str(media), "epoch": epoch, "settings": settings or {}}))

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def has_epoch(url: str, key: str) -> bool:
    """Whether the restore that inserts this epoch was committed."""
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.core_epoch') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return False
        cursor.execute("SELECT count(*) FROM core_epoch WHERE key = %s", [key])
        return bool(cursor.fetchone() == (1,))
