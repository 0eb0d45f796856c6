"""What the city's office decides about duties: who has which, and whether one account may have several."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import FIELDS
from accounts.models import Office, User
from core import ledger
from core.action import By, action
from core.errors import Refused
from core.status import lock

DUTIES_CHANGED = ledger.kind("duties_changed", gettext_lazy("duties changed"))


def check_duties(user: User) -> None:
    """Raise Refused unless the duties of an account that is about to be written go with its role and office."""
    if not user.is_city_office:
        for field in FIELDS.values():
            setattr(user, field, False)
        return
    if not user.duties:
        raise Refused(_("Choose at least one duty: somebody of the city's office has one."), code="no_duty")
    if len(user.duties) > 1 and user.office is not None and not user.office.duties_may_be_joined:
        words = _("One account has one duty here. Give the person a second account, or record that duties are joined.")
        raise Refused(words, code="duties_joined")


def check_somebody_administers(but: User) -> None:
    """Raise Refused if without the account `but` no administrator could sign in any more; lock the others' rows."""
    others = User.objects.administrators().exclude(pk=but.pk).order_by("pk")
    if not others.select_for_update(of=("self",), no_key=True).exists():
        raise Refused(_("Nobody else manages accounts. Give another account this duty first."), code="last_one")


@action(gettext_lazy("duties joined"))
def join_duties(office: Office, *, by: By, at: datetime, reason: str) -> Office:
    """Allow accounts of the city's office to have several duties; small offices need it."""
    lock(office)
    if office.kind != Office.Kind.CITY:
        raise Refused(_("Only the city's office has duties."), code="no_city")
    office.duties_may_be_joined, office.joined_because = True, reason.strip()
    office.save(update_fields=["duties_may_be_joined", "joined_because"])
    return office


@action(gettext_lazy("duties separated"))
def separate_duties(office: Office, *, by: By, at: datetime) -> Office:
    """Let each account have a single duty from now on; refused while accounts have several."""
    lock(office)
    joined = [user for user in User.objects.filter(office=office).order_by("pk") if len(user.duties) > 1]
    if joined:
        names = "、".join(str(user) for user in joined)
        raise Refused(_("These accounts still have several duties: %(names)s.") % {"names": names}, code="still_joined")
    office.duties_may_be_joined, office.joined_because = False, ""
    office.save(update_fields=["duties_may_be_joined", "joined_because"])
    return office
