"""Empties the tables after a test whose transactions were committed: only those that have rows.

Django truncates all of them, and PostgreSQL then makes new files for each table and each index, some hundreds, which
takes longer than most of these tests.
"""

import re
from typing import Any

from django.apps import apps
from django.contrib.auth.management import _get_all_permissions
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations

TRUNCATE = DatabaseOperations.execute_sql_flush
# Triggers and references are left aside, which only the owner of the tests' database may do.
ASIDE = "SET LOCAL session_replication_role = replica"
LEDGER_TOO = "SELECT set_config('talentlink.ledger_care', 'on', true)"
# A table that ever grew beyond this is truncated, because its deleted rows would make later tests slower.
LARGE = 4 * 1024 * 1024
# Django fills these again after each emptying; they are left if they hold what it would fill in.
FILLED = {"django_content_type", "auth_permission"}


def empty(operations: DatabaseOperations, statements: list[str]) -> None:
    """Do what the statements of `flush` do: leave no row in the tables they name."""
    tables = [name for text in statements if "RESTART" not in text for name in re.findall(r'"(\w+)"', text)]
    if not tables or not _emptied(operations, tables):
        # The ledger refuses to be truncated without this word.
        TRUNCATE(operations, [LEDGER_TOO, *statements])


def _emptied(operations: DatabaseOperations, tables: list[str]) -> bool:
    """Delete the rows; return False, with nothing done, if one of the tables is large."""
    connection = operations.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # As TRUNCATE does: wait for the transactions of threads and processes that a test left, and let none begin.
        cursor.execute(f"LOCK TABLE {', '.join(map(operations.quote_name, tables))} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SELECT max(pg_relation_size(name::regclass)) FROM unnest(%s) AS name", [tables])
        if cursor.fetchall()[0][0] > LARGE:
            return False
        cursor.execute(ASIDE)
        for table in _with_rows(cursor, tables):
            cursor.execute(f"DELETE FROM {operations.quote_name(table)}")
    return True


def _with_rows(cursor: Any, tables: list[str]) -> list[str]:
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
    cursor.execute(" UNION ALL ".join(asked))
    found = [name for (name,) in cursor.fetchall()]
    return [name for name in found if name not in FILLED] if _is_as_filled(cursor) else found


def _is_as_filled(cursor: Any) -> bool:
    """Whether the content types and permissions are those of the models, no more and no less."""
    models = [model._meta for each in apps.get_app_configs() for model in each.get_models()]
    wanted = {(meta.app_label, meta.model_name, None) for meta in models}
    wanted |= {(meta.app_label, meta.model_name, code) for meta in models for code, _name in _get_all_permissions(meta)}
    cursor.execute(
        "SELECT app_label, model, NULL FROM django_content_type UNION ALL SELECT app_label, model, codename "
        "FROM auth_permission JOIN django_content_type ON django_content_type.id = content_type_id"
    )
    return set(cursor.fetchall()) == wanted
