"""`bin/backup [DIR]`: writes database, files and settings to one archive with the date in its name.

The archive has the ending `.unfinished` until it is whole.
"""

import argparse
import contextlib
import fcntl
import json
import os
import re
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg2

from supervisor import census, keep, keeping, kept_settings, output
from supervisor.access import database
from supervisor.archive import DATABASE, FILES, MANIFEST, SETTINGS, Writer
from supervisor.release import release
from supervisor.sealed import Sealer, given_key
from supervisor.snapshot import Snapshot, connect, moment_of, snapshot
from supervisor.state import State
from supervisor.supervisor import Stopped
from supervisor.trouble import Trouble, told_plainly

NAME = re.compile(r"talentlink-(\d{8}T\d{6}Z)\.tar(\.sealed)?")
STAMP = "%Y%m%dT%H%M%SZ"
# How many links a warning names.
NAMED = 20
UNREAD = ("the database could not be read: {why}", "无法读取数据库：{why}")


@dataclass(frozen=True)
class Made:
    """What is known of an archive that was written completely."""

    path: Path
    size: int
    seconds: float
    moment: datetime
    rows: int
    files: int
    # The symbolic links among the uploaded files. They are left out, because their targets may lie anywhere.
    links: Sequence[str] = ()


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/backup", description="Write database, files and settings to an archive.")
    parser.add_argument("folder", nargs="?", metavar="DIR", help="where to; BACKUP_DIR or the state's backups/ if none")
    parser.add_argument("--key-file", help="close the archive with the passphrase in this file (else BACKUP_KEY)")
    options = parser.parse_args(arguments)
    key = given_key(options.key_file, environ)
    state = State.open(environ)
    try:
        with database(state, environ, "bin/backup") as url:
            made = make(state, environ, url, folder=options.folder and Path(options.folder), key=key)
    except Stopped:
        return 128 + signal.SIGTERM
    told = f"{made.path} ({made.size / 1e6:.1f} MB, {made.rows} rows, {made.files} files, {made.seconds:.1f} s)"
    print(f"{told}\n备份完成：{made.path}", flush=True)
    return 0


def warn_of_links(links: Sequence[str]) -> None:
    """Print the links that were left out: a restored site will not have these files."""
    names = ", ".join(links[:NAMED]) + (", …" if len(links) > NAMED else "")
    output.note(
        f"left out, because a link is not followed ({len(links)}): {names}. Put the files themselves there.",
        f"以下 {len(links)} 个符号链接未备份（备份不跟随链接）：{names}。请改为存放文件本身。",
    )


def make(state: State, environ: Mapping[str, str], url: str, *, folder: Path | None = None, key: str = "") -> Made:
    """Write one archive and its row in `core_backup`; without `folder`, old archives are deleted afterwards."""
    began, moment = time.monotonic(), datetime.now(UTC)
    target = (folder or default_folder(state, environ)).expanduser().absolute()
    try:
        with told_plainly(*unwritten(target), OSError), told_plainly(*UNREAD, psycopg2.Error), only_one(target):
            made = Making(state, environ, url, target, key).run(began)
            if folder is None:
                thin_out(target)
    except Trouble as trouble:
        record(url, moment, seconds=time.monotonic() - began, error=trouble.chinese)
        raise
    if made.links:
        warn_of_links(made.links)
    record(url, made.moment, seconds=made.seconds, path=str(made.path), size=made.size)
    return made


def unwritten(target: Path) -> tuple[str, str]:
    """The two sentences of the trouble that a backup could not be written; it changed nothing else."""
    return (
        f"the backup could not be written to {target}: {{why}}. Earlier backups and the site are untouched.",
        f"备份无法写入 {target}：{{why}}。以前的备份和网站不受影响。",
    )


def default_folder(state: State, environ: Mapping[str, str]) -> Path:
    return Path(environ.get("BACKUP_DIR") or state.root / "backups")


