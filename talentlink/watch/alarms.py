"""Alarms: the city office is told once when a part of operation is wrong, and once when it is well again.

A trouble is told after two looks in a row found it, so that the restart of a worker causes no alarm. The looks are jobs
of the calendar: without beat or a worker of the calendar there are no looks, and without any worker no mail is sent.
The office's home and `/metrics` show these troubles too, because they query the database themselves.
"""

import socket
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Alarm
from core.notices import notify
from outbox.alarms import alarm as send_alarm
from talentlink.notice_kinds import ALARM_BEGUN, ALARM_OVER
from talentlink.watch.looking import LOOKS
from talentlink.watch.parts import Part
from talentlink.watch.signs import Level, Sign

WRONG = (Level.BAD, Level.UNKNOWN)
LOCAL = {look.part.value for look in LOOKS if look.local}
# The check that finds a fault in the ledger writes to ALARM_MAIL itself, at once (talentlink.reactions).
LEDGER = Part.LEDGER.value


@transaction.atomic
def follow(signs: Iterable[Sign], *, at: datetime) -> list[str]:
    """Compare the signs with the open alarms, and tell what changed; return the kinds of the notices."""
    open_alarms = {alarm.sign: alarm for alarm in Alarm.objects.open().select_for_update().order_by("pk")}
    told = []
    for sign in signs:
        alarm = open_alarms.get(name_of(sign))
        if sign.level in WRONG:
            told += _begins(sign, alarm, at)
        elif alarm is not None:
            told += _ends(sign, alarm, at)
    return told


def name_of(sign: Sign) -> str:
    """The name of the alarm of a sign; a sign that differs between machines has an alarm for each machine."""
    return f"{sign.key}@{socket.gethostname()}"[:120] if sign.key in LOCAL else sign.key


def _begins(sign: Sign, alarm: Alarm | None, at: datetime) -> list[str]:
    if alarm is None:
        Alarm.objects.create(sign=name_of(sign), headline=sign.headline[:300], began_at=at)
        return []
    if alarm.told_at is not None:
        return []
    Alarm.objects.filter(pk=alarm.pk).update(told_at=at, headline=sign.headline[:300])
    _tell(ALARM_BEGUN, sign, alarm, at)
    return [ALARM_BEGUN]


def _ends(sign: Sign, alarm: Alarm, at: datetime) -> list[str]:
    if alarm.told_at is None:  # the trouble was over before anybody was told
        alarm.delete()
        return []
    Alarm.objects.filter(pk=alarm.pk).update(over_at=at)
    _tell(ALARM_OVER, sign, alarm, at)
    return [ALARM_OVER]


def _tell(kind: str, sign: Sign, alarm: Alarm, at: datetime) -> None:
    """Write a notice to the operators and administrators of the city office, and a message to those who chose it."""
    people = list(User.objects.watching())
    url = reverse("admin:watch")
    notify(people, kind, key=str(alarm.pk), at=at, url=url, part=sign.key)
    words = {"part": sign.title, "headline": sign.headline}
    begun = kind == ALARM_BEGUN
    what = _("Operation: %(part)s: %(headline)s") if begun else _("No longer wrong: %(part)s: %(headline)s")
    advice = sign.advice if begun else ""
    knows = begun and sign.key == LEDGER
    send_alarm(what % words, advice=advice, key=f"{kind}:{alarm.pk}", at=at, url=url, addresses=not knows)
