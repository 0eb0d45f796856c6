"""A site of its own under `bin/start`, whose processes can be found, killed and held by name."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import environ
import psycopg2
import redis
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from supervisor import stamps
from supervisor.state import ROOT, Servers, State, is_alive
from supervisor.valkey import free_port
from tests.processes import eventually
from tests.servers import FOREIGN, MIGRATED

# How a program is known among the children of `bin/start`.
PROGRAMS = {
    "postgres": re.compile(r"/postgres\0.*-D\0"),
    "valkey": re.compile(r"valkey-server"),
    "worker": re.compile(r"\0-m\0talentlink\0worker\0"),
    "beat": re.compile(r"\0-m\0talentlink\0beat\0"),
    "web": re.compile(r"gunicorn\0"),
}


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def descendants(pid: int) -> list[int]:
    below = children(pid)
    return [*below, *(deeper for child in below for deeper in descendants(child))]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Site:
    """One running `bin/start` on a state folder; `with site.django():` lets the test's models speak to its database."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.state = State.open({"TALENTLINK_STATE": str(folder / "state")})
        self.settings = settings
        self.log = folder / "output"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def copy_tables(self) -> None:
        """Begin with tables that are made already: making them takes longer than all else together."""
        shutil.copytree(MIGRATED / stamps.of_migrations(), self.state.postgres / "data")
        stamps.put(self.state.postgres / "migrated", stamps.of_migrations())

    def env(self) -> Mapping[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in [*FOREIGN, "MEDIA_ROOT"]}
        return {**own, "TALENTLINK_STATE": str(self.state.root), "PORT": str(self.port), **self.settings}

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "supervisor", "start", "--empty"],
                cwd=ROOT, env=dict(self.env()), stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        eventually(lambda: "READY" in self.said() or self.status() is not None, 240)
        assert "READY" in self.said(), self.said()

    def status(self) -> int | None:
        return self.process.poll() if self.process else 0

    def said(self) -> str:
        return self.log.read_text()

    def end(self) -> None:
        """Nothing of it is left, whatever state it is in."""
        if self.process is None:
            return
        below = descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        for pid in below:
            if is_alive(pid):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGKILL)

    # -- its processes -----------------------------------------------------------------------------

    def programs(self, name: str) -> list[int]:
        """The processes of a program that `bin/start` itself began."""
        assert self.process is not None
        return [pid for pid in children(self.process.pid) if PROGRAMS[name].search(command_of(pid)) and is_alive(pid)]

    def signal(self, name: str, signum: int) -> list[int]:
        """Send a signal to the processes of a program, not to their children; whom it was sent to."""
        pids = self.programs(name)
        for pid in pids:
            os.kill(pid, signum)
        return pids

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """The processes of a program and their children stand still for the while."""
        frozen = [pid for parent in self.programs(name) for pid in (parent, *descendants(parent))]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in filter(is_alive, frozen):
                os.kill(pid, signal.SIGCONT)

    # -- its servers -------------------------------------------------------------------------------

    @property
    def servers(self) -> Servers:
        servers = self.state.servers()
        assert servers is not None, self.said()
        return servers

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with (
            closing(psycopg2.connect(self.servers.database_url, connect_timeout=5)) as server,
            server.cursor() as cursor,
        ):
            cursor.execute(question, values or None)
            return cursor.fetchall()

    def broker(self) -> "redis.Redis":
        return redis.Redis.from_url(self.servers.redis_url, socket_timeout=5)

    @contextmanager
    def django(self) -> Iterator[None]:
        """Django's connection of this process leads to the site's database for the while."""
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(environ.Env.db_url_config(self.servers.database_url))
        connection.settings_dict["ENGINE"] = before["ENGINE"]
        ContentType.objects.clear_cache()
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(before)
            ContentType.objects.clear_cache()

    # -- whether it is well ------------------------------------------------------------------------

    def get(self, path: str, timeout: float = 10) -> int:
        """The status of a page asked for by a stranger, 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def is_well(self) -> bool:
        """Every program runs, the database answers behind the front page, and so does the broker."""
        if not all(self.programs(name) for name in PROGRAMS) or self.get("/") != 200:
            return False
        try:
            with closing(self.broker()) as broker:
                return bool(broker.ping())
        except redis.RedisError:
            return False

    def becomes_well(self) -> None:
        eventually(self.is_well, 120)
        assert self.status() is None, self.said()
