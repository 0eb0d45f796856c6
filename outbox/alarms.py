"""Messages about a trouble of the site: to people of the city office, and to the site's addresses for alarms."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules import is_administrator, is_auditor, is_operator
from outbox import post
from outbox.kinds import kind

WATCH_ALARM = kind(
    "watch_alarm", gettext_lazy("Alarms of operation"), for_whom=is_operator | is_administrator, default=()
)

LEDGER_ALARM = kind("ledger_wrong", gettext_lazy("Faults in the audit trail"), for_whom=is_auditor)


def alarm(what: str, *, advice: str = "", key: str, at: datetime, url: str = "", addresses: bool = True) -> int:
    """Write to the operators and administrators who chose this kind and to ALARM_MAIL, once for each key.

    `what` and `advice` are sentences in the language of the site; the page at `url` shows more. Without `addresses`
    nothing is written to ALARM_MAIL. Return how many messages were asked for.
    """
    people: list[User | str] = [*User.objects.watching(), *(settings.ALARM_MAIL if addresses else [])]
    return post.send(people, WATCH_ALARM, key=key, at=at, url=url, what=what, advice=advice)


def ledger_alarm(auditors: Iterable[User], *, key: str, at: datetime, url: str, **found: Any) -> int:
    """Write to the auditors and to ALARM_MAIL what a check of the ledger found (`faults`, `first`, `steps`)."""
    return post.send([*auditors, *settings.ALARM_MAIL], LEDGER_ALARM, key=key, at=at, url=url, **found)
