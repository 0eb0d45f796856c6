"""The account that a proposal is about, and who is told about the act."""

from django.utils.translation import gettext as _

from accounts.models import User
from core.approvals import row_of
from core.errors import Refused
from core.models import Proposal
from identity.account_bodies import colleagues_of


def account_of(proposal: Proposal) -> User:
    """The account that a proposal is about; raise Refused if it was removed."""
    user = row_of(proposal)
    if not isinstance(user, User):
        raise Refused(_("The account was removed meanwhile."), code="gone")
    return user


def is_of_office(user: User) -> bool:
    """Whether a new password of this account needs a second administrator."""
    return user.role == User.Role.OFFICE


def told(proposal: Proposal) -> list[User]:
    """The person concerned; for an account of an enterprise or university everybody who acts for it."""
    user = row_of(proposal)
    return colleagues_of(user) if isinstance(user, User) else []
