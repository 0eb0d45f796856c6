"""Showing a whole phone number is an act: who saw it, whose it is, when, and from where the person asked."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.errors import Refused
from core.models import PhoneShown
from core.permissions import may
from core.scope import sees

# Under which names a row keeps a phone number.
FIELDS = ("contact_phone", "phone")


@action(gettext_lazy("phone number shown"))
def reveal_phone(obj: models.Model, *, by: User, at: datetime, address: str) -> str:
    """The whole phone number of a row, for someone whose business it is; that it was shown is kept."""
    if not (sees(by, obj) and may(by, "reveal", obj)):
        raise Refused(_("This phone number is not yours to see."), code="forbidden")
    name = next(name for name in FIELDS if hasattr(obj, name))
    PhoneShown.objects.create(
        by=by, kind=obj._meta.label_lower, key=str(obj.pk), whose=str(obj)[:200], at=at, address=address
    )
    number: str = getattr(obj, name)
    return number


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the peer, or what our own proxy says of it (the last entry; others can be forged)."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.TRUST_PROXY else ""
    return (told or peer)[:45]