@contextlib.contextmanager
def only_one(target: Path) -> Iterator[None]:
    """Lock the folder against other backups, and delete the unfinished archives of backups that were killed."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (target / ".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"another backup is being written to {target}.", f"另一个备份正在写入 {target}，请稍后再试。"
            ) from None
        for left in target.glob(".talentlink-*.unfinished"):
            left.unlink()
        yield


class Making:
    """Writes one archive."""

    def __init__(self, state: State, environ: Mapping[str, str], url: str, target: Path, key: str) -> None:
        self.state, self.environ, self.url, self.target, self.key = state, environ, url, target, key
        self.media = media_root(state, environ)
        if self.media == target or self.media in target.parents:
            raise Trouble(
                f"backups cannot lie among the uploaded files ({self.media}).",
                f"备份目录不能放在上传文件目录 {self.media} 之内。",
            )

    def run(self, began: float) -> Made:
        with snapshot(self.url) as taken:
            links = links_below(self.media)
            description = taken.facts() | {"links": len(links)}
            path = self._free_path(moment_of(description))
            unfinished = path.with_name(f".{path.name}.unfinished")
            try:
                with unfinished.open("xb") as file:
                    unfinished.chmod(0o600)
                    files = self._write(file, taken, description)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.rename(path)
            finally:
                unfinished.unlink(missing_ok=True)
        keep.sync_folder(self.target)
        seconds = time.monotonic() - began
        return Made(path, path.stat().st_size, seconds, moment_of(description), census.rows(taken.census), files, links)

    def _free_path(self, moment: datetime) -> Path:
        ending = ".tar.sealed" if self.key else ".tar"
        path = self.target / f"talentlink-{moment.astimezone(UTC).strftime(STAMP)}{ending}"
        if path.exists():
            raise Trouble(f"{path} is there already; wait a second.", f"{path} 已存在，请稍后再试。")
        return path

    def _write(self, file: BinaryIO, taken: Snapshot, description: dict[str, Any]) -> int:
        sink = Sealer(file, self.key) if self.key else file
        writer = Writer(sink)
        try:
            files = self._fill(writer, taken, description)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
        if isinstance(sink, Sealer):
            sink.finish()
        return files

    def _fill(self, writer: Writer, taken: Snapshot, description: dict[str, Any]) -> int:
        """Write all members and return the number of files.

        The files come after the dump: a file is stored before the row that names it, so no row lacks its file.
        """
        writer.add_bytes(MANIFEST, manifest(description))
        with taken.dump() as dump:
            writer.add_parts(DATABASE, dump)
        for name, content in kept_settings.collect(self.state, self.environ).items():
            writer.add_bytes(SETTINGS + name, content)
        return sum(add_file(writer, self.media, path) for path in files_below(self.media))


def manifest(description: dict[str, Any]) -> bytes:
    return json.dumps({"release": release()} | description, indent=1).encode()


def media_root(state: State, environ: Mapping[str, str]) -> Path:
    return Path(environ.get("MEDIA_ROOT") or state.root / "media").absolute()


def files_below(root: Path) -> Iterator[Path]:
    """Every regular file below the root, folder by folder; no links."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (path for name in sorted(names) if (path := Path(folder) / name).is_file() and not path.is_symlink())


def links_below(root: Path) -> list[str]:
    """The symbolic links below the root, as paths relative to it."""
    return sorted(
        str(path.relative_to(root))
        for folder, folders, names in os.walk(root)
        for name in [*folders, *names]
        if (path := Path(folder) / name).is_symlink()
    )


def add_file(writer: Writer, root: Path, path: Path) -> bool:
    """Add an uploaded file; False if it was deleted after its folder was listed."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        status = os.fstat(file.fileno())
        name = FILES + str(path.relative_to(root))
        writer.add(name, file, status.st_size, mode=status.st_mode & 0o777, mtime=int(status.st_mtime))
    return True


def archives(folder: Path) -> dict[datetime, Path]:
    """The finished archives in a folder, by the moment of each."""
    found = {}
    for path in folder.iterdir():
        if named := NAME.fullmatch(path.name):
            found[datetime.strptime(named[1], STAMP).replace(tzinfo=UTC)] = path
    return found


def thin_out(folder: Path) -> list[Path]:
    """Delete the archives that `keeping.kept` does not keep, and return them."""
    found = archives(folder)
    gone = [path for moment, path in sorted(found.items()) if moment not in keeping.kept(found)]
    for path in gone:
        path.unlink()
    return gone


def record(url: str, moment: datetime, *, seconds: float, path: str = "", size: int = 0, error: str = "") -> None:
    """Insert a row about this backup, which the page of backups reads; nothing if the database does not answer."""
    row = (moment, release(), path, size, round(seconds, 1), not error, error)
    with contextlib.suppress(psycopg2.Error, Trouble), contextlib.closing(connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(
            "INSERT INTO core_backup (made_at, release, path, size, seconds, ok, error) VALUES %s", [row]
        )
