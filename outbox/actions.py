"""Actions with which a user decides where messages to him are sent, and which kinds."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.errors import Refused
from core.notices import notify, sentence
from core.status import lock
from outbox import post
from outbox.carriers import is_set_up
from outbox.confirming import MOST_TRIES, VALID, code_of, is_right
from outbox.kinds import kind, kinds_for
from outbox.models import Channel, Mail, Medium, Preference

CODE = kind(
    "address_code",
    gettext_lazy("Codes that confirm an address"),
    for_whom=lambda user: False,
    useful_for=VALID,
    secret=True,
)
CHANGED = sentence(
    "address_changed",
    gettext_lazy(
        "The address to which you were sent messages (%(medium)s) was changed or removed. If it was not you, change"
        " your password and tell the talent office."
    ),
    medium=Medium,
)
MOBILE = re.compile(r"1[3-9][0-9]{9}")
MOST_CODES = 5  # a day for each user, so that nobody can use this site to flood a mailbox


@action(gettext_lazy("address for messages given"))
def give_address(user: User, *, by: User, at: datetime, medium: str, address: str, language: str) -> Channel:
    """Store a user's mail address or mobile number and send a code to it.

    Until the user confirms the address with the code, nothing else is sent to it. He is told that another one is gone.
    """
    check_address(medium, address)
    lock(user)
    _check_room(user, at)
    before = Channel.objects.confirmed().filter(user=user, medium=medium).exclude(address=address)
    if before.exists():
        notify([user], CHANGED, key=f"{medium}:{at.timestamp()}", at=at, medium=medium)
    facts = {"address": address, "language": language, "asked_at": at, "tries": 0, "confirmed_at": None}
    channel, _made = Channel.objects.update_or_create(user=user, medium=medium, defaults=facts)
    told = post.Letter([], f"{channel.pk}:{at.timestamp()}", params={"code": code_of(channel)})
    post.put([post.mail(medium, address, CODE, told, at=at, channel=channel)])
    return channel


def check_address(medium: str, address: str) -> None:
    """Raise Refused if nothing can be sent by this medium, or if this is no address of it."""
    if not is_set_up(medium):
        raise Refused(_("This site cannot send messages this way yet."), code="no_server")
    if medium == Medium.SMS:
        if not MOBILE.fullmatch(address):
            raise Refused(_("Write a mobile number of eleven digits."), code="no_address")
        return
    try:
        post.validate(address)
    except ValueError:
        raise Refused(_("Write a mail address, such as name@example.org."), code="no_address") from None


def _check_room(user: User, at: datetime) -> None:
    lately = Mail.objects.filter(user=user, kind=CODE, queued_at__gt=at - timedelta(days=1))
    if lately.count() >= MOST_CODES:
        raise Refused(_("Enough codes were sent for today; try again tomorrow."), code="enough")


@action(gettext_lazy("address for messages confirmed"))
def confirm_address(channel: Channel, *, by: User, at: datetime, code: str) -> bool:
    """Confirm an address if this is the code that was sent to it; return whether it is. Each try is counted."""
    lock(channel)
    if channel.confirmed_at is not None:
        return True
    if channel.tries >= MOST_TRIES:
        return False
    right = is_right(channel, code, at=at)
    channel.tries += 1
    channel.confirmed_at = at if right else None
    channel.save(update_fields=["tries", "confirmed_at"])
    return right


@action(gettext_lazy("address for messages confirmed by a link"))
def confirm_by_link(user: User, *, by: User, at: datetime, medium: str, address: str) -> Channel:
    """Store an address of a user as confirmed, because he opened the link that was sent to it and to nobody else."""
    facts = {"address": address, "asked_at": at, "tries": 0, "confirmed_at": at}
    channel, _made = Channel.objects.update_or_create(user=user, medium=medium, defaults=facts)
    return channel


@action(gettext_lazy("address for messages removed"))
def remove_address(channel: Channel, *, by: User, at: datetime) -> None:
    """Remove an address; messages to it that are not sent yet are withdrawn, and the user is told."""
    lock(channel)
    if channel.confirmed_at is not None:
        notify([channel.user], CHANGED, key=f"{channel.medium}:{at.timestamp()}", at=at, medium=channel.medium)
    post.withdraw(Mail.objects.filter(user=channel.user_id, medium=channel.medium))
    channel.delete()


@action(gettext_lazy("messages chosen"))
def choose_messages(user: User, *, by: User, language: str, chosen: Mapping[str, Iterable[str]]) -> None:
    """Store which kinds of messages a user wants by mail and by SMS; `chosen` gives the media of each kind."""
    lock(user)
    rows = [
        Preference(user=user, kind=each.name, mail=Medium.MAIL in media, sms=Medium.SMS in media)
        for each in kinds_for(user)
        for media in [set(chosen.get(each.name, ()))]
    ]
    known = {row.kind: row for row in Preference.objects.filter(user=user)}
    for row in rows:
        old = known.get(row.kind)
        if old is None:
            row.save()
        elif (old.mail, old.sms) != (row.mail, row.sms):
            old.mail, old.sms = row.mail, row.sms
            old.save(update_fields=["mail", "sms"])
    for channel in Channel.objects.filter(user=user).exclude(language=language):
        channel.language = language
        channel.save(update_fields=["language"])
