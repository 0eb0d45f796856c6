"""Who may do what with invitations, linked accounts and colleagues, and in which state of them. What exists for someone
is said by `SCOPE`; who invites doctors, members of firms and liaison people is said by the apps of these."""

import rules

from accounts.models import User
from accounts.rules import give, is_administrator, is_county_office, is_enterprise, is_operator, is_university
from core.permissions import can_become
from core.scope import sees
from identity.account_bodies import colleagues_of
from identity.models import AccountLink, Invitation

STATUS = Invitation.Status


@rules.predicate
def is_about_its_people(user: User, invitation: Invitation | None) -> bool:
    return invitation is None or sees(user, invitation)


@rules.predicate
def is_not_there_yet(user: User, invitation: Invitation) -> bool:
    """The person cannot sign in, and this is not a link that a newer one replaced."""
    over = (STATUS.ACCEPTED, STATUS.REPLACED)
    return invitation.status not in over and not invitation.user.has_usable_password()


@rules.predicate
def needs_an_account_made_here(user: User, account: User | None) -> bool:
    """Office staff, who are invited from the table of accounts; others are invited from the pages of their bodies."""
    return account is None or account.role == User.Role.OFFICE


@rules.predicate
def is_person(user: User) -> bool:
    """A program has no second account."""
    return user.is_active and user.role != User.Role.PROGRAM


@rules.predicate
def is_of_both(user: User, link: AccountLink | None) -> bool:
    """One of the two accounts is the user's."""
    return link is None or user.pk in (link.first_id, link.second_id)


@rules.predicate
def is_colleague(user: User, other: User | None) -> bool:
    return other is None or other in colleagues_of(user)


invites = is_operator | is_administrator | is_county_office | is_enterprise | is_university
inviter = invites & is_about_its_people

for model in ("invitation", "accountlink"):
    give(f"identity.view_{model}", is_administrator)
give("identity.list_invitation", invites)
give("identity.resend_invitation", inviter, when=is_not_there_yet)
give("identity.withdraw_invitation", inviter, when=can_become(STATUS.WITHDRAWN))
for verb in ("switch", "unlink"):
    give(f"identity.{verb}_accountlink", is_person & is_of_both)
give("accounts.invite_user", is_administrator & needs_an_account_made_here)
give("accounts.dismiss_user", (is_enterprise | is_university) & is_colleague)
