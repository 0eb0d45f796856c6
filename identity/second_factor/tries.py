"""Bounds for guessing codes: few tries in five minutes, and no code twice, whichever process is asked."""

import time

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

MOST_TRIES, WITHIN = 5, 300.0
# A code of an authenticator app is right for so many seconds at most, with the tolerance for wrong clocks.
CODE_LASTS = 90.0


def _codes(user: User) -> QuerySet[Authenticator]:
    """The rows of a user's second factors that are given as a code, locked; the first one keeps the tries."""
    found: QuerySet[Authenticator] = Authenticator.objects.select_for_update().filter(user=user)
    return found.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")


@transaction.atomic
def take_try(user: User) -> bool:
    """Count a try before it is made; False if there were too many lately."""
    row = _codes(user).first()
    if row is None:
        return True
    now = time.time()
    lately = [moment for moment in row.data.get("tries", []) if moment > now - WITHIN]
    if len(lately) >= MOST_TRIES:
        return False
    row.data["tries"] = [*lately, now]
    row.save(update_fields=["data"])
    return True


@transaction.atomic
def use_code(user: User, code: str) -> bool:
    """Store that this right code was used and forget the tries; False if it was used before."""
    row = _codes(user).first()
    if row is None:
        return False
    now, digest = time.time(), salted_hmac("identity.used_code", f"{user.pk}:{code}").hexdigest()
    last, until = row.data.get("used", ("", 0.0))
    if until > now and constant_time_compare(last, digest):
        return False
    row.data.update(tries=[], used=[digest, now + CODE_LASTS])
    row.save(update_fields=["data"])
    return True
