"""`bin/manage demo`: the demo round on an empty database; `--accounts` says who can sign in to it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone, translation

from core.edges import EdgeCommand
from core.errors import Refused
from demo.accounts import account_lines
from demo.build import build


class Command(EdgeCommand):
    help = "Build the demo round of an invented city on an empty database, relative to today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2025)
        parser.add_argument("--accounts", action="store_true", help="only list the demo accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accounts"]:
            self._build(options["seed"])
        for line in account_lines():
            self.stdout.write(line)

    def _build(self, seed: int) -> None:
        began = time.monotonic()
        try:
            with translation.override("zh-hans"):
                build(today=timezone.localdate(), seed=seed, say=lambda line: self.stdout.write(f"  {line}"))
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"The demo round was built in {time.monotonic() - began:.0f} s.")
