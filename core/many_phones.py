"""Whole phone numbers shown to one account of an office: from a number a day on a second person agrees first."""

from datetime import date, datetime
from typing import TypedDict

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import User
from core.approvals import granted, kind
from core.errors import Refused
from core.models import PhoneShown, Proposal
from core.status import lock


class OfDay(TypedDict):
    """The day for which more numbers are asked for."""

    day: str


def _will_show(proposal: Proposal) -> list[str]:
    day = date_format(date.fromisoformat(proposal.facts["day"]), "DATE_FORMAT")
    words = {"day": day, "name": proposal.proposed_by}
    return [
        _("On %(day)s %(name)s may see any number of whole phone numbers of the rows that are his to see.") % words,
        _("Each number shown stays on record."),
    ]


MANY_PHONES = kind(
    "many_phones",
    gettext_lazy("See many phone numbers"),
    facts=OfDay,
    decides=Duty.OPERATOR,
    describe=_will_show,
)


def check_not_many(row: models.Model, *, by: User, at: datetime) -> None:
    """Refuse a further number to somebody of an office who saw as many as one may see on a day."""
    if by.role != User.Role.OFFICE:
        return
    lock(User.objects.get(pk=by.pk))  # of two requests at once the second counts what the first showed
    day = timezone.localdate(at)
    shown = set(PhoneShown.objects.filter(by=by, at__date=day).values_list("kind", "key"))
    if len(shown) < settings.PHONES_A_DAY or (row._meta.label_lower, str(row.pk)) in shown:
        return
    if granted(MANY_PHONES, by=by, at=at, day=day.isoformat()) is None:
        words = {"count": settings.PHONES_A_DAY}
        raise Refused(
            _("You saw %(count)s phone numbers today. For more, ask a second person under “Approvals”.") % words,
            code="many_phones",
        )
