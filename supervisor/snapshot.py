"""A database at one moment: its census, its migrations, and a dump of the same rows."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, BinaryIO
from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from supervisor import census
from supervisor.clients import folder_with, major_of
from supervisor.process import tied_to_us
from supervisor.trouble import Trouble, why

FIRST_WITH_TRANSACTION_TIMEOUT = 17
Migrations = list[list[str]]


class Snapshot:
    """A read-only transaction, exported so that pg_dump sees the same rows."""

    def __init__(self, url: str, connection: Any) -> None:
        self.url = url
        self._cursor = connection.cursor()
        self.server = int(connection.server_version) // 10000
        self.client = folder_with(self.server)
        if self.server >= FIRST_WITH_TRANSACTION_TIMEOUT:
            self._cursor.execute("SET transaction_timeout = 0")
        self._cursor.execute("SELECT pg_export_snapshot()")
        self._name: str = self._cursor.fetchone()[0]
        self.census = census.take(self._cursor)

    def facts(self) -> dict[str, Any]:
        """What the manifest of a backup says of it: moment, versions of PostgreSQL, migrations, and the census."""
        self._cursor.execute("SELECT now(), current_setting('server_version')")
        moment, version = self._cursor.fetchone()
        self._cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations: Migrations = [list(row) for row in self._cursor.fetchall()]
        return {
            "moment": moment.isoformat(),
            "postgresql": version,
            "server": self.server,
            "client": major_of(self.client / "pg_dump"),
            "migrations": migrations,
            "census": self.census,
        }

    @contextlib.contextmanager
    def dump(self) -> Iterator[BinaryIO]:
        """Give the output of pg_dump as a stream; raises Trouble if pg_dump fails."""
        command = [str(self.client / "pg_dump"), "--format=custom", "--compress=3", f"--snapshot={self._name}"]
        url, env = without_password(self.url)
        command += ["--no-owner", "--no-privileges", f"--dbname={url}"]
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                command, env=env, stdout=subprocess.PIPE, stderr=said, preexec_fn=tied_to_us(signal.SIGKILL)
            )
            assert process.stdout is not None  # noqa: S101 -- for the types
            try:
                with process.stdout as written:
                    yield written  # type: ignore[misc]
                if process.wait() != 0:
                    raise failed("pg_dump", said)
            finally:
                process.kill()
                process.wait()


@contextlib.contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    with contextlib.closing(connect(url)) as connection:
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        yield Snapshot(url, connection)


def connect(url: str) -> Any:
    try:
        return psycopg2.connect(url, connect_timeout=10, application_name="backup")
    except psycopg2.Error as refusal:
        where = urlsplit(url).hostname or "this machine"
        line = why(refusal)
        raise Trouble(
            f"the database on {where} does not answer: {line}", f"数据库（{where}）无法连接：{line}"
        ) from refusal


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """The URL without its password, and an environment with the password: every user can read a command line."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, dict(os.environ)
    name, _, host = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=f"{name.partition(':')[0]}@{host}").geturl()
    return bare, os.environ | {"PGPASSWORD": unquote(parts.password)}


def moment_of(description: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(description["moment"])


def failed(program: str, said: IO[bytes]) -> Trouble:
    """The trouble that a program of PostgreSQL failed, with the line that most likely says why."""
    said.seek(0)
    lines = [line.strip() for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line or "FATAL" in line]
    line = (telling or lines or ["(it wrote nothing)"])[0]
    return Trouble(f"{program} failed: {line}", f"{program} 失败：{line}")
