"""Checks of the whole ledger, as work that is asked for: what the last one found, for pages and the log."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import jobs, ledger, ledger_days
from core.models import Job, LedgerDay

logger = logging.getLogger(__name__)
CHAIN_VERIFIED = ledger.kind("chain_verified", _("ledger checked"))
KIND, KEY = "check_ledger", "all"
MOST_FAULTS = 50  # faults that a report names
# A check runs each night; a sealed day that none has compared after this time needs attention.
LONGEST_UNCHECKED = timedelta(days=1, hours=12)
# Sent within the transaction of the entry of a check that found faults, with the arguments `report` and `at`.
found_wrong = Signal()


class Found(TypedDict):
    """One fault: the day, what is wrong, and the key of the entry if it is one."""

    day: str
    what: str
    entry: int | None


class Report(TypedDict):
    """The result of a check: how many days and entries were compared, the faults, and the days that have any."""

    days: int
    entries: int
    wrong: int
    faults: list[Found]
    wrong_days: list[str]


def check(*, by: User | None, tell: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Check the whole ledger, write the entry that says so, and have faults told."""
    found = ledger_days.check(tell=tell)
    named: list[Found] = [
        {"day": str(fault.day), "what": fault.what.value, "entry": fault.entry} for fault in found.faults[:MOST_FAULTS]
    ]
    for fault in named:
        logger.error("ledger: %s on %s, entry %s", fault["what"], fault["day"], fault["entry"])
    report: Report = {
        "days": found.days,
        "entries": found.entries,
        "wrong": len(found.faults),
        "faults": named,
        "wrong_days": sorted({str(fault.day) for fault in found.faults}),
    }
    with transaction.atomic():
        ledger.record(CHAIN_VERIFIED, by=by, rows=found.entries, days=found.days, wrong=len(found.faults))
        if found.faults:
            found_wrong.send(sender=Report, report=report, at=timezone.now())
    return report


def ask(*, by: User, at: datetime) -> Job:
    """Ask for a check of the whole ledger."""
    return jobs.enqueue(KIND, KEY, by=by, at=at)


def latest() -> Job | None:
    """The check that was asked for last."""
    return Job.objects.filter(kind=KIND).order_by("-pk").first()


def latest_done() -> Job | None:
    """The last check that came to its end."""
    return Job.objects.filter(kind=KIND, state=Job.State.DONE).order_by("-pk").first()


def days_wrong(job: Job | None) -> list[str]:
    """The days of which a check that is done found a fault, the earliest first."""
    report = job.result if job is not None and job.state == Job.State.DONE else {}
    # The report of an earlier release has no list of days.
    return list(report.get("wrong_days", sorted({fault["day"] for fault in report.get("faults", [])})))


def unchecked(at: datetime) -> QuerySet[LedgerDay]:
    """The sealed days that no check has compared although there was time for one."""
    last = latest_done()
    rows = LedgerDay.objects.filter(sealed_at__lt=at - LONGEST_UNCHECKED)
    return rows.filter(sealed_at__gt=last.started_at or last.created_at) if last is not None else rows
