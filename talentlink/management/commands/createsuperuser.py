"""Django's `createsuperuser`, run within an action, so that the history names the command."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from core.edges import EdgeCommand
from identity.actions import by_command


class Command(EdgeCommand, createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        return by_command(lambda: createsuperuser.Command.handle(self, *args, **options), by=None)
