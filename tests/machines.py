"""Machines of one installation: each is a `bin/start` with its own state folder; all use the same two servers."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg2
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse
from psycopg2 import sql

from accounts.models import User
from supervisor.roles import APPLICATION, OWNER
from supervisor.state import ROOT
from supervisor.valkey import free_port
from tests.processes import eventually

# Fewer processes than a site has: the tests are about who does the work, not how fast.
FEW = {"WEB_WORKERS": "1", "WORKERS": "1", "JOB_LEASE_SECONDS": "5"}
TOKEN = "t" * 32


class Machine:
    """A machine that runs the programs of `kinds`; without `kinds` it runs every program, like a single machine."""

    def __init__(self, folder: Path, *kinds: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "output"
        folder.mkdir()
        options = [word for kind in kinds for word in ("--only", kind)] or ["--empty"]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "supervisor", "start", *options],
                cwd=ROOT,
                env=self._env(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _env(self) -> dict[str, str]:
        # As on a site, the machine has the application's role, whichever role the tests have.
        database = urlsplit(os.environ["DATABASE_URL"].replace(f"//{OWNER}@", f"//{APPLICATION}@"))
        own = {
            "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "TALENTLINK_STATE": str(self.folder / "state"),
            "PORT": str(self.port),
        }
        return os.environ | FEW | own

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "READY" in self.log.read_text()

    def lose(self) -> None:
        """Kill the supervisor, as a power cut would; the kernel then kills the processes that it had started."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()

    def post(self, user: User, name: str, facts: dict[str, str]) -> int:
        """Send a form as a signed-in user and return the status of the answer."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={signed_in(user)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request("POST", reverse(name), urlencode(facts), headers)
            return line.getresponse().status


def signed_in(user: User) -> str:
    """The key of a new session of the user, stored in the database, so that it holds on every machine."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextmanager
def running(folder: Path, kinds: Sequence[Sequence[str]]) -> Iterator[list[Machine]]:
    """Start the machines and wait until all are ready; stop all of them after the block, also if one did not start."""
    machines = [Machine(folder / f"machine-{number}", *of) for number, of in enumerate(kinds)]
    try:
        eventually(lambda: all(machine.ready() for machine in machines), 300)
        yield machines
    finally:
        for machine in machines:
            machine.stop()


@contextmanager
def copy_of_database() -> Iterator[str]:
    """A copy of the test's database, in which the same work can be done again."""
    name, copy = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_copy"
    connection.close()
    server = psycopg2.connect(os.environ["DATABASE_URL"], dbname="postgres")
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
        cursor.execute(drop)
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(name)))
        try:
            yield copy
        finally:
            cursor.execute(drop)
