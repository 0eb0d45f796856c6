"""Databases beside the one at hand, on the same server: made from another one, thrown away with the server."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from bench.duel import Side
from supervisor.state import ROOT


def create(name: str, template: str = "template0") -> None:
    """Make a database, a copy of another one or an empty one; one of this name is dropped. All is on the disk then."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')


def tidy(name: str) -> None:
    """Let the planner know the rows, and free what an upgrade rewrote, as the server does by itself in time."""
    tidied = connection.copy()
    tidied.settings_dict["NAME"] = name
    try:
        with tidied.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    finally:
        tidied.close()


def current() -> str:
    """The name of the database at hand."""
    return str(connection.settings_dict["NAME"])


def side(name: str, database: str, folder: Path = ROOT, environ: Mapping[str, str] = os.environ) -> Side:
    """A checkout at work on a database of this server, with a cache of the index of its own."""
    url = urlsplit(environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    cache = Path(environ["TALENTLINK_STATE"]) / f"index-{database}"
    return Side(name, folder, {**environ, "DATABASE_URL": url, "MATCHING_CACHE": str(cache)})
