"""The two roles of the embedded database: the owner of all, and the application that web, worker and beat are."""

from collections.abc import Mapping
from typing import Any

from psycopg2 import sql

OWNER = "talentlink"
APPLICATION = "talentlink_app"
OWNER_URL = "DATABASE_OWNER_URL"


def make_application(cursor: Any) -> None:
    """Make the application's role where it is missing; `manage.py migrate` gives it its rights."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))


def without_owner(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that is the application and does not know how to become the owner."""
    return {name: value for name, value in env.items() if name != OWNER_URL}
