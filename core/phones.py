"""The action that shows a whole phone number and keeps who saw it, whose it is, when, and from which address."""

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

# The names that fields with a phone number have.
FIELDS = ("contact_phone", "phone")


@action(gettext_lazy("phone number shown"))
def reveal_phone(obj: models.Model, *, by: User, at: datetime, address: str) -> str:
    """Return the whole phone number of a row to someone who may `reveal` it, and write a row of PhoneShown."""
    if not (sees(by, obj) and may(by, "reveal", obj)):
        raise Refused(_("This phone number is not yours to see."), code="forbidden")
    name = next(name for name in FIELDS if hasattr(obj, name))
    PhoneShown.objects.create(
        by=by, kind=obj._meta.label_lower, key=str(obj.pk), whose=str(obj)[:200], at=at, address=address
    )
    number: str = getattr(obj, name)
    return number


def address_of(request: HttpRequest) -> str:
    """The network address of a request's sender: of the peer, or as our proxy gives it.

    Of X-Forwarded-For only the last entry is used; the others can be forged.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.TRUST_PROXY else ""
    return (told or peer)[:45]
