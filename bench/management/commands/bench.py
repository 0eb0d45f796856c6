"""`bin/bench`: fills a scratch database with a city and a province and prints what work costs on them."""

import os
import platform
import time
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from bench.report import report
from bench.size import CITY, PROVINCE
from bench.steps import STEPS, run
from bench.whole import measure

UNUSABLE = 2


class Command(BaseCommand):
    help = "Measure on a database that is filled and thrown away: matching, months, pages, REST."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city", action="store_true", help="only the city (with --province: both, as by default)")
        parser.add_argument("--province", action="store_true", help="only the province")
        parser.add_argument("--seconds", type=float, default=600, help="end within this time (default 600)")
        # One step in a process of its own, for the command itself.
        parser.add_argument("--step", choices=list(STEPS), help=SUPPRESS)
        parser.add_argument("--size", choices=[CITY.name, PROVINCE.name], default=CITY.name, help=SUPPRESS)
        parser.add_argument("--share", type=float, default=1.0, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"]:
            size = CITY if options["size"] == CITY.name else PROVINCE
            run(options["step"], size.shrunk(options["share"]), timezone.localdate())
            return
        if User.objects.exists():
            self.stderr.write("This database has people in it; bin/bench makes one of its own.")
            raise SystemExit(UNUSABLE)
        names = [name for name in (CITY.name, PROVINCE.name) if options[name]] or [CITY.name, PROVINCE.name]
        began = time.monotonic()
        load = os.getloadavg()[0]
        self.stdout.write(
            f"{timezone.localdate()}, {machine()}, Python {platform.python_version()}, load {load:.1f} before"
        )
        sheets = measure(names, options["seconds"] * 0.97, self.stdout.write)
        self.stdout.write("")
        for line in report(sheets):
            self.stdout.write(line)
        self.stdout.write(f"\n{time.monotonic() - began:.0f} s in all")


def machine() -> str:
    """Processor and memory, as the system names them."""
    model = _first(Path("/proc/cpuinfo"), "model name").split(":")[-1].strip() or platform.machine()
    memory = _first(Path("/proc/meminfo"), "MemTotal").split()
    return f"{model}, {int(memory[1]) / 1048576:.0f} GB memory" if len(memory) > 1 else model


def _first(file: Path, word: str) -> str:
    """The first line of a file that begins with a word; nothing where the system has no such file."""
    if not file.exists():
        return ""
    return next((line for line in file.read_text().splitlines() if line.startswith(word)), "")
