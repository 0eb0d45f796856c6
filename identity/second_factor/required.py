"""For whom a second factor is required, and whether a session has proved one."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from core.scope import OF_DUTY, Body, bodies_of


def is_required_for(user: User) -> bool:
    """Whether SECOND_FACTOR names a body this user acts for; a program signs in on no page.

    "city" names everybody of the city's office, whatever his duties; "administrator" and "auditor" only those.
    """
    if user.role == User.Role.PROGRAM:
        return False
    named = set(settings.SECOND_FACTOR)
    if Body.CITY in named:
        named |= set(OF_DUTY.values())
    return not named.isdisjoint(bodies_of(user))


def is_proved(request: HttpRequest, user: User) -> bool:
    """Whether this user gave a second factor of his own in this session, or set one up in it.

    After a switch the session still holds what was given for the other account; that does not count here.
    """
    records = get_authentication_records(request, user)
    given = [record.get("id") for record in records if record.get("method") == "mfa"]
    return bool(given) and Authenticator.objects.filter(user=user, pk__in=given).exists()


def is_missing(request: HttpRequest) -> bool:
    """Whether the user of this session has to give a second factor before anything else."""
    user = request.user
    if not settings.SECOND_FACTOR or not isinstance(user, User):
        return False
    return is_required_for(user) and not is_proved(request, user)


def kinds_of(user: User) -> set[str]:
    """Which kinds of second factor a user has set up; recovery codes alone are none."""
    found = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(found.values_list("type", flat=True))


def page_for(user: User) -> str:
    """The page to which a user is led who has to give a second factor: where he gives it, or where he sets one up."""
    kinds = kinds_of(user)
    if Authenticator.Type.TOTP in kinds:
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if kinds else "mfa_index"
