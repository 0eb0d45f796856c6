"""What follows from a second factor that was set up, used or removed: history, ledger, and a notice to its owner."""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import clear_authentication_records, record_authentication
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import action
from core.notices import notify, sentence
from core.status import lock
from identity.second_factor.required import kinds_of
from identity.sessions import end_sessions

ledger.kind("second_factor_added", gettext_lazy("second factor set up"))
ledger.kind("second_factor_removed", gettext_lazy("second factor removed"))
ledger.kind("second_factor_renewed", gettext_lazy("new recovery codes"))
USED = ledger.kind("second_factor_used", gettext_lazy("second factor given"))
FAILED = ledger.kind("second_factor_failed", gettext_lazy("wrong second factor"))
ADDED = sentence("second_factor_added", gettext_lazy("A second factor was set up for your account."))
REMOVED = sentence("second_factor_removed", gettext_lazy("A second factor of your account was removed."))
RENEWED = sentence("second_factor_renewed", gettext_lazy("New recovery codes were made for your account."))


@action(gettext_lazy("second factor changed"))
def note_second_factor(user: User, *, by: User, at: datetime, what: str, factor: str) -> None:
    """Store that a second factor was added, removed or renewed, and tell its owner; `what` is the kind of notice."""
    lock(user)
    user.second_factor_changed_at = at
    user.save(update_fields=["second_factor_changed_at"])
    ledger.record(what, by=by, at=at, about=user, factor=factor)
    notify([user], what, key=f"{at.timestamp()}", at=at)


def _note(user: User, authenticator: Authenticator, what: str) -> None:
    if what == RENEWED or authenticator.type != Authenticator.Type.RECOVERY_CODES:
        note_second_factor(user, by=user, at=timezone.now(), what=what, factor=authenticator.type)


@receiver(signals.authenticator_added)
def added(request: HttpRequest, user: User, authenticator: Authenticator, **_named: Any) -> None:
    """A second factor set up in a session counts as given in it; sessions that gave none end."""
    _note(user, authenticator, ADDED)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        end_sessions(user, but=request.session.session_key or "")
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(signals.authenticator_removed)
def removed(request: HttpRequest, user: User, authenticator: Authenticator, **_named: Any) -> None:
    """Without a second factor left, the session has proved none."""
    _note(user, authenticator, REMOVED)
    if not kinds_of(user):
        clear_authentication_records(request)


@receiver(signals.authenticator_reset)
def renewed(user: User, authenticator: Authenticator, **_named: Any) -> None:
    _note(user, authenticator, RENEWED)


@receiver(signals.authenticator_used)
def used(user: User, authenticator: Authenticator, **_named: Any) -> None:
    ledger.record(USED, by=user, about=user, factor=authenticator.type)


@receiver(signals.authentication_failed)
def failed(user: User, authenticator: Authenticator, **_named: Any) -> None:
    ledger.record(FAILED, by=user, about=user, factor=authenticator.type)
