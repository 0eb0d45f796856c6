"""Django's `migrate`, run as the owner of the tables; it refuses a database that a newer release has changed, and gives
the application its rights."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from core.database_roles import changing_tables, grant
from supervisor import newer

# Migrations that earlier releases applied and this one has neither as a file nor in the `replaces` of one: those of
# apps that were given up.
FORMER: set[newer.Key] = set()


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with changing_tables():
            if unknown := unknown_migrations(connection):
                trouble = newer.refusal(unknown, release_noted(connection))
                raise CommandError(f"{trouble.english}\n错误：{trouble.chinese}")
            super().handle(*args, **options)
            if not (options["check_unapplied"] or options["plan"]):
                note_release(connection)
                grant(settings.APPLICATION_ROLE, settings.APPLICATION_PASSWORD)


def unknown_migrations(connection: BaseDatabaseWrapper) -> list[newer.Key]:
    """What the database has applied and this release neither has nor replaces, as Django's loader sees it."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations) | FORMER
    for migration in loader.disk_migrations.values():
        known |= {(app, name) for app, name in migration.replaces}
    return sorted(set(loader.applied_migrations) - known)


def release_noted(connection: BaseDatabaseWrapper) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('django_migrations'), 'pg_class')")
        [note] = cursor.fetchone() or [None]
    return str(note).removeprefix(newer.NOTE) if note else None


def note_release(connection: BaseDatabaseWrapper) -> None:
    """Leave the number of this release in the database it has just brought up to date; who is not its owner cannot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('django_migrations')"
        )
        if cursor.fetchone() == (True,):
            cursor.execute(f"COMMENT ON TABLE django_migrations IS '{newer.NOTE}{settings.RELEASE}'")
