"""Actions that change districts, offices, accounts and tokens."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import FIELDS, Duty
from accounts.models import ApiToken, District, Office, User
from accounts.rules import is_administrator
from core import ledger
from core.action import By, action
from core.edits import lock_version, write_facts
from core.errors import Refused
from core.notices import notify, sentence
from core.status import lock
from identity.account_bodies import BOUND
from identity.duties import check_duties, check_somebody_administers
from identity.guessing import forget_account
from identity.models import PasswordReset
from identity.sessions import end_sessions

FACTOR_RESET = ledger.kind("second_factor_reset", gettext_lazy("second factor removed by the office"))
RESET = sentence(
    "second_factor_reset",
    gettext_lazy(
        "The talent office removed the second factor of your account. If you did not ask for it, tell the office."
    ),
)

PASSWORD_CHANGED = ledger.kind("password_changed", gettext_lazy("password changed"))
ACCOUNT_MADE = ledger.kind("account_made", gettext_lazy("account made"))
ACCOUNT_CHANGED = ledger.kind("account_changed", gettext_lazy("powers of an account changed"))
ACCOUNT_REMOVED = ledger.kind("account_removed", gettext_lazy("account removed"))
TOKEN_ISSUED = ledger.kind("token_issued", gettext_lazy("token issued"))
TOKEN_REVOKED = ledger.kind("token_revoked", gettext_lazy("token revoked"))
# The fields of an account that say what it may do, and who it is when it signs in.
POWERS = ("username", "role", "office_id", "is_active")


@action(gettext_lazy("district entered"))
def enter_district(
    code: str, *, by: By, name: str, tile: tuple[int, int], place: tuple[float, float] | None = None
) -> District:
    """Enter a county or urban district.

    `tile` is its column and row in the tile map, `place` the latitude and longitude of its centre.
    """
    latitude, longitude = place or (None, None)
    return District.objects.create(
        code=code, name=name, tile_x=tile[0], tile_y=tile[1], latitude=latitude, longitude=longitude
    )


@action(gettext_lazy("office opened"))
def open_office(name: str, *, by: By, kind: str, district: District | None = None) -> Office:
    """Enter a talent office of the city or of a county, or a department that takes part."""
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
    email: str = "",
    handed_over: bool = True,
    duties: Collection[Duty] = (),
) -> User:
    """Make an account with one role; without a password nobody can sign in with it until one is set.

    A password that is `handed_over` is changed by its user at the first sign-in. An account of the city's office is an
    operator if no duties are named. `by` is None for the first account of a site, which the command `createoffice`
    makes. A name that looks like that of another account is refused.
    """
    username = User.normalize_username(username.strip())
    if wrong := User.wrong_name(username):
        raise Refused(wrong, code="username")
    facts = {"name": name, "role": role, "office": office, "phone": phone, "email": email}
    user = User(username=username, is_staff=role == User.Role.OFFICE, **facts)
    for duty, field in FIELDS.items():
        setattr(user, field, duty in (duties or (Duty.OPERATOR,)))
    check_duties(user)
    user.set_password(password)
    user.password_is_handed_over = handed_over and password is not None
    user.save()
    ledger.record(ACCOUNT_MADE, by=by, about=user, role=role, password=password is not None)
    return user


@action(gettext_lazy("password changed"))
def change_password(user: User, *, by: By, password: str | None) -> None:
    """Set the password of a user; with None the user can no longer sign in with a password.

    The history keeps the moment at which the password was set, never the password or its hash. One that somebody else
    set is changed by the user at the next sign-in. Delays after wrong passwords end with the old password, and so does
    every code that was sent for a new one.
    """
    lock(user)
    user.set_password(password)
    user.password_is_handed_over = password is not None and (by is None or by.pk != user.pk)
    user.save(update_fields=["password", "password_changed_at", "password_is_handed_over"])
    forget_account(user.username)
    PasswordReset.objects.filter(user=user).exclude(digest="").update(digest="")
    ledger.record(PASSWORD_CHANGED, by=by, about=user, own=by is not None and by.pk == user.pk, taken=password is None)


@action(gettext_lazy("second factor removed by the office"))
def reset_second_factor(user: User, *, by: User, at: datetime) -> None:
    """Remove all second factors of a user who lost them; his sessions end, and he is told.

    Refused to a user for himself: he removes one on his own page, where it is asked for once more.
    """
    if user.pk == by.pk:
        raise Refused(_("You would shut yourself out; ask a colleague to do this."), code="oneself")
    lock(user)
    removed, _tables = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refused(_("This account has no second factor."), code="none")
    user.second_factor_changed_at = at
    user.save(update_fields=["second_factor_changed_at"])
    end_sessions(user)
    ledger.record(FACTOR_RESET, by=by, at=at, about=user)
    notify([user], RESET, key=f"{at.timestamp()}", at=at)


@action(gettext_lazy("token issued"))
def issue_token(
    user: User,
    *,
    by: User,
    at: datetime | None = None,
    label: str,
    scope: str = ApiToken.Scope.READ,
    expires_on: date | None = None,
    key: str | None = None,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its key. The key is shown once, or to nobody, and never stored.

    Only the demo gives a `key`, because it shows the same keys again.
    """
    key = key or ApiToken.new_key()
    token = ApiToken.objects.create(
        user=user, label=label, scope=scope, expires_on=expires_on, prefix=key[:8], digest=ApiToken.digest_of(key)
    )
    ledger.record(
        TOKEN_ISSUED, by=by, at=at, about=token, account=user.pk, scope=scope, until=str(expires_on or "")
    )  # fmt: skip
    return token, key


