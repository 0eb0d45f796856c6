"""`bin/manage demo`: the demo round on an empty database; `--accounts` says who can sign in to it."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.core.management.base import CommandError
from django.utils import timezone, translation

from core import jobs
from core.edges import EdgeCommand
from core.errors import Refused
from demo.accounts import account_lines
from demo.build import build
from supervisor import keep

# The demo's password is shown on its sign-in page; Django hashes it as it must be at the first sign-in.
FEW_ITERATIONS = 1_000


@contextmanager
def in_haste() -> Iterator[None]:
    """Wake no worker, since the demo does its jobs itself, log none of them, and hash its public password cheaply."""
    hasher = cast("PBKDF2PasswordHasher", get_hasher())
    iterations = hasher.iterations
    log = logging.getLogger("core.logs")  # a line for each job that ended
    log.setLevel(logging.WARNING)
    hasher.iterations = FEW_ITERATIONS
    try:
        with jobs.silent():
            yield
    finally:
        hasher.iterations = iterations
        log.setLevel(logging.NOTSET)


class Command(EdgeCommand):
    help = "Build the demo round of an invented city on an empty database, relative to today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2025)
        parser.add_argument("--accounts", action="store_true", help="only list the demo accounts")
        parser.add_argument("--note", metavar="FILE", type=Path, help="also write the demo accounts into this file")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accounts"]:
            with in_haste():
                self._build(options["seed"])
        for line in account_lines():
            self.stdout.write(line)
        if options["note"]:
            keep.write(options["note"], "\n".join([*account_lines(), ""]))

    def _build(self, seed: int) -> None:
        began = time.monotonic()
        try:
            with translation.override("zh-hans"):
                build(today=timezone.localdate(), seed=seed, say=lambda line: self.stdout.write(f"  {line}"))
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"The demo round was built in {time.monotonic() - began:.0f} s.")
