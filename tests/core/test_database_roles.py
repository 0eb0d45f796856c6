"""What the application's role of the database may not do, asked of a real server by a real login."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from pghistory.models import Context
from psycopg2.errors import InsufficientPrivilege

from accounts.models import District
from core.checks import check_database_roles
from core.database_roles import changing_tables, grant, may_change_history
from supervisor.roles import APPLICATION, OWNER
from tests.application import take

Cursor = Any
EVENTS = sorted(model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model"))
ALL = [model._meta for model in apps.get_models(include_auto_created=True)]
OURS = sorted(meta.db_table for meta in ALL if meta.managed and not meta.proxy)
# What `core.action` tells the triggers.
SAY = "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


def login(role: str) -> Any:
    """A connection of its own to this test's database."""
    url = os.environ["DATABASE_URL"].replace(f"//{OWNER}@", f"//{role}@")
    return closing(psycopg2.connect(url, dbname=connection.settings_dict["NAME"]))


def asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


@pytest.fixture
def application() -> Iterator[Cursor]:
    """A transaction of the application that is undone."""
    with login(APPLICATION) as session, session.cursor() as cursor:
        yield cursor


def refused(cursor: Cursor, statement: str) -> None:
    cursor.execute("SAVEPOINT before")
    try:
        cursor.execute(statement)
    except InsufficientPrivilege:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    else:
        pytest.fail(f"was not refused: {statement}")


@pytest.mark.parametrize("table", [*EVENTS, "pghistory_context"])
def test_history_can_only_be_read(application: Cursor, table: str) -> None:
    application.execute(f"SELECT * FROM {table} LIMIT 1")
    column = application.description[0].name
    for statement in [
        f"INSERT INTO {table} DEFAULT VALUES",
        f"INSERT INTO {table} SELECT * FROM {table}",
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"COPY {table} FROM STDIN",
        f"SELECT * FROM {table} FOR UPDATE",
        f"LOCK TABLE {table} IN EXCLUSIVE MODE",
    ]:
        refused(application, statement)


def test_an_epoch_is_begun_and_stays(application: Cursor) -> None:
    application.execute("INSERT INTO core_epoch (key, begun_at, why) VALUES (%s, now(), 'first')", [str(uuid4())])
    application.execute("SELECT key FROM core_epoch")
    for statement in [
        "UPDATE core_epoch SET key = key",
        "DELETE FROM core_epoch",
        "SELECT * FROM core_epoch FOR UPDATE",
    ]:
        refused(application, statement)


def test_what_an_erasure_rewrote_and_whom_a_restore_brought_back_can_only_be_read(application: Cursor) -> None:
    for table in ("privacy_erasedtable", "privacy_eraseagain"):
        application.execute(f"SELECT * FROM {table}")
        for statement in [f"INSERT INTO {table} DEFAULT VALUES", f"UPDATE {table} SET id = id", f"DELETE FROM {table}"]:
            refused(application, statement)


def test_the_ledger_is_only_added_to_and_read(application: Cursor) -> None:
    columns = "who_name, who_role, address, device, request, path, about_label, about_key"
    empty = ", ".join(["''"] * 8)
    application.execute(f"INSERT INTO core_ledgerentry (kind, facts, {columns}) VALUES ('k', '{{}}', {empty})")
    application.execute("SELECT kind, length(digest) FROM core_ledgerentry")
    assert application.fetchall()[-1] == ("k", 32)
    application.execute("SET LOCAL talentlink.ledger_care = 'on'")
    for statement in [
        "UPDATE core_ledgerentry SET kind = kind",
        "DELETE FROM core_ledgerentry",
        "TRUNCATE core_ledgerentry",
        "UPDATE core_ledgerday SET entries = entries",
        "DELETE FROM core_ledgerday",
        "SELECT * FROM core_ledgerentry FOR UPDATE",
    ]:
        refused(application, statement)


@pytest.mark.parametrize("table", OURS)
def test_no_table_can_be_changed_emptied_or_rid_of_its_triggers(application: Cursor, table: str) -> None:
    for statement in [
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER USER",
        f"ALTER TABLE {table} ADD COLUMN extra int",
        f"ALTER TABLE {table} OWNER TO {APPLICATION}",
        f"CREATE TRIGGER own BEFORE UPDATE ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"CREATE INDEX ON {table} ((1))",
        f"DROP TABLE {table} CASCADE",
    ]:
        refused(application, statement)


def test_the_application_is_nobody_special(application: Cursor) -> None:
    application.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
        " (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid),"
        " (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid),"
        " (SELECT count(*) FROM pg_proc WHERE proowner = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert application.fetchall() == [(False, False, False, False, False, 0, 0, 0)]
    for statement in [
        "CREATE TABLE own (id int)",
        "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA own",
        "CREATE EXTENSION unaccent",
        "SET session_replication_role = replica",
        f"SET ROLE {OWNER}",
        f"SET SESSION AUTHORIZATION {OWNER}",
        f"ALTER ROLE {APPLICATION} SUPERUSER",
        "SELECT setval('accounts_user_id_seq', 1)",
        "SELECT _pgh_attach_context()",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('core', 'x', now())",
        "COPY accounts_user TO '/tmp/users'",
    ]:
        refused(application, statement)


