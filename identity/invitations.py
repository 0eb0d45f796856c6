"""Actions with which people are invited to the accounts made for them, and take these over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import By, action
from core.errors import AlreadyDone, Refused
from core.notices import notify
from core.status import lock, move
from identity.actions import change_password
from identity.links import INVITED, MEDIA, Sending, media_here, message_of
from identity.models import Invitation
from identity.notice_kinds import CAME
from outbox import post
from outbox.actions import check_address, confirm_by_link

STATUS = Invitation.Status
SENT = ledger.kind("invitation_sent", gettext_lazy("invitation sent"))
ACCEPTED = ledger.kind("invitation_accepted", gettext_lazy("invitation accepted"))
WITHDRAWN = ledger.kind("invitation_withdrawn", gettext_lazy("invitation withdrawn"))
MOST_LINKS = 5  # a day for each person, so that nobody can use this site to flood a mailbox


@dataclass(frozen=True)
class Invitee:
    """Someone who can be invited; `make` gives his account, which it makes where he has none."""

    key: int
    name: str
    body: str
    user: User | None
    make: Callable[..., User]
    mail: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one person of a list: the invitation, or why there is none."""

    invitee: Invitee
    sending: Sending
    invitation: Invitation | None
    refusal: str = ""


@action(gettext_lazy("invitation sent"))
def invite_person(user: User, *, by: User, at: datetime, sending: Sending, again: bool = False) -> Invitation:
    """Send a person the link with which he takes over the account `user`.

    An open invitation is refused, or with `again` replaced: its link is dead from then on.
    """
    lock(user)
    _check_can_be_invited(user)
    for open_one in _open(user, at):
        if not again:
            raise AlreadyDone(_is_open(open_one), code="invited")
        _end(open_one, STATUS.REPLACED, by=by, at=at)
    return _send(user, sending, by=by, at=at)


@action(gettext_lazy("invitations sent"))
def invite_many(
    people: Iterable[tuple[Invitee, Sending]], *, by: User, at: datetime, again: bool = False
) -> list[Outcome]:
    """Invite the people of a list, each by the way given; who cannot be invited is named with the reason."""
    return [_invite(invitee, sending, by=by, at=at, again=again) for invitee, sending in people]


def _invite(invitee: Invitee, sending: Sending, *, by: User, at: datetime, again: bool) -> Outcome:
    try:
        invitation = invite_new(invitee, by=by, at=at, sending=sending, again=again)
    except Refused as refusal:
        return Outcome(invitee, sending, None, refusal.message)
    return Outcome(invitee, sending, invitation)


@action(gettext_lazy("person invited"))
def invite_new(invitee: Invitee, *, by: User, at: datetime, sending: Sending, again: bool = False) -> Invitation:
    """Invite a person, and make his account if he has none."""
    return invite_person(invitee.make(by=by, at=at), by=by, at=at, sending=sending, again=again)


@action(gettext_lazy("invitation sent again"))
def resend_invitation(invitation: Invitation, *, by: User, at: datetime, sending: Sending) -> Invitation:
    """Send the person of an invitation a new link; an earlier one is dead from then on."""
    return invite_person(invitation.user, by=by, at=at, sending=sending, again=True)


@action(gettext_lazy("invitation withdrawn"))
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Make the link of an invitation dead; the account stays and can be invited again."""
    lock(invitation.user)
    _end(invitation, STATUS.WITHDRAWN, by=by, at=at)
    ledger.record(WITHDRAWN, by=by, at=at, about=invitation.user)


@action(gettext_lazy("invitations expired"))
def expire_invitations(*, by: By, at: datetime) -> int:
    """Set the invitations to expired whose time is over; return how many."""
    over = list(Invitation.objects.lapsed(at).order_by("pk"))
    for invitation in over:
        _end(invitation, STATUS.EXPIRED, by=by, at=at)
    return len(over)


@action(gettext_lazy("invitation accepted"))
def accept_invitation(invitation: Invitation, *, by: User, at: datetime, username: str, password: str) -> User:
    """Take over the account: its name for signing in and its password are set, and the link is used up.

    The address to which the link was sent is confirmed by it. Two people who accept at once: the second is refused.
    """
    user = lock(invitation.user)
    lock(invitation)
    if invitation.status == STATUS.WAITING and not invitation.is_valid(at):
        raise Refused(_("This invitation is no longer valid."), code="expired")
    move(invitation, STATUS.ACCEPTED, by=by, at=at)
    _take_over(user, username, password)
    if invitation.way in MEDIA:
        confirm_by_link(user, by=user, at=at, medium=invitation.way, address=invitation.address)
    ledger.record(ACCEPTED, by=user, at=at, about=user, way=invitation.way)
    notify([invitation.sent_by], CAME, key=str(invitation.pk), at=at, name=user.name)
    return user


def _take_over(user: User, username: str, password: str) -> None:
    name = User.normalize_username(username.strip())
    if name != user.username and (wrong := User.wrong_name(name, but=user.pk)):
        raise Refused(wrong, code="username")
    user.username = name
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="password") from error
    user.save(update_fields=["username"])
    change_password(user, by=user, password=password)


def _check_can_be_invited(user: User) -> None:
    words = {"name": user.name or user.username}
    if not user.is_active:
        raise Refused(_("The account of %(name)s is closed.") % words, code="closed")
    if user.role == User.Role.PROGRAM:
        raise Refused(_("A program signs in with a token, not with a password."), code="program")
    if user.has_usable_password():
        raise AlreadyDone(_("%(name)s can sign in already.") % words, code="has_access")


def _open(user: User, at: datetime) -> list[Invitation]:
    """The open invitation of a person; one whose time is over is set to expired."""
    kept = []
    for invitation in Invitation.objects.waiting().filter(user=user).order_by("pk"):
        if invitation.is_valid(at):
            kept.append(invitation)
        else:
            _end(invitation, STATUS.EXPIRED, by=None, at=at)
    return kept


def _is_open(invitation: Invitation) -> str:
    until = date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT")
    return _("%(name)s has an open invitation, valid until %(until)s.") % {"name": invitation.user.name, "until": until}


def _end(invitation: Invitation, to: str, *, by: By, at: datetime) -> None:
    move(invitation, to, by=by, at=at)
    post.take_back(INVITED, key=str(invitation.pk))


def _send(user: User, sending: Sending, *, by: User, at: datetime) -> Invitation:
    if sending.way in MEDIA:
        _check_sending(user, sending, at)
    invitation = Invitation.objects.create(
        user=user,
        way=sending.way,
        address=sending.address,
        digest=Invitation.digest_of(sending.key),
        sent_at=at,
        sent_by=by,
        expires_at=at + timedelta(days=settings.INVITATION_DAYS),
    )
    if sending.way in MEDIA:
        post.put([message_of(invitation, sending, by=by)])
    ledger.record(SENT, by=by, at=at, about=user, way=sending.way)
    return invitation


def _check_sending(user: User, sending: Sending, at: datetime) -> None:
    if sending.way not in media_here():
        raise Refused(_("This site cannot send invitations this way; hand the link over instead."), code="no_server")
    check_address(sending.way, sending.address)
    lately = Invitation.objects.filter(user=user, way__in=MEDIA, sent_at__gt=at - timedelta(days=1))
    if lately.count() >= MOST_LINKS:
        raise Refused(_("Enough links were sent to this person for today; try again tomorrow."), code="enough")


def open_invitations(users: Sequence[User]) -> QuerySet[Invitation]:
    """The open invitations of these people."""
    return Invitation.objects.waiting().filter(user__in=users).select_related("user")
