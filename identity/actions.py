"""What changes accounts and tokens."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy

from accounts.models import ApiToken, District, Office, User
from core.action import By, action


@action(gettext_lazy("district entered"))
def enter_district(
    code: str, *, by: By, name: str, tile: tuple[int, int], place: tuple[float, float] | None = None
) -> District:
    """Enter a county or urban district; `tile` is its place in the tile map, `place` its latitude and longitude."""
    latitude, longitude = place or (None, None)
    return District.objects.create(
        code=code, name=name, tile_x=tile[0], tile_y=tile[1], latitude=latitude, longitude=longitude
    )


@action(gettext_lazy("office opened"))
def open_office(name: str, *, by: By, kind: str, district: District | None = None) -> Office:
    """Enter an office of the city or a county, or a department that takes part."""
    return Office.objects.create(name=name, kind=kind, district=district)


@action(gettext_lazy("account made"))
def create_account(
    username: str,
    *,
    by: By,
    name: str,
    role: str,
    password: str | None,
    office: Office | None = None,
    phone: str = "",
) -> User:
    """Make an account of one role; without a password it cannot sign in until one is set.

    `by` is None for the first account of a site, which a command makes.
    """
    user = User(username=username, name=name, role=role, office=office, phone=phone, is_staff=role == User.Role.OFFICE)
    user.set_password(password)
    user.save()
    return user


@action(gettext_lazy("password changed"))
def change_password(user: User, *, by: By, password: str) -> None:
    """Set another password; history keeps that it was set, never what it is."""
    user.set_password(password)
    user.save(update_fields=["password", "password_changed_at"])


@action(gettext_lazy("token issued"))
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


@action(gettext_lazy("token revoked"))
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> None:
    """End a token at once; a revoked token stays listed."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
