"""The act by which who acts for an enterprise or a university ends the account of somebody who does so, too."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import action
from core.errors import Refused
from core.notices import notify
from core.status import lock
from identity.account_bodies import bodies_of, colleagues_of
from identity.notice_kinds import NO_LONGER
from identity.sessions import end_sessions

DISMISSED = ledger.kind("member_dismissed", gettext_lazy("no longer acts for an enterprise or university"))


@action(gettext_lazy("no longer acts for an enterprise or university"))
def dismiss(user: User, *, by: User, at: datetime, reason: str) -> User:
    """Close the account of somebody who acts for the same body; everybody who acts for it is told.

    The account and its history stay. Refused for the last one: then nobody could act for the body.
    """
    bodies = bodies_of(by)
    if not bodies or bodies_of(user) != bodies:
        raise Refused(_("This account does not act for you."), code="forbidden")
    lock(bodies[0])  # of two who dismiss each other the second finds that he no longer acts
    lock(by)
    lock(user)
    if not by.is_active or not user.is_active:
        raise Refused(_("This account was closed meanwhile."), code="gone")
    told = colleagues_of(user)
    if len(told) < 2:
        raise Refused(_("Nobody else acts for you. Ask the talent office to let another person in first."), code="last")
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    ledger.record(DISMISSED, by=by, at=at, about=user)
    words = {"by": str(by), "name": str(user), "body": str(bodies[0]), "reason": reason.strip()}
    notify(told, NO_LONGER, key=f"{user.pk}:{at.isoformat()}", at=at, **words)
    return user