def test_a_history_cannot_be_left_out_or_laid_to_another_act(application: Cursor) -> None:
    name = "pgtrigger_insert_insert_" + trigger_of("accounts_district", "insert_insert")
    application.execute(f"SET LOCAL pgtrigger.ignore = '{{{name}}}'")
    insert = "INSERT INTO accounts_district (code, name, tile_x, tile_y) VALUES ('140591', '九区', 91, 91)"
    application.execute(insert)
    application.execute("SELECT pgh_label, name, pgh_context_id FROM accounts_districtevent WHERE code = '140591'")
    assert application.fetchall() == [("insert", "九区", None)]

    with login(OWNER) as owner, owner.cursor() as cursor:
        old = str(uuid4())
        cursor.execute("INSERT INTO pghistory_context VALUES (%s, now(), now(), '{\"by\": 1}')", [old])
        owner.commit()
        application.connection.rollback()
        application.execute(SAY, [old, '{"by": 2}'])
        refused(application, insert)
        cursor.execute("DELETE FROM pghistory_context WHERE id = %s RETURNING metadata", [old])
        assert cursor.fetchall() == [({"by": 1},)]
        owner.commit()


def test_a_trigger_of_history_cannot_be_laid_on_a_table_of_ones_own(application: Cursor) -> None:
    """Where somebody has given the right to make temporary tables again."""
    application.execute("CREATE TEMPORARY TABLE own AS SELECT * FROM accounts_district LIMIT 1")
    function = "pgtrigger_insert_insert_" + trigger_of("accounts_district", "insert_insert")
    refused(application, f"CREATE TRIGGER own AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION {function}()")


def trigger_of(table: str, name: str) -> str:
    [(found,)] = asked(
        f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND tgname LIKE 'pgtrigger_{name}_%'"
    )
    return str(found).rpartition("_")[2]


def test_functions_that_write_history_look_for_tables_in_one_place() -> None:
    writers = "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE strpos(prosrc, '_pgh_attach_context()') > 0"
    safe = "prosecdef AND proconfig = ARRAY['search_path=pg_catalog, public, pg_temp']"
    closed = f"NOT has_function_privilege('{APPLICATION}', pg_proc.oid, 'EXECUTE')"
    assert asked(f"SELECT count(*) {writers}") == [(3 * len(EVENTS),)]
    assert asked(f"SELECT count(*) {writers} AND {safe} AND {closed}") == [(3 * len(EVENTS),)]
    of_extensions = "SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'"
    all_with_rights = f"SELECT count(*) FROM pg_proc WHERE prosecdef AND NOT EXISTS ({of_extensions})"
    others = f"{all_with_rights} AND strpos(prosrc, '_pgh_attach_context()') = 0"
    # The only other function with the owner's rights erases a person; what it refuses: tests/privacy/test_erasing.py.
    assert asked(f"{others} AND {safe} AND proname = 'privacy_erase_history'") == [(1,)]
    assert asked(others) == [(1,)]


def test_one_act_is_one_context_that_its_transaction_may_complete() -> None:
    key = str(uuid4())
    take(APPLICATION)
    for number, act in enumerate("aab"):
        with connection.cursor() as cursor:
            cursor.execute(SAY, [key, json.dumps({"act": act})])
        District.objects.create(code=f"14059{number}", name=f"{number}区", tile_x=90 + number)
    take("NONE")
    assert asked("SELECT DISTINCT pgh_context_id FROM accounts_districtevent") == [(UUID(key),)]
    assert list(Context.objects.values_list("metadata", flat=True)) == [{"act": "b"}]


# -- Giving the rights -------------------------------------------------------------------------------------


def test_who_may_change_history() -> None:
    assert may_change_history()
    assert [warning.id for warning in check_database_roles(None)] == ["core.W001"]
    take(APPLICATION)
    assert not may_change_history()
    assert check_database_roles(None) == []
    take("NONE")


def new_role(options: str) -> str:
    """A role that goes with this test's transaction."""
    name = f"role_{uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} {options}")
    return name


def test_rights_given_by_hand_are_taken_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {APPLICATION}")
        cursor.execute(f"GRANT ALL ON SCHEMA public TO {APPLICATION}")
        cursor.execute("CREATE TABLE later_event (pgh_id int, pgh_label text)")
    assert grant(APPLICATION)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'later_event', 'SELECT'),"
            " has_table_privilege(%s, 'later_event', 'INSERT, UPDATE, DELETE, TRUNCATE'),"
            " has_table_privilege(%s, 'accounts_user', 'TRUNCATE, REFERENCES, TRIGGER'),"
            " has_schema_privilege(%s, 'public', 'CREATE'),"
            " has_database_privilege(%s, current_database(), 'CREATE, TEMPORARY')",
            [APPLICATION] * 5,
        )
        assert cursor.fetchall() == [(True, False, False, False, False)]


def test_a_missing_role_is_made() -> None:
    assert grant("clerk", "secret-of-clerk")
    made = asked("SELECT rolcanlogin, rolsuper, rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = 'clerk'")
    assert made == [(True, False, True)]


def test_a_role_that_may_do_all_is_refused() -> None:
    for options in ("SUPERUSER", f"IN ROLE {OWNER}"):
        with pytest.raises(CommandError):
            grant(new_role(options))


def test_who_may_not_change_tables_is_told_who_may() -> None:
    take(APPLICATION)
    with pytest.raises(CommandError) as told, changing_tables(), transaction.atomic():
        asked("CREATE TABLE own (id int)")
    assert str(told.value) == "permission denied for schema public: name the owner of the tables in DATABASE_OWNER_URL"
    take("NONE")
    assert asked("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()") == [(0,)]


def test_where_one_role_does_all_nothing_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    with override_settings(APPLICATION_ROLE=OWNER, OWNER_DATABASE=None):
        call_command("grant")
    assert capsys.readouterr().out == "one role: nothing to give\n"
