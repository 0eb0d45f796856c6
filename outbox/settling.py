"""What the office decides about messages that did not simply go out. Who decided last, and when, stands in the row."""

from datetime import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import AlreadyDone, Refused
from outbox import post
from outbox.models import Mail

STATE = Mail.State
AGAIN = [STATE.UNSURE, STATE.FAILED, STATE.WITHDRAWN]  # while what it tells is true


def send_again(mail: Mail, *, by: User, at: datetime) -> None:
    """Put it into the queue anew, also where it may have arrived: that is for a person to say.

    Not where what it tells is no longer true: what the system withdrew stays withdrawn.
    """
    facts = {"ended_at": None, "waits_since": Now(), "not_before": Now(), "cause": "", "answer": ""}
    _settle(mail, AGAIN, STATE.QUEUED, by, at, **facts)
    post.wake()


def try_now(mail: Mail, *, by: User, at: datetime) -> None:
    """Send what waits for a later attempt at once."""
    _settle(mail, [STATE.QUEUED], STATE.QUEUED, by, at, not_before=Now())
    post.wake()


def say_arrived(mail: Mail, *, by: User, at: datetime) -> None:
    """Somebody asked the receiver: it is there."""
    _settle(mail, [STATE.UNSURE], STATE.SENT, by, at, ended_at=Now())


def withdraw(mail: Mail, *, by: User, at: datetime) -> None:
    """Send it no more."""
    _settle(mail, [STATE.QUEUED, STATE.UNSURE], STATE.WITHDRAWN, by, at, ended_at=Now())


def _settle(mail: Mail, from_states: list[STATE], to: STATE, by: User, at: datetime, **facts: object) -> None:
    """One statement, so that a sender which claims it in this moment is not overtaken."""
    rows = Mail.objects.filter(pk=mail.pk, state__in=from_states)
    if to == STATE.QUEUED:
        rows = rows.filter(outdated=False)
    if not rows.update(state=to, settled_by=by, settled_at=at, **facts):
        mail.refresh_from_db()
        if mail.outdated:
            raise Refused(_("What “%(message)s” tells is no longer true.") % {"message": mail}, code="outdated")
        words = _("“%(message)s” is “%(state)s” by now; nothing was changed.")
        raise AlreadyDone(words % {"message": mail, "state": mail.get_state_display()}, code="already_done")
