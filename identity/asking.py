"""Asks for acts on accounts that need a second administrator, from the pages on which they are typed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import Office, User
from core import ledger
from core.action import action
from core.approvals import propose
from core.errors import Refused
from core.models import Proposal
from core.notices import notify
from identity.account_bodies import colleagues_of, propose_username
from identity.actions import change_password
from identity.forms import PASSWORD
from identity.handed_over import new_password
from identity.linking import undo_links
from identity.links import MEDIA, Sending
from identity.notice_kinds import PASSWORD_SET
from identity.powers.accounts import MAKE_ACCOUNT
from identity.powers.choices import CHOOSE
from identity.powers.concerned import is_of_office
from identity.powers.passwords import RESET, RESET_FACTOR
from identity.powers.tokens import TOKEN, check_is_program
from identity.second_factor.required import kinds_of
from outbox.actions import check_address

SET_BY_OFFICE = ledger.kind("password_set", gettext_lazy("password set for somebody else"))


def decides_alone(user: User) -> bool:
    """Whether this person's acts need no second one, by a recorded choice of the city's office."""
    return user.office is not None and user.office.decides_alone


def why(user: User, typed: str) -> str:
    """The reason that was typed, or that of the office's choice where one person decides alone."""
    chosen = user.office.alone_because if user.office is not None else ""
    return typed.strip() or chosen


@action(gettext_lazy("reset of a password asked for"))
def ask_for_reset(user: User, *, by: User, at: datetime, reason: str) -> Proposal:
    """Propose a new password for an account of an office."""
    if user.pk == by.pk:
        raise Refused(_("Change your own password under “My account”."), code="oneself")
    return propose(RESET, by=by, at=at, reason=why(by, reason), about=user)


@action(gettext_lazy("removal of a second factor asked for"))
def ask_to_remove_factor(user: User, *, by: User, at: datetime, reason: str) -> Proposal:
    """Propose that the second factors of an account of an office are removed, because their owner lost them."""
    if user.pk == by.pk:
        raise Refused(_("You would shut yourself out; ask a colleague to do this."), code="oneself")
    if not kinds_of(user):
        raise Refused(_("This account has no second factor."), code="none")
    return propose(RESET_FACTOR, by=by, at=at, reason=why(by, reason), about=user)


@action(gettext_lazy("account of an office asked for"))
def ask_for_account(
    account: Mapping[str, Any], *, by: User, at: datetime, reason: str, office: Office, duties: Collection[Duty]
) -> Proposal:
    """Propose an account for somebody of an office, with the addresses and the way of inviting that were typed.

    A first password is made when the proposer takes it.
    """
    sending: Sending | None = account.get("sending")
    if sending is not None and sending.way in MEDIA:
        check_address(sending.way, sending.address)
    facts: dict[str, Any] = {
        "username": account.get("username") or propose_username(account["name"]),
        "name": account["name"],
        "role": User.Role.OFFICE.value,
        "office": office.pk,
        "duties": [str(duty) for duty in duties],
        "phone": account.get("phone", ""),
        "email": account.get("email", ""),
        "way": sending.way if sending is not None else PASSWORD,
    }
    return propose(MAKE_ACCOUNT, by=by, at=at, reason=why(by, reason), **facts)


@action(gettext_lazy("token asked for"))
def ask_for_token(
    user: User, *, by: User, at: datetime, reason: str, label: str, scope: str, expires_on: date | None
) -> Proposal:
    """Propose a token for a program."""
    check_is_program(user)
    until = expires_on.isoformat() if expires_on else None
    facts: dict[str, Any] = {"label": label, "scope": scope, "expires_on": until}
    return propose(TOKEN, by=by, at=at, reason=why(by, reason), about=user, **facts)


def in_force(office: Office) -> set[str]:
    """The choices of an office that hold now."""
    return {"join" if office.duties_may_be_joined else "separate", "alone" if office.decides_alone else "two"}


@action(gettext_lazy("choice about powers asked for"))
def ask_for_choice(office: Office, *, by: User, at: datetime, choice: str, reason: str) -> Proposal:
    """Propose how the city's office separates its powers; while there is one administrator it is chosen at once."""
    if by.office_id != office.pk:
        raise Refused(_("Only the city's own office chooses this."), code="forbidden")
    if choice in in_force(Office.objects.get(pk=office.pk)):
        raise Refused(_("The office has chosen this already."), code="in_force")
    return propose(CHOOSE, by=by, at=at, reason=reason, about=office, choice=choice)


@action(gettext_lazy("password set for somebody else"))
def set_password_of(user: User, *, by: User, at: datetime) -> str:
    """Make a new password for an account outside the offices, and return it to be shown once.

    The person, and whoever acts with him, is told; the first sign-in asks for another one.
    """
    if is_of_office(user):
        raise Refused(_("A new password of an office's account is proposed; a second person decides."), code="proposed")
    password = new_password()
    change_password(user, by=by, password=password)
    undo_links(user, by=by, at=at)
    ledger.record(SET_BY_OFFICE, by=by, at=at, about=user)
    notify(colleagues_of(user), PASSWORD_SET, key=f"{user.pk}:{at.isoformat()}", at=at, name=str(user))
    return password
