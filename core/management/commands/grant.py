"""`manage.py grant`: gives the application's role its rights in the database; `migrate` does the same at its end."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.database_roles import as_owner, grant


class Command(BaseCommand):
    help = "Gives the application's database role its rights and no others; needed after a restore."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            two = grant(settings.APPLICATION_ROLE, settings.APPLICATION_PASSWORD)
        self.stdout.write(f"rights given to {settings.APPLICATION_ROLE}" if two else "one role: nothing to give")
