"""`manage.py ledger`: the owner's care for the ledger, and its check, without a page."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.utils import timezone

from core import ledger_checks, ledger_days
from core.edges import EdgeCommand
from core.ledger_care import take_away_days
from core.models import LedgerDay

LEAST_DAYS = 183  # six months


class Command(EdgeCommand):
    help = "Checks the ledger, shows its last seal, or takes away the days that were kept long enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "seal", "thin"])

    def handle(self, *args: Any, **options: Any) -> None:
        {"check": self._check, "seal": self._seal, "thin": self._thin}[options["what"]]()

    def _check(self) -> None:
        """Check everything; the command fails if there is a fault."""
        report = ledger_checks.check(by=None)
        self.stdout.write(f"{report['days']} days, {report['entries']} entries, {report['wrong']} faults")
        for fault in report["faults"]:
            self.stdout.write(f"{fault['day']} {fault['what']} {fault['entry'] or ''}".rstrip())
        if report["wrong"]:
            raise CommandError("the ledger is not as it was written")

    def _seal(self) -> None:
        """Write the last seal, to be kept outside the site."""
        last = LedgerDay.objects.first()
        self.stdout.write(f"{last.day} {ledger_days.in_groups(last.seal)}" if last else "no day is sealed yet")

    def _thin(self) -> None:
        """Take away the entries of days that are older than LEDGER_KEEP_DAYS; their seals stay."""
        if settings.LEDGER_KEEP_DAYS < LEAST_DAYS:
            raise CommandError(f"LEDGER_KEEP_DAYS is {settings.LEDGER_KEEP_DAYS}; at least {LEAST_DAYS} days are kept")
        days, entries = take_away_days(timezone.localdate() - timedelta(days=settings.LEDGER_KEEP_DAYS))
        self.stdout.write(f"{days} days taken away, {entries} entries; the seals stay")
