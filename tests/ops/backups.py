"""Backups of the test's own database, and empty databases beside it to restore them into."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection

from supervisor.state import ROOT
from tests.releases import named, rows, url
from tests.servers import FOREIGN

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def environ(state: Path, **others: str) -> dict[str, str]:
    """What a person's shell has: nothing of the test run but the addresses given."""
    foreign = [*FOREIGN, "SECRET_KEY", "MEDIA_ROOT"]
    own = {name: value for name, value in os.environ.items() if name not in foreign}
    return own | {"TALENTLINK_STATE": str(state)} | others


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "supervisor", *arguments]


def run(*arguments: Any, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*map(str, arguments)), cwd=ROOT, env=dict(env), capture_output=True, text=True, timeout=120, check=False
    )


class Place:
    """A database on the test's server with a folder of state and one of files."""

    def __init__(self, folder: Path, database: str) -> None:
        self.state = folder
        self.database = database
        self.media = folder / "media"
        self.env = environ(
            folder, DATABASE_URL=url(database), REDIS_URL=os.environ["REDIS_URL"], MEDIA_ROOT=str(self.media)
        )

    def make(self) -> None:
        self._ask("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._ask("CREATE DATABASE {} TEMPLATE template0")

    def drop(self) -> None:
        self._ask("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _ask(self, statement: str) -> None:
        with closing(psycopg2.connect(url("postgres"))) as server:
            server.autocommit = True
            server.cursor().execute(named(statement, self.database))

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return rows(self.database, question)

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table as text."""
        return {
            table: sorted(text for (text,) in self.rows(f'SELECT t::text FROM "{table}" AS t'))
            for (table,) in self.rows(TABLES)
        }

    def files(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.media)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.media.rglob("*")
            if path.is_file()
        }


def here(folder: Path) -> Place:
    """The test's own database."""
    return Place(folder, str(connection.settings_dict["NAME"]))
