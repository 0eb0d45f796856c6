"""The state folder: everything one installation keeps on this machine, with one owner at a time."""

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
# How the folders in /tmp begin that stand in for a path which is too long.
SHORT = "talentlink-"


@dataclass(frozen=True)
class Servers:
    """Where the servers of a state answer, as its owner wrote it down."""

    pid: int
    database_url: str
    redis_url: str
    site_url: str = ""
    application_url: str = ""


class Taken(Trouble):
    """Another process owns the state; `pid` is its number, 0 where the lock does not say."""

    pid = 0


class State:
    """Paths and small facts below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.postgres = root / "postgres"
        self.valkey = root / "valkey"
        self.logs = root / "log"
        # There while a restore has not come to its end (supervisor.empty).
        self.unfinished_restore = root / "restoring"
        # Notes about the database (which migrations it has seen, whether the demo is in) go away with it.
        self.database_facts = self.postgres
        self._servers = root / "servers.json"

    @classmethod
    def open(cls, environ: Mapping[str, str]) -> "State":
        """The folder named by TALENTLINK_STATE, made if need be, checked to be ours to write."""
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
        """Be the one owner of this state; refused with the owner's name when there is one."""
        descriptor = os.open(keep.expect_file(self.root / "lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._taken(os.read(descriptor, 200).decode(errors="replace")) from None
            self._check_restored(purpose)
            # Left by an owner that was killed.
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
        """Half a restore is no site: nobody but another restore starts on it."""
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
        """Tell others where the servers answer."""
        keep.write(self._servers, json.dumps(asdict(servers), indent=1))

    def servers(self) -> Servers | None:
        """What the living owner published."""
        try:
            found = json.loads(keep.read(self._servers) or "")
            servers = Servers(**found)
        except (ValueError, TypeError):
            return None
        return servers if isinstance(found["pid"], int) and is_alive(servers.pid) else None

    @contextlib.contextmanager
    def guest(self) -> Iterator[int]:
        """Hold the servers in use: an owner that only runs one command waits for its guests before it stops them."""
        descriptor = os.open(keep.expect_file(self.root / "guests"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield descriptor
        finally:
            os.close(descriptor)

    def bid_farewell(self) -> None:
        """Wait until no guest uses the servers any more, and let no new one in."""
        with (self.root / "guests").open("wb") as guests:
            fcntl.flock(guests, fcntl.LOCK_EX)
            self._servers.unlink(missing_ok=True)

    def secret(self, name: str) -> str:
        """A random secret, made once and readable by us alone; one that is damaged is made again."""
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
        """Be the only one who makes a secret: the owner and its guests may want the same one at once."""
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def sockets(self) -> Path:
        """A private folder for unix sockets, whose path is short enough for one."""
        folder = self.root / "run"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            return self._short_folder()
        return keep.expect_folder(folder)

    def _short_folder(self) -> Path:
        """A folder in /tmp, remembered in the state, so that every start finds the same."""
        noted = self.root / "sockets"
        folder = Path(keep.read(noted) or "")
        # A damaged note may name anything.
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
    """Whether a process with this number runs (one that only waits to be reaped does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
