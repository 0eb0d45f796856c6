"""A new password by a code that is sent to a confirmed address: asked for, sent, used."""

import secrets
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import jobs, ledger
from core.action import By, action
from core.clients import counted_as
from core.errors import Refused
from core.notices import notify, sentence
from core.status import lock
from identity.actions import change_password
from identity.linking import undo_links
from identity.models import PasswordReset
from identity.sessions import end_sessions
from outbox import post
from outbox.kinds import kind
from outbox.models import Channel

SEND = "send_reset_codes"
CODE = kind(
    "reset_code",
    gettext_lazy("Codes for a new password"),
    for_whom=lambda user: False,
    useful_for=PasswordReset.VALID,
    secret=True,
)
CODE_SENT = ledger.kind("password_reset_sent", gettext_lazy("code for a new password sent"))
SET_BY_CODE = ledger.kind("password_reset", gettext_lazy("password set by a code"))
DONE = sentence(
    "password_reset",
    gettext_lazy(
        "Your password was set anew by a code that was sent to you. If it was not you, tell the talent office."
    ),
)
# Codes that one account is sent, and codes that one address asks for; more are not sent.
MOST_AN_HOUR, MOST_A_DAY, MOST_FROM_ADDRESS = 5, 10, 30


@action(gettext_lazy("code for a new password asked for"))
def ask_for_code(typed: str, *, by: By, at: datetime, medium: str, address: str) -> PasswordReset:
    """Store that somebody asks for a code for this user name; whether there is such an account is not looked up."""
    source = counted_as(address)
    lately = PasswordReset.objects.filter(asked_from=source, asked_at__gt=at - timedelta(hours=1))
    if source and lately.count() >= MOST_FROM_ADDRESS:
        raise Refused(_("Too many codes were asked for from here; try again in an hour."), code="enough")
    row = PasswordReset.objects.create(typed=typed, medium=medium, asked_at=at, asked_from=source)
    jobs.enqueue(SEND, "now", by=None, at=at)
    return row


def send_codes() -> int:
    """Send the codes that were asked for; return how many rows were answered."""
    rows = list(PasswordReset.objects.unanswered().order_by("pk"))
    for row in rows:
        answer(row, by=None)
    return len(rows)


@action(gettext_lazy("code for a new password sent"))
def answer(row: PasswordReset, *, by: By) -> None:
    """Look for the account and send the code to its confirmed address of this medium, if there is one."""
    lock(row)
    channel = _channel(row)
    row.typed = ""
    if channel is not None:
        code = f"{secrets.randbelow(1_000_000):06d}"
        row.user, row.digest = channel.user, _digest(row, code)
        told = post.Letter([], f"{row.pk}", params={"code": code, "username": channel.user.username})
        post.put([post.mail(channel.medium, channel.address, CODE, told, at=row.asked_at, channel=channel)])
        ledger.record(CODE_SENT, by=None, about=channel.user, medium=row.medium)
    row.save()


def _channel(row: PasswordReset) -> Channel | None:
    """The address to which the code goes: none for an unknown name, or if enough codes were sent to the account."""
    people = Channel.objects.confirmed().filter(medium=row.medium, user__username=row.typed, user__is_active=True)
    channel = people.exclude(user__role=User.Role.PROGRAM).select_related("user").first()
    if channel is None:
        return None
    sent = PasswordReset.objects.filter(user=channel.user)
    hour = sent.filter(asked_at__gt=row.asked_at - timedelta(hours=1)).count()
    day = sent.filter(asked_at__gt=row.asked_at - timedelta(days=1)).count()
    return channel if hour < MOST_AN_HOUR and day < MOST_A_DAY else None


def _digest(row: PasswordReset, code: str) -> str:
    return salted_hmac("identity.reset", f"{row.pk}:{code}", algorithm="sha256").hexdigest()


@action(gettext_lazy("code for a new password tried"))
def try_code(row: PasswordReset, *, by: By, at: datetime, code: str) -> bool:
    """Count a try of a code and return whether it is right; without an account the same is computed."""
    lock(row)
    right = constant_time_compare(_digest(row, code.strip()), row.digest) and row.user is not None
    opened = row.is_open(at)
    row.tries += 1
    row.save(update_fields=["tries"])
    return right and opened


@action(gettext_lazy("password set by a code"))
def reset_password(row: PasswordReset, *, by: User, at: datetime, password: str) -> None:
    """Set the password of the account after the right code; all its sessions and links end, and its owner is told."""
    lock(row)
    if row.used_at is not None or not row.digest:
        raise Refused(_("This code was used already."), code="used")
    if not lock(by).is_active:
        raise Refused(_("The account was closed meanwhile."), code="closed")
    row.used_at = at
    row.save(update_fields=["used_at"])
    change_password(by, by=by, password=password)
    end_sessions(by)
    undo_links(by, by=by, at=at)
    ledger.record(SET_BY_CODE, by=by, about=by, at=at)
    notify([by], DONE, key=f"{row.pk}", at=at)
