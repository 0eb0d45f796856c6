"""The link of an invitation: how it reaches a person, its address and its message."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from accounts.models import User
from identity.account_bodies import body_words
from identity.models import Invitation, new_key
from outbox.carriers import is_set_up
from outbox.kinds import kind
from outbox.models import Channel, Mail, Medium
from outbox.post import Letter, mail

WAY = Invitation.Way
MEDIA = (WAY.MAIL, WAY.SMS)
INVITED = kind(
    "invitation",
    gettext_lazy("Invitations to an account"),
    for_whom=lambda user: False,
    useful_for=timedelta(days=settings.INVITATION_DAYS),
    secret=True,
)


@dataclass(frozen=True)
class Sending:
    """A way for one link to reach a person. Who makes it knows the key of the link; the database has its digest."""

    way: str
    address: str = ""
    key: str = field(default_factory=new_key, repr=False)

    @property
    def path(self) -> str:
        return reverse("invitation_open", args=[self.key])


def media_here() -> list[str]:
    """The media by which this site can send an invitation; a message without the site's address has no link."""
    return [way for way in MEDIA if settings.SITE_URL and is_set_up(way)]


def link_of(sending: Sending, request: HttpRequest) -> str:
    """The whole address of a link that is shown or printed."""
    return f"{settings.SITE_URL}{sending.path}" if settings.SITE_URL else request.build_absolute_uri(sending.path)


def message_of(invitation: Invitation, sending: Sending, *, by: User) -> Mail:
    """The message with the link, not yet stored; its text is emptied once it is sent."""
    medium, user = Medium(sending.way), invitation.user
    language = "en" if get_language() == "en" else "zh-hans"
    channel = Channel(user=user, medium=medium, address=sending.address, language=language)
    params: dict[str, Any] = {
        "office": body_words(by) or by.name,
        "body": body_words(user),
        "page": f"{settings.SITE_URL}{sending.path}",
        "days": settings.INVITATION_DAYS,
        "whole": True,
    }
    told = Letter([], str(invitation.pk), params=params)
    return mail(medium, sending.address, INVITED, told, at=invitation.sent_at, channel=channel)
