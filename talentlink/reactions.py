"""What follows when a check of the ledger finds a fault: auditors and the site's address for alarms are told."""

import hashlib
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from audit.words import AFTER_FAULTS
from core import ledger_checks
from core.notices import notify
from outbox.alarms import ledger_alarm
from talentlink.notice_kinds import LEDGER_WRONG


@receiver(ledger_checks.found_wrong)
def tell_auditors(sender: Any, *, report: ledger_checks.Report, at: datetime, **_named: Any) -> None:
    """Tell them once of the same faults, however often they are found; of further faults again."""
    key = hashlib.sha256(repr((report["wrong_days"], report["faults"], report["wrong"])).encode()).hexdigest()[:32]
    auditors, url = list(User.objects.auditors()), reverse("admin:ledger_wrong")
    found: dict[str, Any] = {"faults": report["wrong"], "first": report["wrong_days"][0]}
    notify(auditors, LEDGER_WRONG, key=key, at=at, url=url, **found)
    ledger_alarm(auditors, key=key, at=at, url=url, steps=AFTER_FAULTS, **found)
