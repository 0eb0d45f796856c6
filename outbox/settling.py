"""What the office decides about messages that were not simply sent; the row stores who decided last, and when."""

from datetime import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import AlreadyDone, Refused
from outbox import post
from outbox.models import Mail

STATE = Mail.State
AGAIN = [STATE.UNSURE, STATE.FAILED, STATE.WITHDRAWN]  # and only if the message is not outdated


def send_again(mail: Mail, *, by: User, at: datetime) -> None:
    """Queue a message again, also one that may have arrived, because a person decides it.

    Raises Refused for an outdated message: what it tells is no longer true.
    """
    facts = {"ended_at": None, "waits_since": Now(), "not_before": Now(), "cause": "", "answer": ""}
    _settle(mail, AGAIN, STATE.QUEUED, by, at, **facts)
    post.wake()


def try_now(mail: Mail, *, by: User, at: datetime) -> None:
    """Send a message at once that waits for a later attempt."""
    _settle(mail, [STATE.QUEUED], STATE.QUEUED, by, at, not_before=Now())
    post.wake()


def say_arrived(mail: Mail, *, by: User, at: datetime) -> None:
    """Set a message to sent, because somebody asked the receiver and it has arrived."""
    _settle(mail, [STATE.UNSURE], STATE.SENT, by, at, ended_at=Now())


def withdraw(mail: Mail, *, by: User, at: datetime) -> None:
    """Withdraw a message, so that it is not sent."""
    _settle(mail, [STATE.QUEUED, STATE.UNSURE], STATE.WITHDRAWN, by, at, ended_at=Now())


def _settle(mail: Mail, from_states: list[STATE], to: STATE, by: User, at: datetime, **facts: object) -> None:
    """Change the state in one SQL statement, so that it does not overwrite the claim of a job at this moment."""
    rows = Mail.objects.filter(pk=mail.pk, state__in=from_states)
    if to == STATE.QUEUED:
        rows = rows.filter(outdated=False)
    if not rows.update(state=to, settled_by=by, settled_at=at, **facts):
        mail.refresh_from_db()
        if mail.outdated:
            raise Refused(_("What “%(message)s” tells is no longer true.") % {"message": mail}, code="outdated")
        words = _("“%(message)s” is “%(state)s” by now; nothing was changed.")
        raise AlreadyDone(words % {"message": mail, "state": mail.get_state_display()}, code="already_done")
