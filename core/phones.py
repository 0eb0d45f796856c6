"""The action that shows a whole phone number and keeps who saw it, whose it is, when, and from which address."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import ledger
from core.action import action
from core.errors import Refused
from core.many_phones import check_not_many
from core.models import PhoneShown
from core.permissions import may
from core.scope import sees

# The names that fields with a phone number have.
FIELDS = ("contact_phone", "phone")
PHONE_SHOWN = ledger.kind("phone_shown", gettext_lazy("phone number shown"))


@action(gettext_lazy("phone number shown"))
def reveal_phone(obj: models.Model, *, by: User, at: datetime, address: str) -> str:
    """Return the whole phone number of a row to someone who may `reveal` it, and keep that it was shown."""
    if not (sees(by, obj) and may(by, "reveal", obj)):
        raise Refused(_("This phone number is not yours to see."), code="forbidden")
    check_not_many(obj, by=by, at=at)
    name = next(name for name in FIELDS if hasattr(obj, name))
    PhoneShown.objects.create(
        by=by, kind=obj._meta.label_lower, key=str(obj.pk), whose=str(obj)[:200], at=at, address=address
    )
    ledger.record(PHONE_SHOWN, by=by, at=at, about=obj)
    number: str = getattr(obj, name)
    return number
