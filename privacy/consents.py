"""Whether a person has agreed to the notice in force, asked with every request: the session remembers it.

Which version is in force is read again after some seconds, so a new version is asked for as late as that by other
processes than the one that published it.
"""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from privacy.actions import use_packaged_notice
from privacy.models import Consent, PrivacyNotice
from privacy.models.notices import ASKED, is_asked

REMEMBERED = 10  # seconds
SESSION_KEY = "agreed_to"


def has_agreed(request: HttpRequest) -> bool:
    """Whether the person may go on; True for whoever is not asked: strangers and programs."""
    user: Any = request.user
    if not is_asked(user):
        return True
    wanted = version_in_force(user.role)
    if request.session.get(SESSION_KEY) == wanted:
        return True
    if not Consent.objects.filter(user=user, notice=wanted).in_force().exists():
        return False
    request.session[SESSION_KEY] = wanted
    return True


def notice_for(role: str, at: datetime) -> PrivacyNotice:
    """The notice in force for a role."""
    notice = use_packaged_notice(role, by=None, at=at)
    cache.set(_name(role), notice.pk, REMEMBERED)
    return notice


def version_in_force(role: str) -> int:
    """The key of the notice in force for a role."""
    known: int | None = cache.get(_name(role))
    return notice_for(role, timezone.now()).pk if known is None else known


def forget_versions() -> None:
    """Read again at the next request which notices are in force."""
    cache.delete_many([_name(role) for role in ASKED])


def _name(role: str) -> str:
    return f"privacy-notice:{role}"
