"""What the tables of accounts and of signing in store of a person; an erased account can never sign in again."""

from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ApiToken, User
from core.action import By
from core.personal_data import Becomes, Subject, blocks, holds, mentions, on_erasing, unneeded
from identity.models import AccountLink, Invitation, PasswordReset
from identity.sessions import end_sessions

ACCOUNT = "accounts.user"
holds(
    User,
    pgettext_lazy("personal data", "Account"),
    {ACCOUNT: "pk"},
    shown=(
        "username", "name", "role", "office", "phone", "email", "is_active", "date_joined", "last_login",
        "password_changed_at",
    ),
    identifies=("name", "phone", "email"),
    becomes={
        "username": Becomes.KEY,
        "name_key": Becomes.KEY,
        "name": Becomes.NAME,
        "pinyin": Becomes.PINYIN,
        "phone": Becomes.EMPTY,
        "email": Becomes.EMPTY,
    },
    order=0,
)  # fmt: skip
holds(
    ApiToken,
    _("API tokens"),
    {ACCOUNT: "user"},
    shown=("label", "prefix", "scope", "created_at", "expires_on", "revoked_at", "last_used_on"),
    becomes={"label": Becomes.REMOVED},
    order=80,
)
mentions(LogEntry, "object_repr", "change_message")
holds(
    Invitation,
    _("Invitations"),
    {ACCOUNT: "user"},
    shown=("way", "address", "sent_at", "status"),
    identifies=("address",),
    becomes={"address": Becomes.EMPTY},
    order=81,
)
holds(AccountLink, _("Linked accounts"), {ACCOUNT: "first"}, shown=("second", "linked_at"), removed=True, order=82)
holds(AccountLink, _("Linked accounts"), {ACCOUNT: "second"}, shown=("first", "linked_at"), removed=True, order=82)
holds(
    UserSession,
    _("Devices on which you are signed in"),
    {ACCOUNT: "user"},
    shown=(
        ("ip", _("Network address")),
        ("user_agent", _("Device")),
        ("created_at", _("Signed in")),
        ("last_seen_at", _("Last used")),
    ),
    removed=True,
    order=83,
)
holds(Authenticator, _("Second factors"), {ACCOUNT: "user"}, shown=("type", "created_at", "last_used_at"), removed=True)
holds(SocialAccount, _("Sign-in services"), {ACCOUNT: "user"}, shown=("provider", "date_joined"), removed=True)
holds(EmailAddress, _("Mail addresses"), {ACCOUNT: "user"}, shown=("email",), removed=True)
holds(PasswordReset, _("Codes for a new password"), {ACCOUNT: "user"}, shown=("medium", "asked_at"), removed=True)


@on_erasing
def shut(*, subjects: Sequence[Subject], by: By, at: datetime, **_named: object) -> None:
    """End the sessions of the account, revoke its tokens, and take its password and its name away."""
    for user in User.objects.filter(pk__in=[each.key for each in subjects if each.kind == ACCOUNT]):
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=at)
        user.set_unusable_password()
        user.is_active, user.is_staff, user.is_superuser = False, False, False
        user.save(update_fields=["password", "password_changed_at", "is_active", "is_staff", "is_superuser"])
        end_sessions(user)


@blocks
def last_of_the_office(subjects: Sequence[Subject]) -> list[str]:
    """Somebody of the city office must remain."""
    keys = [each.key for each in subjects if each.kind == ACCOUNT]
    others = User.objects.of_city_office().exclude(pk__in=keys)
    if User.objects.of_city_office().filter(pk__in=keys).exists() and not others.exists():
        return [str(_("Nobody else is left in the city talent office; make an account for a colleague first."))]
    return []


@unneeded("unused_accounts", _("Nobody has signed in with this account for years."))
def unused_accounts(before: datetime) -> QuerySet[User]:
    """Accounts of persons with which nobody has signed in since, that are not erased."""
    used = Q(last_login__gte=before) | Q(last_login=None, date_joined__gte=before)
    return User.objects.exclude(used).exclude(role=User.Role.PROGRAM).exclude(phone="", email="", is_active=False)
