"""Resets of passwords and removals of second factors of office accounts."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import User
from core.approvals import kind
from core.errors import Refused
from core.models import Proposal
from core.shapes import Nothing
from identity.actions import change_password, reset_second_factor
from identity.handed_over import new_password
from identity.linking import undo_links
from identity.powers.concerned import account_of, told


def _will_reset(proposal: Proposal) -> list[str]:
    return [
        _("The present password of “%(name)s” ends, and every session with it.") % {"name": proposal.about_name},
        _("A new password is shown once to whoever proposed this, to be handed over."),
        _("The person is told."),
    ]


def _reset(proposal: Proposal, *, by: User, at: datetime) -> None:
    user = account_of(proposal)
    if not user.is_active:
        raise Refused(_("The account was closed meanwhile."), code="closed")
    change_password(user, by=by, password=None)
    undo_links(user, by=by, at=at)


def hand_over(proposal: Proposal, *, by: User, at: datetime) -> str:
    user = account_of(proposal)
    if user.has_usable_password():
        raise Refused(_("The person has set a password meanwhile; it stays."), code="set_meanwhile")
    password = new_password()
    change_password(user, by=by, password=password)
    return password


RESET = kind(
    "reset_password",
    gettext_lazy("Reset a password"),
    facts=Nothing,
    decides=Duty.ADMINISTRATOR,
    describe=_will_reset,
    carry_out=_reset,
    concerned=told,
    take=hand_over,
    take_within=timedelta(days=3),
)


def _will_remove_factor(proposal: Proposal) -> list[str]:
    return [
        _("All second factors of “%(name)s” end, and every session with them.") % {"name": proposal.about_name},
        _("Whoever has the password sets up a new one at the next sign-in."),
        _("The person is told."),
    ]


def _remove_factor(proposal: Proposal, *, by: User, at: datetime) -> None:
    reset_second_factor(account_of(proposal), by=by, at=at)


RESET_FACTOR = kind(
    "reset_second_factor",
    gettext_lazy("Remove a second factor"),
    facts=Nothing,
    decides=Duty.ADMINISTRATOR,
    describe=_will_remove_factor,
    carry_out=_remove_factor,
)
