"""Whether people can sign in, in words: they can, they are invited, their invitation expired, or none was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from identity.models import Invitation
from ui.templatetags.ui_format import cndate


@dataclass(frozen=True)
class Access:
    """What a page says about the access of a person; `invitation` is his last one."""

    state: str
    words: str
    tone: str
    more: str = ""
    user: User | None = None
    invitation: Invitation | None = None

    @property
    def can_be_invited(self) -> bool:
        return self.state not in ("active", "closed")


def access_of(user: User | None, at: datetime) -> Access:
    """The access of one person; None for a person without an account."""
    return accesses([user], at)[user.pk] if user is not None else nobody()


def accesses(users: Iterable[User], at: datetime) -> dict[int, Access]:
    """The access of each of these accounts, by key, with one query."""
    known = {user.pk: user for user in users}
    last: dict[int, Invitation] = {}
    for invitation in Invitation.objects.filter(user__in=known).order_by("pk"):
        last[invitation.user_id] = invitation
    return {key: _access(user, last.get(key), at) for key, user in known.items()}


def nobody() -> Access:
    """The access of a person without an account."""
    return Access("none", _("no account yet"), "idle")


def _access(user: User, last: Invitation | None, at: datetime) -> Access:
    facts: dict[str, Any] = {"user": user, "invitation": last}
    if not user.is_active:
        return Access("closed", pgettext("account", "closed"), "idle", **facts)
    if user.has_usable_password():
        return Access("active", _("can sign in"), "good", **facts)
    if last is None or last.status in (Invitation.Status.WITHDRAWN, Invitation.Status.ACCEPTED):
        return Access("none", _("not invited"), "idle", **facts)
    until = cndate(last.expires_at)
    if last.status == Invitation.Status.WAITING and at < last.expires_at:
        return Access("invited", _("invited"), "live", _("until %(day)s") % {"day": until}, **facts)
    return Access("expired", _("invitation expired"), "wait", until, **facts)
