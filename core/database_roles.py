"""Two roles of the database: the owner changes tables; the application reads and writes rows and cannot change history.

Web, worker and beat are the application, the role of DATABASE_URL. `migrate` becomes the owner, the role of
DATABASE_OWNER_URL, and ends with `grant`. Rows of history are then written by trigger functions that run with the
owner's rights; the application may only read them. Where no owner is named there is one role, and nothing is granted.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg2.errors import InsufficientPrivilege

from core.history_functions import ATTACH_CONTEXT, SAFE_PATH, SHOULD_IGNORE

LOCK = 0x7A1E_0028  # the number of PostgreSQL's advisory lock for whoever changes tables
# Names of the owner's tables, each with whether the application may only read it: a history table (known by a column of
# pghistory's), the contexts, the migrations, or two tables of erasures that
# only the owner writes.
TABLES = """
    SELECT quote_ident(relname), EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'pgh_label'
    ) OR relname IN ('pghistory_context', 'django_migrations', 'privacy_erasedtable', 'privacy_eraseagain')
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        AND pg_has_role(relowner, 'USAGE')
    ORDER BY 1
"""
# Tables to which the application may add rows, and whose rows it may not change: it makes the first epoch itself,
# writes the ledger and seals its days.
ONLY_ADDED = ("core_epoch", "core_ledgerentry", "core_ledgerday")
SEQUENCES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND pg_has_role(relowner, 'USAGE')
"""
# Our functions, not those of an extension: name, whether it is a trigger function, whether it writes history.
FUNCTIONS = """
    SELECT oid::regprocedure::text, prorettype = 'trigger'::regtype, strpos(prosrc, '_pgh_attach_context()') > 0
    FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND pg_has_role(proowner, 'USAGE')
        AND NOT EXISTS (
            SELECT FROM pg_depend
            WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
        )
"""
WHO_IT_IS = "SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s"
MAY_CHANGE_HISTORY = """
    SELECT EXISTS (
        SELECT FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'pgh_label'
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND has_table_privilege(pg_class.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    ) OR has_table_privilege('pghistory_context', 'INSERT, UPDATE, DELETE, TRUNCATE')
"""


def may_change_history() -> bool:
    """Whether the role of this connection may write rows of history directly; False once there are two roles."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_CHANGE_HISTORY)
        return bool(cursor.fetchall()[0][0])


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner within the block, where an owner is named."""
    owner, kept = settings.OWNER_DATABASE, connection.settings_dict
    if owner is None:
        yield
        return
    connection.close()
    # Where the application connects through a pooler, the owner may connect to the server directly.
    options = {name: value for name, value in kept["OPTIONS"].items() if name != "host"} | owner.get("OPTIONS", {})
    connection.settings_dict = kept | owner | {"NAME": kept["NAME"], "OPTIONS": options}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = kept


@contextmanager
def changing_tables() -> Iterator[None]:
    """Connect as the owner, under a lock: only one of several machines changes tables at a time."""
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        except ProgrammingError as refusal:
            cause = refusal.__cause__
            if settings.OWNER_DATABASE is None and isinstance(cause, InsufficientPrivilege):
                said = cause.diag.message_primary
                raise CommandError(f"{said}: name the owner of the tables in DATABASE_OWNER_URL") from None
            raise
        finally:
            # A lost session has released its lock already.
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def grant(application: str, password: str = "") -> bool:
    """Give the application's role its rights and revoke all others; return whether there are two roles."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(%s), quote_ident(current_database()), %s = current_user", [application] * 2)
        role, database, one_role = cursor.fetchall()[0]
        if one_role:
            return False
        _make(cursor, application, role, password)
        # Temporary tables too: a trigger on one of them could call a function that writes history.
        cursor.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {role}")
        cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
        cursor.execute(f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        _grant_rows(cursor, role)
        _own_functions(cursor, application, role)
    return True


def _make(cursor: Any, application: str, role: str, password: str) -> None:
    """Make the application's role if there is none; refuse one that is a superuser or belongs to the owner's role."""
    cursor.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    superuser, may_make_roles = cursor.fetchall()[0]
    cursor.execute(WHO_IT_IS, [application])
    found = cursor.fetchall()
    if found == [(True,)]:
        raise CommandError(f"the database role {application} is a superuser or belongs to the owner's role")
    if not found and not (superuser or may_make_roles):
        raise CommandError(f"no database role {application}, and the owner may not make it: CREATE ROLE {role} LOGIN")
    if not found:
        cursor.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    if password and (superuser or not found):
        cursor.execute(f"ALTER ROLE {role} PASSWORD %s", [password])


def _grant_rows(cursor: Any, role: str) -> None:
    """Let the role read and write rows of every table, of history tables only read; it may not truncate any table.

    Rows of `Epoch` may not be changed or deleted: readers of the history keep an epoch's key in their cursor.
    """
    cursor.execute(TABLES)
    tables = cursor.fetchall()
    everything = ", ".join(name for name, _kept in tables)
    written = ", ".join(name for name, kept in tables if not kept)
    changed = ", ".join(name for name, kept in tables if not kept and name not in ONLY_ADDED)
    cursor.execute(f"REVOKE ALL ON {everything} FROM PUBLIC, {role}")
    cursor.execute(f"GRANT SELECT ON {everything} TO {role}")
    cursor.execute(f"GRANT INSERT ON {written} TO {role}")
    cursor.execute(f"GRANT UPDATE, DELETE ON {changed} TO {role}")
    cursor.execute(SEQUENCES)
    sequences = ", ".join(name for (name,) in cursor.fetchall())
    cursor.execute(f"REVOKE ALL ON SEQUENCE {sequences} FROM PUBLIC, {role}")
    cursor.execute(f"GRANT USAGE, SELECT ON SEQUENCE {sequences} TO {role}")


def _own_functions(cursor: Any, application: str, role: str) -> None:
    """Let triggers write history with the owner's rights; no other role may call the function they call for it."""
    cursor.execute(ATTACH_CONTEXT)
    cursor.execute(SHOULD_IGNORE, [application])
    cursor.execute(FUNCTIONS)
    for function, of_trigger, writes_history in cursor.fetchall():
        cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {role}")
        if of_trigger and writes_history:
            cursor.execute(f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = {SAFE_PATH}")
        elif not of_trigger and function != "_pgh_attach_context()":
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")
