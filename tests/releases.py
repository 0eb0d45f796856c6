"""Restores the dump of a release on the servers of the test run, and migrates a copy of it to the present code."""

import lzma
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from core.database_roles import grant
from supervisor.postgres import DATABASE, binaries
from supervisor.roles import APPLICATION

DUMPS = sorted((Path(__file__).parent / "data" / "releases").glob("*.sql.xz"))


def url(database: str) -> str:
    return os.environ["DATABASE_URL"].replace(f"/{DATABASE}?", f"/{database}?")


def rows(database: str, question: str) -> list[tuple[Any, ...]]:
    """The rows that another database than the tests' own answers to a query."""
    with closing(psycopg2.connect(url(database))) as other, other.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


@contextmanager
def standing_on(database: str) -> Iterator[None]:
    """Let Django's connection use another database within the block."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        ContentType.objects.clear_cache()


class Release:
    """Two databases of a release: as it was dumped, and after `migrate`. They are deleted with the servers."""

    def __init__(self, dump: Path) -> None:
        self.dump = dump
        self.before = f"release_{dump.name.removesuffix('.sql.xz')}"
        self.after = f"{self.before}_migrated"
        # The database of the other tests, made only by the present migrations.
        self.fresh = connection.settings_dict["NAME"]

    def prepare(self) -> None:
        """Make both databases, only once for all processes of the run."""
        with closing(psycopg2.connect(url("postgres"))) as server, server.cursor() as cursor:
            server.autocommit = True
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.before])
            cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [self.after])
            if cursor.fetchone() == (0,):
                self.restore(cursor)
                # It gets its name only when it is complete, because another process looks for that name.
                with standing_on(f"{self.after}_soon"):
                    call_command("migrate", verbosity=0)
                    # `migrate` grants these rights itself only if both roles are set.
                    assert grant(APPLICATION)
                cursor.execute(named("ALTER DATABASE {} RENAME TO {}", f"{self.after}_soon", self.after))

    def restore(self, cursor: Any) -> None:
        for database in (f"{self.after}_soon", self.before):
            cursor.execute(named("DROP DATABASE IF EXISTS {}", database))
        cursor.execute(named("CREATE DATABASE {}", self.before))
        command = [binaries() / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", url(self.before)]
        subprocess.run(command, input=lzma.decompress(self.dump.read_bytes()), stdout=subprocess.DEVNULL, check=True)
        cursor.execute(named("CREATE DATABASE {} TEMPLATE {}", f"{self.after}_soon", self.before))


def named(statement: str, *databases: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, databases))
