"""`bin/restore FILE`: restores an archive into an empty database and folder, all of it or nothing."""

import argparse
import contextlib
import json
import os
import re
import signal
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg2

from supervisor import census, empty, kept_settings
from supervisor.access import own_servers
from supervisor.archive import DATABASE, FILES, PART, SETTINGS, Member, Reader, check_manifest
from supervisor.backup import media_root
from supervisor.keeping import ERASED
from supervisor.loading import Loading, loading
from supervisor.release import release
from supervisor.sealed import Unsealer, damaged, given_key, is_sealed
from supervisor.snapshot import connect
from supervisor.state import ROOT, State
from supervisor.supervisor import Stopped
from supervisor.trouble import Trouble, told_plainly

ARRIVING = ".restoring"
NOT_RESTORED = (
    "nothing was restored, the place is as empty as before: {why}.",
    "未恢复任何内容，环境仍为空：{why}。",
)
NOT_FINISHED = (
    "rows and files are restored, but not the last steps: {why}. Run bin/restore with the archive again.",
    "数据和文件已恢复，但最后的步骤未完成：{why}。请用同一备份重新运行 bin/restore。",
)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/restore", description="Bring an archive into an empty place.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the archive")
    parser.add_argument("--key-file", help="the file with the passphrase the archive was closed with (else BACKUP_KEY)")
    parser.add_argument("--erased", type=Path, help=f"the list of erased persons (else {ERASED} beside the archive)")
    options = parser.parse_args(arguments)
    key = given_key(options.key_file, environ)
    erased = read_erased(options.erased, options.file)
    try:
        with opened(options.file, key) as archive:
            check_release(archive.manifest)
            state = State.open(environ)
            with state.owned("bin/restore"), own_servers(state, environ) as url:
                tell(Restore(state, environ, url, archive, erased).run())
    except Stopped:
        return 128 + signal.SIGTERM
    return 0


def read_erased(named: Path | None, archive: Path) -> list[tuple[str, int]]:
    """The persons to be erased again: kind and key of each. No list beside the archive means that nobody was erased;
    one that is named, or that cannot be read, must not be passed over."""
    path = named or archive.parent / ERASED
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return sorted({(str(each["subject"]), int(each["key"])) for each in found})
    except FileNotFoundError:
        if named is None:
            return []
        raise Trouble(f"{path} is not there.", f"{path} 不存在。") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Trouble(
            f"{path}, the list of erased persons, cannot be read; without it they would be back.",
            f"无法读取已删除人员名单 {path}；没有该名单，已删除的信息将被恢复。",
        ) from None


@contextlib.contextmanager
def opened(path: Path, key: str) -> Iterator[Reader]:
    """Open the archive, with the key if it is encrypted, and give a Reader of it."""
    try:
        sealed = is_sealed(path)
        file = path.open("rb")
    except OSError as refusal:
        raise Trouble(f"{path} cannot be read ({refusal.strerror}).", f"无法读取 {path}。") from refusal
    if sealed and not key:
        raise Trouble(
            f"{path} is closed with a key: name it by --key-file or BACKUP_KEY.",
            f"{path} 已加密，请用 --key-file 或 BACKUP_KEY 给出密钥。",
        )
    with file:
        yield Reader(Unsealer(file, key) if sealed else file)


def check_release(manifest: dict[str, Any]) -> None:
    """Refuse an archive that another release wrote, or that has migrations which this code does not have."""
    theirs, ours = manifest.get("release"), release()
    if not isinstance(theirs, str):
        raise damaged()
    if theirs != ours:
        raise Trouble(
            f"this archive was written by TalentLink {theirs}, and this is {ours}: restore it with "
            f"{theirs}, then upgrade.",
            f"该备份由 TalentLink {theirs} 生成，当前版本是 {ours}。请先用 {theirs} 恢复，再升级。",
        )
    check_manifest(manifest)
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if not is_known(app, name)]
    if unknown:
        raise Trouble(
            f"this archive has changes of tables that this code does not know: {', '.join(unknown)}.",
            f"该备份包含当前代码没有的数据表变更：{'、'.join(unknown)}。",
        )


def is_known(app: str, name: str) -> bool:
    """Whether our app has this migration, or one that replaces it. Migrations of libraries always count as known."""
    folder = ROOT / app / "migrations"
    if not folder.is_dir() or (folder / f"{name}.py").exists():
        return True
    named = re.compile(rf"""['"]{re.escape(app)}['"], ['"]{re.escape(name)}['"]""")
    return any(named.search(path.read_text()) for path in ROOT.glob("*/migrations/[0-9]*.py"))


@dataclass
class Restored:
    """What a restore has done: numbers of rows and files, the new epoch, and the file of variables."""

    rows: int
    files: int
    epoch: str
    variables: Path | None


