"""What will happen to each person of a list who is to be invited, before anything is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from identity.access import Access, accesses, nobody
from identity.invitations import Invitee
from identity.links import Sending
from identity.models import Invitation
from outbox.actions import MOBILE
from ui.templatetags.ui_format import masked

WAY = Invitation.Way


@dataclass(frozen=True)
class Planned:
    """One person: the way and the address of the link, or no way; `words` say what will happen."""

    invitee: Invitee
    access: Access
    way: str
    address: str
    words: str

    @property
    def mail(self) -> str:
        return str(masked(self.invitee.mail))

    @property
    def phone(self) -> str:
        return str(masked(self.invitee.phone))


def plan(people: Iterable[Invitee], order: Sequence[str], *, again: bool, at: datetime) -> list[Planned]:
    """Each person gets the first way of `order` for which an address is known, and else a place on the sheet."""
    known = list(people)
    states = accesses([each.user for each in known if each.user is not None], at)
    return [_planned(each, states.get(each.user.pk) if each.user else None, order, again) for each in known]


def _planned(invitee: Invitee, access: Access | None, order: Sequence[str], again: bool) -> Planned:
    access = access or nobody()
    if not access.can_be_invited:
        return Planned(invitee, access, "", "", _("is left out: %(state)s") % {"state": access.words})
    if access.state == "invited" and not again:
        return Planned(invitee, access, "", "", _("is left out: has an open invitation"))
    addresses: dict[str, str] = {WAY.MAIL: invitee.mail, WAY.SMS: invitee.phone if is_mobile(invitee.phone) else ""}
    way = next((each for each in order if addresses[each]), WAY.SHEET.value)
    address = addresses.get(way, "")
    printed = _("has no address: stands on the printed sheet") if order else _("stands on the printed sheet")
    words = {
        WAY.MAIL.value: _("gets a mail to %(address)s") % {"address": masked(address)},
        WAY.SMS.value: _("gets an SMS to %(address)s") % {"address": masked(address)},
        WAY.SHEET.value: printed,
    }
    return Planned(invitee, access, str(way), address, words[str(way)])


def is_mobile(number: str) -> bool:
    return bool(MOBILE.fullmatch(number))


def sendings(planned: Iterable[Planned]) -> list[tuple[Invitee, Sending]]:
    """The people whom a message reaches, each with his link."""
    return [(each.invitee, Sending(each.way, each.address)) for each in planned if each.way in (WAY.MAIL, WAY.SMS)]


def in_numbers(planned: Sequence[Planned]) -> list[str]:
    """How many go where, as sentences."""
    counts: dict[str, int] = dict.fromkeys((WAY.MAIL.value, WAY.SMS.value, WAY.SHEET.value, ""), 0)
    for each in planned:
        counts[each.way] += 1
    said: dict[str, Any] = {
        WAY.MAIL.value: _("%(n)s by mail"),
        WAY.SMS.value: _("%(n)s by SMS"),
        WAY.SHEET.value: _("%(n)s on the sheet"),
        "": _("%(n)s left out"),
    }
    return [words % {"n": counts[way]} for way, words in said.items() if counts[way]]
