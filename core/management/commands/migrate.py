"""Django's `migrate`, run as the owner of the tables; afterwards the application gets its rights on them."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from core.database_roles import as_owner, grant


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if not (options["check_unapplied"] or options["plan"]):
                grant(settings.APPLICATION_ROLE, settings.APPLICATION_PASSWORD)
