"""Django's `changepassword`, run within an action, so that the history names the command."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from core.edges import EdgeCommand
from identity.actions import by_command


class Command(EdgeCommand, changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        return by_command(lambda: changepassword.Command.handle(self, *args, **options), by=None)
