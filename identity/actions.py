"""What changes accounts and tokens."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import ApiToken, Office, User


@transaction.atomic
def create_account(
    username: str,
    *,
    name: str,
    role: str,
    password: str | None,
    office: Office | None = None,
    phone: str = "",
) -> User:
    """Make an account of one role; without a password it cannot sign in until one is set."""
    user = User(username=username, name=name, role=role, office=office, phone=phone, is_staff=role == User.Role.OFFICE)
    user.set_password(password)
    user.save()
    return user


def issue_token(
    user: User,
    *,
    by: User,
    label: str,
    scope: str = ApiToken.Scope.READ,
    expires_on: date | None = None,
    key: str | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its key, which is shown once and never stored. A key is given only by the demo,
    which shows its own again."""
    key = key or ApiToken.new_key()
    token = ApiToken.objects.create(
        user=user, label=label, scope=scope, expires_on=expires_on, prefix=key[:8], digest=ApiToken.digest_of(key)
    )
    return token, key


def revoke_token(token: ApiToken, *, by: User, at: datetime) -> None:
    """End a token at once; a revoked token stays listed."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
