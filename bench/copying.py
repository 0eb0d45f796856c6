"""Writes rows by COPY with triggers switched off; afterwards checks ranges and writes the history."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
CHUNK = 5_000
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of these columns (database names); every other column gets its field's default."""
    table = model._meta.db_table
    others = [field for field in model._meta.concrete_fields if field.column not in columns and field.column != "id"]
    constant = "".join("\t" + _text(_default(field)) for field in others)
    names = ", ".join(f'"{name}"' for name in [*columns, *(str(field.column) for field in others)])
    lines = ("\t".join(map(_text, row)) + constant + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', _Stream(lines))


def _default(field: "models.Field[Any, Any]") -> Any:
    return field.get_default() if field.has_default() or not field.null else None


def _text(value: Any) -> str:
    """A value as COPY reads it."""
    if isinstance(value, str):
        return value.translate(SPECIAL)
    if value is None:
        return "\\N"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).translate(SPECIAL)
    return str(value)


class _Stream:
    """Lines as a file that is read a few thousand lines at a time."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def read(self, size: int = -1) -> str:
        return "".join(islice(self.lines, CHUNK))


@contextmanager
def bare_tables() -> Iterator[None]:
    """Switch triggers, foreign keys and exclusion constraints off; afterwards restore all of it, with the history of
    what was written, counters and statistics as on a database that has been running."""
    with connection.cursor() as cursor:
        kept = _exclusions(cursor)
        for table, name, _definition in kept:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
            _write_history(cursor)
        finally:
            cursor.execute("SET session_replication_role = origin")
            for table, name, definition in kept:
                cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
        if not connection.in_atomic_block:
            cursor.execute("VACUUM ANALYZE")


def _exclusions(cursor: Any) -> list[tuple[str, str, str]]:
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'"
    )
    return list(cursor.fetchall())


def _write_history(cursor: Any) -> None:
    """An insert event for every row, as the triggers would have written one by one."""
    for event in apps.get_models():
        tracked = getattr(event, "pgh_tracked_model", None)
        if tracked is None:
            continue
        own = {field.column for field in tracked._meta.concrete_fields}
        columns = ", ".join(f'"{field.column}"' for field in event._meta.concrete_fields if field.column in own)
        cursor.execute(
            f'INSERT INTO "{event._meta.db_table}" (pgh_created_at, pgh_label, pgh_obj_id, {columns}) '  # noqa: S608
            f'SELECT now(), \'insert\', "{tracked._meta.pk.column}", {columns} FROM "{tracked._meta.db_table}"'
        )


def clear() -> None:
    """Empty every table but those the migrations filled."""
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables) + " RESTART IDENTITY CASCADE")
        cursor.execute("SET session_replication_role = origin")
