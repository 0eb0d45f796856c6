"""`bin/bench`: fills a scratch database with a city and a province and prints what work costs on them."""

import os
import platform
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import User
from bench import compare, growth
from bench.report import report
from bench.size import CITY, PROVINCE, SIZES
from bench.steps import STEPS, run
from bench.whole import measure

UNUSABLE = 2


class Command(BaseCommand):
    help = "Measure on a database that is filled and thrown away: matching, months, pages, REST."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city", action="store_true", help="only the city (with --province: both, as by default)")
        parser.add_argument("--province", action="store_true", help="only the province")
        parser.add_argument("--seconds", type=float, default=600, help="end within this time (default 600)")
        parser.add_argument("--growth", action="store_true", help="only every page and form at 1 and 4 times the rows")
        parser.add_argument(
            "--growth-seconds", type=float, default=180, help="end this within so many seconds more (default 180)"
        )
        parser.add_argument(
            "--compare", type=Path, metavar="FOLDER", help="beside an older checkout: what is slower now"
        )
        parser.add_argument(
            "--cases",
            metavar="WORD",
            action="append",
            default=[],
            help="with --compare: only pages and forms with this word in their name, on a whole city or province",
        )
        parser.add_argument(
            "--only", choices=list(STEPS), action="append", default=[], help="only this step; may be repeated"
        )
        parser.add_argument(
            "--share",
            type=float,
            help=f"of the rows of the province: with --compare {compare.SHARE} unless said; 0.1 are 6,000 services",
        )
        # One step in a process of its own, for the command itself.
        parser.add_argument("--step", choices=list(STEPS), help=SUPPRESS)
        parser.add_argument("--size", choices=list(SIZES), default=CITY.name, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"]:
            run(options["step"], SIZES[options["size"]].shrunk(options["share"] or 1.0), timezone.localdate())
            return
        if User.objects.exists():
            self.stderr.write("This database has people in it; bin/bench makes one of its own.")
            raise SystemExit(UNUSABLE)
        began = time.monotonic()
        load = os.getloadavg()[0]
        self.stdout.write(
            f"{timezone.localdate()}, {machine()}, Python {platform.python_version()}, load {load:.1f} before"
        )
        if options["compare"]:
            folder, asked = options["compare"].absolute(), _asked(options)
            self._lines(compare.table(*compare.measure(folder, options["seconds"], self.stdout.write, asked)))
        else:
            self._sizes(options)
        self.stdout.write(f"\n{time.monotonic() - began:.0f} s in all, load {os.getloadavg()[0]:.1f} after")

    def _sizes(self, options: dict[str, Any]) -> None:
        """The sizes asked for, and how every route grows unless one size alone is asked for."""
        named = [name for name in (CITY.name, PROVINCE.name) if options[name]]
        if named or not options["growth"]:
            names = named or [CITY.name, PROVINCE.name]
            within, only = options["seconds"] * 0.97, options["only"]
            self._lines(report(measure(names, within, self.stdout.write, only, options["share"])))
        if options["growth"] or not named:
            self.stdout.write("\nevery page and form, at one and at four times the rows")
            self._lines(growth.table(growth.measure(options["growth_seconds"], self.stdout.write)))

    def _lines(self, lines: Iterable[str]) -> None:
        self.stdout.write("")
        for line in lines:
            self.stdout.write(line)


def _asked(options: dict[str, Any]) -> compare.Asked:
    """What is compared: some pages of a whole size, or everything or some steps at a share of the province."""
    if options["cases"]:
        size = CITY.name if options["city"] else PROVINCE.name
        return compare.Asked(size, options["share"] or 1.0, options["cases"])
    return compare.Asked(share=options["share"] or compare.SHARE, only=options["only"])


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
