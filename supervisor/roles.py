"""The two roles of the embedded database: the owner of all tables, and the application for web, worker and beat."""

from collections.abc import Mapping
from typing import Any

from psycopg2 import sql

OWNER = "talentlink"
APPLICATION = "talentlink_app"
OWNER_URL = "DATABASE_OWNER_URL"


def make_application(cursor: Any) -> None:
    """Make the application's role if it is missing; `manage.py migrate` gives it its rights."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))


def without_owner(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of the application: without the URL with which it could connect as the owner."""
    return {name: value for name, value in env.items() if name != OWNER_URL}
