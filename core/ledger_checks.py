"""Checks of the whole ledger, as work that is asked for: what the last one found, for pages and the log."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import jobs, ledger, ledger_days
from core.models import Job

logger = logging.getLogger(__name__)
CHAIN_VERIFIED = ledger.kind("chain_verified", _("ledger checked"))
KIND, KEY = "check_ledger", "all"
MOST_FAULTS = 50  # faults that a report names


class Found(TypedDict):
    """One fault: the day, what is wrong, and the key of the entry if it is one."""

    day: str
    what: str
    entry: int | None


class Report(TypedDict):
    """The result of a check: how many days and entries were compared, and the faults."""

    days: int
    entries: int
    wrong: int
    faults: list[Found]


def check(*, by: User | None, tell: Callable[[int, int], None] = lambda done, total: None) -> Report:
    """Check the whole ledger, and write the entry that says so."""
    found = ledger_days.check(tell=tell)
    named: list[Found] = [
        {"day": str(fault.day), "what": fault.what.value, "entry": fault.entry} for fault in found.faults[:MOST_FAULTS]
    ]
    for fault in named:
        logger.error("ledger: %s on %s, entry %s", fault["what"], fault["day"], fault["entry"])
    ledger.record(CHAIN_VERIFIED, by=by, rows=found.entries, days=found.days, wrong=len(found.faults))
    return {"days": found.days, "entries": found.entries, "wrong": len(found.faults), "faults": named}


def ask(*, by: User, at: datetime) -> Job:
    """Ask for a check of the whole ledger."""
    return jobs.enqueue(KIND, KEY, by=by, at=at)


def latest() -> Job | None:
    """The check that was asked for last."""
    return Job.objects.filter(kind=KIND).order_by("-pk").first()


def latest_done() -> Job | None:
    """The last check that came to its end."""
    return Job.objects.filter(kind=KIND, state=Job.State.DONE).order_by("-pk").first()
