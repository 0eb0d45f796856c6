"""Django's `migrate`, run as the owner of the tables.

It refuses a database that a newer release has migrated, and grants the application its rights at the end.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from core.database_roles import changing_tables, grant
from privacy import erased_list
from privacy.history_function import are_current, make_functions
from supervisor import newer

# Migrations of earlier releases that this release has neither as a file nor in the `replaces` of a file, because their
# app was removed.
FORMER: set[newer.Key] = {
    ("axes", name)
    for name in (
        "0001_initial",
        "0002_auto_20151217_2044",
        "0003_auto_20160322_0929",
        "0004_auto_20181024_1538",
        "0005_remove_accessattempt_trusted",
        "0006_remove_accesslog_trusted",
        "0007_alter_accessattempt_unique_together",
        "0008_accessfailurelog",
        "0009_add_session_hash",
        "0010_accessattemptexpiration",
    )
}

OF_ANOTHER_RELEASE = (
    "the functions of the database belong to another release; run `bin/manage migrate` once, with DATABASE_OWNER_URL\n"
    "错误：数据库中的函数属于另一版本；请设置 DATABASE_OWNER_URL 后执行一次 bin/manage migrate"
)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with changing_tables():
            if unknown := unknown_migrations(connection):
                trouble = newer.refusal(unknown, release_noted(connection))
                raise CommandError(f"{trouble.english}\n错误：{trouble.chinese}")
            super().handle(*args, **options)
            if not (options["check_unapplied"] or options["plan"]):
                owner = owns_tables(connection)
                whole = is_whole(connection)
                if owner:
                    note_release(connection)
                if owner and whole:
                    make_functions()
                elif whole and not are_current():
                    raise CommandError(OF_ANOTHER_RELEASE)
                grant(settings.APPLICATION_ROLE, settings.APPLICATION_PASSWORD)
                if whole and (number := erased_list.apply()):
                    self.stdout.write(f"{number} persons were erased again")


def unknown_migrations(connection: BaseDatabaseWrapper) -> list[newer.Key]:
    """Migrations that the database has applied and that this release neither has nor replaces."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations) | FORMER
    for migration in loader.disk_migrations.values():
        known |= {(app, name) for app, name in migration.replaces}
    return sorted(set(loader.applied_migrations) - known)


def is_whole(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables of every app are there, and not only those that this command was asked for."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def release_noted(connection: BaseDatabaseWrapper) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('django_migrations'), 'pg_class')")
        [note] = cursor.fetchone() or [None]
    return str(note).removeprefix(newer.NOTE) if note else None


def owns_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether this role owns the tables; the application's role, which one of several machines has, does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('django_migrations')"
        )
        return bool(cursor.fetchone() == (True,))


def note_release(connection: BaseDatabaseWrapper) -> None:
    """Store the number of this release as a comment on a table of the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE django_migrations IS '{newer.NOTE}{settings.RELEASE}'")