@action(gettext_lazy("token revoked"))
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> None:
    """Revoke a token at once; its row stays in the list."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        ledger.record(TOKEN_REVOKED, by=by, at=at, about=token, account=token.user_id)


# -- Edits and removals ------------------------------------------------------------------------------------------


@action(gettext_lazy("district edited"))
def edit_district(
    district: District, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> District:
    """Correct a district; its code cannot be changed, because other rows refer to it."""
    return _edit(district, facts, version)


@action(gettext_lazy("district removed"))
def remove_district(district: District, *, by: User, at: datetime) -> None:
    """Remove a district that no other row refers to."""
    _remove(district)


@action(gettext_lazy("office edited"))
def edit_office(
    office: Office, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> Office:
    """Correct an office."""
    return _edit(office, facts, version)


@action(gettext_lazy("office removed"))
def remove_office(office: Office, *, by: User, at: datetime) -> None:
    """Remove an office that no other row refers to."""
    _remove(office)


@action(gettext_lazy("account edited"))
def edit_account(user: User, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> User:
    """Correct an account; nobody may change their own role or duties or make their own account inactive.

    The role alone decides `is_staff`, that is, who may open the office's site. The sessions of the account end when its
    role, office or duties change or it is closed.
    """
    lock_version(user, version)
    role, username, duties, administered = user.role, user.username, user.duties, is_administrator(user)
    before = {name: getattr(user, name) for name in POWERS}
    powers = _powers(user)
    write_facts(user, facts)
    _check_edit(user, role, username)
    if user.pk == by.pk and ((user.role, user.duties) != (role, duties) or not user.is_active):
        raise Refused(_("You would shut yourself out; ask a colleague to do this."), code="oneself")
    check_duties(user)
    if administered and not is_administrator(user):
        check_somebody_administers(but=user)
    user.is_staff = user.role == User.Role.OFFICE
    user.save()
    if _powers(user) != powers:
        end_sessions(user)
    if changed := [name for name in POWERS if getattr(user, name) != before[name]]:
        ledger.record(ACCOUNT_CHANGED, by=by, at=at, about=user, changed=", ".join(changed), active=user.is_active)
    return user


def _powers(user: User) -> tuple[Any, ...]:
    return user.role, user.office_id, user.duties, user.is_active


def _check_edit(user: User, role: str, username: str) -> None:
    """An account keeps its kind, because its body goes with it, and gets no name that looks like another's."""
    if user.role != role and BOUND & {user.role, role}:
        words = _("The role of this account goes with the body it acts for; make a second account instead.")
        raise Refused(words, code="bound")
    if user.username != username and (wrong := User.wrong_name(user.username, but=user.pk)):
        raise Refused(wrong, code="username")


@action(gettext_lazy("account removed"))
def remove_account(user: User, *, by: User, at: datetime) -> None:
    """Remove an account that no other row refers to; an account that has acted can only be made inactive."""
    if user.pk == by.pk:
        raise Refused(_("You would shut yourself out; ask a colleague to do this."), code="oneself")
    if is_administrator(user):
        check_somebody_administers(but=user)
    if user.administers and user.last_login is not None:
        raise Refused(_("An administrator who has signed in stays on record; close the account instead."), code="stays")
    ledger.record(ACCOUNT_REMOVED, by=by, at=at, about=user)
    _remove(user)


R = TypeVar("R", District, Office)


def _edit(row: R, facts: Mapping[str, Any], version: str | None) -> R:
    lock_version(row, version)
    write_facts(row, facts)
    row.save()
    return row


def _remove(row: District | Office | User) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused(_("“%(name)s” is named by other records and stays.") % {"name": row}, code="named") from error


@action(gettext_lazy("account written by a command"))
def by_command(write: Callable[[], Any], *, by: By) -> Any:
    """Run `write`, which is a command of Django that writes accounts; the history names the command."""
    return write()
