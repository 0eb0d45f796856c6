"""The state folder: all files of one installation on this machine. One process at a time owns it."""

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from supervisor import keep
from supervisor.output import note
from supervisor.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
# A unix socket's path may have 107 bytes; PostgreSQL adds `/.s.PGSQL.5432.lock`, 20 of them.
LONGEST_SOCKET_FOLDER = 84
# How the names of folders in /tmp begin that are used when the path in the state is too long.
SHORT = "talentlink-"


@dataclass(frozen=True)
class Servers:
    """The addresses of the servers of a state, as its owner wrote them into `servers.json`."""

    pid: int
    database_url: str
    redis_url: str
    site_url: str = ""
    application_url: str = ""


class Taken(Trouble):
    """Another process owns the state; `pid` is its number, or 0 if the lock file has none."""

    pid = 0


class State:
    """The paths below one state folder, its locks, and its small files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.postgres = root / "postgres"
        self.valkey = root / "valkey"
        self.logs = root / "log"
        # This file exists while a restore is not finished (supervisor.empty).
        self.unfinished_restore = root / "restoring"
        # Notes about the database (its migrations, the demo) are in its folder, so that they are deleted with it.
        self.database_facts = self.postgres
        self._servers = root / "servers.json"

    @classmethod
    def open(cls, environ: Mapping[str, str]) -> "State":
        """The state in the folder that TALENTLINK_STATE names; makes the folder if needed and checks it for writing."""
        root = Path(environ.get("TALENTLINK_STATE") or ROOT / ".state").expanduser().absolute()
        state = cls(root)
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            keep.expect_folder(state.logs)
            keep.expect_folder(state.database_facts)
            with tempfile.TemporaryFile(dir=root) as probe:
                probe.write(b"probe")
        except OSError as refusal:
            raise Trouble(
                f"the state folder {root} cannot be written ({refusal.strerror}). Choose another with "
                "TALENTLINK_STATE=/some/folder, or give yourself the right to write there.",
                f"状态目录 {root} 无法写入。请用 TALENTLINK_STATE=/某个目录 另选一个，或取得写权限。",
            ) from refusal
        return state

    @contextlib.contextmanager
    def owned(self, purpose: str) -> Iterator[None]:
        """Own this state during the block; raises Taken if another process owns it."""
        descriptor = os.open(keep.expect_file(self.root / "lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._taken(os.read(descriptor, 200).decode(errors="replace")) from None
            self._check_restored(purpose)
            # A killed owner may have left it.
            keep.expect_file(self._servers).unlink(missing_ok=True)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()} {purpose}".encode(), 0)
            try:
                yield
            finally:
                self._servers.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def _check_restored(self, purpose: str) -> None:
        """Refuse a state with an unfinished restore, except to another restore."""
        if self.unfinished_restore.exists() and purpose != "bin/restore":
            raise Trouble(
                f"a restore into {self.root} has not come to its end. Run bin/restore with the archive again, or "
                "delete the folder to start anew.",
                f"向 {self.root} 的恢复尚未完成。请用同一备份重新运行 bin/restore，或删除该目录重新开始。",
            )

    def _taken(self, owner: str) -> "Taken":
        pid, _, purpose = owner.partition(" ")
        servers = self.servers()
        where = f", {servers.site_url}" if servers and servers.site_url else ""
        taken = Taken(
            f"{purpose or 'another process'} already runs on the state folder {self.root} (process {pid}{where}). "
            "Stop it first, or choose another folder with TALENTLINK_STATE and another PORT.",
            f"状态目录 {self.root} 已被 {purpose} 使用（进程 {pid}{where}）。请先停止它，"
            "或用 TALENTLINK_STATE 和 PORT 另选目录与端口。",
        )
        taken.pid = int(pid) if pid.isascii() and pid.isdigit() else 0
        return taken

    def publish(self, servers: Servers) -> None:
        """Write the addresses of the servers for other processes."""
        keep.write(self._servers, json.dumps(asdict(servers), indent=1))

    def servers(self) -> Servers | None:
        """The addresses that the owner published; None if there is no running owner."""
        try:
            found = json.loads(keep.read(self._servers) or "")
            servers = Servers(**found)
        except (ValueError, TypeError):
            return None
        return servers if isinstance(found["pid"], int) and is_alive(servers.pid) else None

    @contextlib.contextmanager
    def guest(self) -> Iterator[int]:
        """Keep the servers up during the block: an owner that runs only one command waits for its guests to end."""
        descriptor = os.open(keep.expect_file(self.root / "guests"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield descriptor
        finally:
            os.close(descriptor)

    def bid_farewell(self) -> None:
        """Wait until no guest uses the servers; new guests no longer find them."""
        with (self.root / "guests").open("wb") as guests:
            fcntl.flock(guests, fcntl.LOCK_EX)
            self._servers.unlink(missing_ok=True)

    def secret(self, name: str) -> str:
        """A random secret in a file that only our user can read; made once, and again if it is damaged."""
        path = self.root / name
        with self._alone():
            kept = (keep.read(path) or "").strip()
            if kept and kept.isascii() and kept.isprintable():
                return kept
            if os.path.lexists(path):
                keep.set_aside(path)
                if name == "secret_key":
                    note("everybody has to sign in again.", "所有用户需要重新登录。")
            fresh = secrets.token_urlsafe(48)
            keep.write(path, fresh)
            return fresh

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock the making of secrets: the owner and its guests may need the same one at the same time."""
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def sockets(self) -> Path:
        """A private folder whose path is short enough for unix sockets."""
        folder = self.root / "run"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            return self._short_folder()
        return keep.expect_folder(folder)

    def _short_folder(self) -> Path:
        """A folder in /tmp; a file in the state names it, so that every start uses the same one."""
        noted = self.root / "sockets"
        folder = Path(keep.read(noted) or "")
        # A damaged file could name any folder.
        ours = str(folder.parent) == "/tmp" and folder.name.startswith(SHORT)  # noqa: S108
        if ours and folder.is_dir() and folder.stat().st_uid == os.getuid():
            return folder
        folder = Path(tempfile.mkdtemp(prefix=SHORT, dir="/tmp"))
        keep.write(noted, str(folder))
        return folder


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Whether the process ended within so many seconds."""
    until = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs; a zombie counts as ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