class Restore:
    """Restores one archive into an empty database and an empty folder for uploads."""

    def __init__(
        self,
        state: State,
        environ: Mapping[str, str],
        url: str,
        archive: Reader,
        erased: Sequence[tuple[str, int]] = (),
    ) -> None:
        self.state, self.environ, self.url, self.archive, self.erased = state, environ, url, archive, erased
        self.media = media_root(state, environ)
        self.mark = empty.Mark(state)
        self.epoch = str(uuid.uuid4())
        self.settings: dict[str, str] = {}
        self.files = 0

    def run(self) -> Restored | None:
        """Restore everything or nothing.

        Returns None if an earlier restore had committed the rows, and only its last steps were left to do.
        """
        with told_plainly(*NOT_RESTORED, OSError, psycopg2.Error):
            begun = self.mark.read()
            through = bool(begun and empty.has_epoch(self.url, begun["epoch"]))
            if begun and through:
                self.settings = begun["settings"]
            else:
                self._load(begun)
        with told_plainly(*NOT_FINISHED, OSError, psycopg2.Error):
            variables = kept_settings.put_back(self.state, self.settings)
            self._after()
            self.mark.remove()
        rows = census.rows(self.archive.manifest["census"])
        return None if through else Restored(rows, self.files, self.epoch, variables)

    def _load(self, begun: Mapping[str, Any] | None) -> None:
        """Restore rows and files; if that fails, leave database and folder empty."""
        server = empty.check_database(self.url)
        if not begun or begun["media"] != str(self.media):
            empty.check_media(self.media)
        self._check_server(server)
        self.mark.put(self.media, self.epoch)
        try:
            # Files that an earlier, killed restore has written.
            empty.clear(self.media)
            with loading(self.url, server=server, dumped_by=int(self.archive.manifest["client"])) as load:
                self._bring(load)
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        """Delete the files again and remove the mark.

        Files and mark stay if the rows were committed after all, or if the database does not answer; the next restore
        asks again.
        """
        with contextlib.suppress(Trouble, psycopg2.Error):
            if not empty.has_epoch(self.url, self.epoch):
                empty.clear(self.media)
                self.mark.remove()

    def _check_server(self, server: int) -> None:
        written = int(self.archive.manifest["server"])
        if server < written:
            raise Trouble(
                f"this archive comes from PostgreSQL {written}, and the server here is {server}: take one that is "
                "not older.",
                f"该备份来自 PostgreSQL {written}，当前服务器是 {server}。请使用不低于该版本的服务器。",
            )

    def _bring(self, load: Loading) -> None:
        """Restore files, settings and rows. The rows are committed last, when files and mark are on the disk."""
        settings: dict[str, bytes] = {}
        arriving = self.media / ARRIVING
        arriving.mkdir(parents=True, exist_ok=True)
        ended = False
        for member in self.archive.members():
            if member.name.startswith(DATABASE):
                load.feed(member.read())
                continue
            if not ended:
                ended = True
                load.end_of_dump()
            if member.name.startswith(SETTINGS):
                settings[member.name.removeprefix(SETTINGS)] = member.read()
            elif member.name.startswith(FILES):
                put_file(arriving, member)
                self.files += 1
        self._compare(load)
        for path in arriving.iterdir():
            path.rename(self.media / path.name)
        arriving.rmdir()
        self.settings = kept_settings.checked(settings)
        self.mark.put(self.media, self.epoch, self.settings)
        os.sync()
        epoch = f"INSERT INTO public.core_epoch (key, begun_at, why) VALUES ('{self.epoch}', now(), 'restored');"  # noqa: S608
        load.commit(epoch + "".join(map(erase_again, self.erased)))

    def _compare(self, load: Loading) -> None:
        """Refuse the restore if any number or checksum differs from the backup's census."""
        before: census.Census = self.archive.manifest["census"]
        tables = [name for name in before if name not in census.AROUND_NAMES]
        found = census.differences(before, load.census(tables))
        if found:
            raise Trouble(
                f"what arrived is not what the backup held, and was taken back: {'; '.join(found)}.",
                f"恢复的内容与备份不一致，已撤销：{'；'.join(found)}。",
            )

    def _after(self) -> None:
        """The last steps: statistics for the query planner, an empty cache of matching, notes for the next start."""
        with contextlib.closing(connect(self.url)) as connection:
            connection.autocommit = True
            connection.cursor().execute("ANALYZE")
        empty.clear(Path(self.environ.get("MATCHING_CACHE") or self.state.root / "cache" / "matching"))
        # The next start runs `migrate`, which also gives the roles of the database their rights.
        (self.state.database_facts / "migrated").unlink(missing_ok=True)
        # With this file the next start builds no demo.
        (self.state.database_facts / "started").touch()


def erase_again(person: tuple[str, int]) -> str:
    """The statement that has the next `migrate` erase a person."""
    kind, key = person
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+", kind):
        raise damaged()
    values = f"VALUES ('{kind}', {key})"
    return f"INSERT INTO public.privacy_eraseagain (subject, key) {values} ON CONFLICT DO NOTHING;"


def put_file(folder: Path, member: Member) -> None:
    """Write an uploaded file below the folder, with its permissions and its time of change."""
    name = PurePosixPath(member.name.removeprefix(FILES))
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise damaged()
    path = folder / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while data := member.read(PART):
                file.write(data)
        # Without the permissions to execute and to run as the owner of the file.
        path.chmod(member.mode & 0o666 | 0o600)
        os.utime(path, (member.mtime, member.mtime))
    except (ValueError, OverflowError):
        # An impossible name or time.
        raise damaged() from None


def tell(restored: Restored | None) -> None:
    if restored is None:
        print(
            "the restore before this one was through; nothing is left to do\n上一次恢复已完成，无需再做",
            flush=True,
        )
        return
    print(
        f"restored and compared: {restored.rows} rows and {restored.files} files are those of the backup; "
        f"epoch {restored.epoch}\n恢复完成并已核对：{restored.rows} 行、{restored.files} 个文件与备份一致",
        flush=True,
    )
    if restored.variables:
        print(
            f"the variables that were set stand in {restored.variables}; set those that this site needs\n"
            f"原有的环境变量见 {restored.variables}，请按需设置",
            flush=True,
        )
