"""Sends messages in three steps, each in a transaction of its own.

A message is claimed with a lease, it is handed over to the server, and the result is stored:

    queued → sending → sent | failed (the server will never take it) | queued (later) | unsure (it may have arrived)

A message that was handed over and got no answer is not sent again unless a person decides so.
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

from outbox import sms, smtp  # noqa: F401 - each registers the carrier of its medium
from outbox.carriers import Away, Carrier, Later, Never, NotOurs, NotSent, Unsure, carrier_of, set_up
from outbox.kinds import GIVEN_UP_AFTER, KINDS, secret_kinds
from outbox.models import Mail

logger = logging.getLogger(__name__)

RUN_SECONDS = 60
STATE = Mail.State


class Pause(Func):
    """The moment of the next attempt: after a quarter of the time waited so far, but 1 to 60 minutes from now."""

    template = "now() + LEAST(GREATEST((now() - waits_since) / 4, interval '1 minute'), interval '1 hour')"
    output_field: models.Field[Any, Any] = models.DateTimeField()


def send_due(medium: str) -> int:
    """Send the messages that are due, up to the limit of messages a minute; return how many were sent.

    No message is begun after one minute, so that a slow server does not hold the job long; the calendar asks again.
    The connection is opened before a message is claimed, so a server that is away costs no attempt of a message.
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
    """How many more messages may be sent within this minute."""
    lately = Mail.objects.filter(medium=medium, handed_at__gt=Now() - timedelta(minutes=1))
    most: int = settings.EMAIL_PER_MINUTE
    return max(most - lately.count(), 0)


def claim(medium: str, pk: int | None = None) -> Mail | None:
    """Claim the next due message, or the one with key `pk`; None if there is none that no other job holds."""
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
    """Send a claimed message and store the result; return whether it was sent.

    Raises Away when the caller should send no more messages now.
    """
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
    """Store that the content is sent next; raises NotOurs if the lease has ended or another job has the message."""
    mine = Mail.objects.filter(pk=mail.pk, state=STATE.SENDING, attempts=mail.attempts, lease_until__gt=Now())
    if not mine.update(handed_at=Now()):
        raise NotOurs


def _end(mail: Mail, state: str, trouble: NotSent | None, **facts: Any) -> None:
    """Store the result of this attempt, also if `sweep` has set the message to unsure in the meantime."""
    said = {"cause": trouble.cause, "answer": trouble.answer} if trouble else {"cause": ""}
    mine = Mail.objects.filter(pk=mail.pk, attempts=mail.attempts, state__in=[STATE.SENDING, STATE.UNSURE])
    mine.update(state=state, lease_until=None, **(said | facts))


def put_off(medium: str, trouble: NotSent) -> int:
    """Postpone all due messages of a medium; a message that has waited longer is postponed longer."""
    logger.warning("no %s can be sent: %s %s", medium, trouble.cause, trouble.answer)
    due = Mail.objects.due().filter(medium=medium)
    return due.update(not_before=Pause(), cause=trouble.cause, answer=trouble.answer)


def sweep() -> int:
    """Settle messages whose lease has ended and give up those that have waited too long; return how many changed."""
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
    """Messages that have waited longer than the `useful_for` of their kind."""
    short = {name: each.useful_for for name, each in KINDS.items() if each.useful_for < GIVEN_UP_AFTER}
    found = Q(waits_since__lt=Now() - GIVEN_UP_AFTER)
    for name, useful_for in short.items():
        found |= Q(kind=name, waits_since__lt=Now() - useful_for)
    return found


def _told_secrets() -> Q:
    """Messages of secret kinds that ended or are too old, and whose text is not emptied yet."""
    found = Q(pk=None)
    for name in secret_kinds():
        old = Q(state=STATE.UNSURE, waits_since__lt=Now() - KINDS[name].useful_for)
        found |= Q(kind=name) & (Q(ended_at__isnull=False) | old)
    return found & ~Q(text="")


def anything_to_do() -> bool:
    """Whether a job would find work: a message to send, to settle, to give up, or whose text must be emptied."""
    work = Q(state=STATE.QUEUED, not_before__lte=Now(), medium__in=set_up()) | Q(
        state=STATE.SENDING, lease_until__lt=Now()
    )
    settled = Q(state=STATE.QUEUED) & (_too_old() | Q(outdated=True))
    return Mail.objects.filter(work | settled | _told_secrets()).exists()
