"""`manage.py alive`: whether the worker or beat of this machine and state folder lives; for checks of containers."""

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import heartbeats
from core.models import Heartbeat


class Command(BaseCommand):
    help = "Ends with an error unless a worker (or beat) of this machine gave a sign of life a moment ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=Heartbeat.Kind.values)

    def handle(self, *args: Any, kind: str, **options: Any) -> None:
        ours = Heartbeat.objects.filter(kind=kind, machine=socket.gethostname()[:80])
        if not ours.filter(process__contains=f"/{heartbeats.mark_of_state()}").beating().exists():
            raise CommandError(f"no {kind} of this machine gave a sign of life")
