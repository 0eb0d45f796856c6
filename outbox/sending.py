"""Sending: each message is claimed under a lease, handed over, and its end is stored, each in a transaction of its own.

    queued → sending → sent | failed (the server will never take it) | queued (later) | unsure (it may have arrived)

What was handed over without an answer is never sent again by itself.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.db.models.expressions import Value
from django.db.models.functions import Coalesce, Now, NullIf

from outbox import sms, smtp  # noqa: F401 - they say what carries their medium
from outbox.carriers import Away, Carrier, Later, Never, NotOurs, NotSent, Unsure, carrier_of, set_up
from outbox.kinds import GIVEN_UP_AFTER, KINDS, secret_kinds
from outbox.models import Mail

logger = logging.getLogger(__name__)

RUN_SECONDS = 60
STATE = Mail.State


class Pause(Func):
    """When to try again: after a quarter of the time it has been waiting, one minute at least and an hour at most."""

    template = "now() + LEAST(GREATEST((now() - waits_since) / 4, interval '1 minute'), interval '1 hour')"
    output_field: models.Field[Any, Any] = models.DateTimeField()


def send_due(medium: str) -> int:
    """Send what is due, as long as the server takes it and the limit of a minute is not reached; return how many left.

    A server that is slow holds this no longer than a minute and a message; the calendar asks again. The server is
    reached before a message is claimed, so that its absence is no attempt of any message.
    """
    carrier = carrier_of(medium)
    if carrier is None:
        return 0
    sent, until = 0, time.monotonic() + RUN_SECONDS
    try:
        if Mail.objects.due().filter(medium=medium).exists() and room(medium):
            carrier.open()
        while time.monotonic() < until and room(medium) and (mail := claim(medium)):
            sent += deliver(mail, carrier)
    except Away as trouble:
        put_off(medium, trouble)
    finally:
        carrier.close()
    return sent


def room(medium: str) -> int:
    """How many more may leave within this minute."""
    lately = Mail.objects.filter(medium=medium, handed_at__gt=Now() - timedelta(minutes=1))
    most: int = settings.EMAIL_PER_MINUTE
    return max(most - lately.count(), 0)


def claim(medium: str, pk: int | None = None) -> Mail | None:
    """Take the next message (or this one) under a lease; None where there is none that nobody else holds."""
    with transaction.atomic():
        due = Mail.objects.due().filter(medium=medium, **({} if pk is None else {"pk": pk}))
        mail = due.select_for_update(skip_locked=True, of=("self",)).order_by("not_before", "pk").first()
        if mail is None:
            return None
        mail.attempts += 1
        lease = timedelta(seconds=2 * settings.EMAIL_WHOLE_TIMEOUT + 5)
        Mail.objects.filter(pk=mail.pk).update(
            state=STATE.SENDING, attempts=mail.attempts, lease_until=Now() + lease, handed_at=None
        )
    return mail


def deliver(mail: Mail, carrier: Carrier) -> bool:
    """Bring a claimed message out and store how that ended; whether it left. Away passes, with the message queued."""
    try:
        answer = carrier.carry(mail, lambda: hand_over(mail))
    except Away as trouble:
        _end(mail, STATE.QUEUED, trouble, not_before=Pause())
        raise
    except Later as trouble:
        _end(mail, STATE.QUEUED, trouble, not_before=Pause())
    except Never as trouble:
        _end(mail, STATE.FAILED, trouble, ended_at=Now())
    except Unsure as trouble:
        _end(mail, STATE.UNSURE, trouble)
        raise Away(Mail.Cause.SLOW, trouble.answer) from trouble
    except NotOurs:
        logger.warning("message %s was taken over by another sender", mail.pk)
        raise Away(Mail.Cause.SLOW) from None
    else:
        secret = {"text": "", "outdated": True} if mail.kind in secret_kinds() else {}
        _end(mail, STATE.SENT, None, ended_at=Now(), answer=answer, **secret)
        return True
    return False


def hand_over(mail: Mail) -> None:
    """Store that what follows is the content; raises NotOurs where the lease ran out and another has the message."""
    mine = Mail.objects.filter(pk=mail.pk, state=STATE.SENDING, attempts=mail.attempts, lease_until__gt=Now())
    if not mine.update(handed_at=Now()):
        raise NotOurs


def _end(mail: Mail, state: str, trouble: NotSent | None, **facts: Any) -> None:
    """Store the end of this attempt. An answer that comes late settles what was thought unsure meanwhile."""
    said = {"cause": trouble.cause, "answer": trouble.answer} if trouble else {"cause": ""}
    mine = Mail.objects.filter(pk=mail.pk, attempts=mail.attempts, state__in=[STATE.SENDING, STATE.UNSURE])
    mine.update(state=state, lease_until=None, **(said | facts))


def put_off(medium: str, trouble: NotSent) -> int:
    """Let everything that is due wait, each the longer the longer it has been waiting."""
    logger.warning("no %s can be sent: %s %s", medium, trouble.cause, trouble.answer)
    due = Mail.objects.due().filter(medium=medium)
    return due.update(not_before=Pause(), cause=trouble.cause, answer=trouble.answer)


def sweep() -> int:
    """Settle what senders left behind and give up what has waited for days; return how many rows changed."""
    queued = Mail.objects.filter(state=STATE.QUEUED)
    lapsed = Mail.objects.lapsed()
    kept = lapsed.filter(handed_at=None).update(state=STATE.QUEUED, lease_until=None, not_before=Now())
    lost = lapsed.exclude(handed_at=None).update(state=STATE.UNSURE, lease_until=None, cause=Mail.Cause.LOST)
    untrue = queued.filter(outdated=True).update(state=STATE.WITHDRAWN, ended_at=Now())
    old = queued.filter(_too_old())
    reason = Coalesce(NullIf(F("cause"), Value("")), Value(Mail.Cause.TOO_OLD.value))
    gone = old.update(state=STATE.FAILED, ended_at=Now(), cause=reason)
    return kept + lost + untrue + gone + Mail.objects.filter(_told_secrets()).update(text="", outdated=True)


def _too_old() -> Q:
    """What has waited for longer than it is of use."""
    short = {name: each.useful_for for name, each in KINDS.items() if each.useful_for < GIVEN_UP_AFTER}
    found = Q(waits_since__lt=Now() - GIVEN_UP_AFTER)
    for name, useful_for in short.items():
        found |= Q(kind=name, waits_since__lt=Now() - useful_for)
    return found


def _told_secrets() -> Q:
    """Secrets whose message has ended, or that are of no more use, and that still stand in the table."""
    found = Q(pk=None)
    for name in secret_kinds():
        old = Q(state=STATE.UNSURE, waits_since__lt=Now() - KINDS[name].useful_for)
        found |= Q(kind=name) & (Q(ended_at__isnull=False) | old)
    return found & ~Q(text="")


def anything_to_do() -> bool:
    """Whether a job would find work: something due that can leave, something left behind, or something too old."""
    work = Q(state=STATE.QUEUED, not_before__lte=Now(), medium__in=set_up()) | Q(
        state=STATE.SENDING, lease_until__lt=Now()
    )
    settled = Q(state=STATE.QUEUED) & (_too_old() | Q(outdated=True))
    return Mail.objects.filter(work | settled | _told_secrets()).exists()
