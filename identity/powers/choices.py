"""What the city's office chooses about its powers: joined duties, and whether one person decides alone."""

from datetime import datetime
from typing import Any, TypedDict

from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.duties import Duty
from accounts.models import User
from core import ledger
from core.approvals import kind
from core.models import Proposal
from identity.duties import DUTIES_CHANGED, join_duties, separate_duties

CHOICES: dict[str, Any] = {
    "join": gettext_lazy("One account of the city's office may have several duties."),
    "separate": gettext_lazy("One account of the city's office has one duty."),
    "alone": gettext_lazy("What needs a second person is decided by one person alone, and stays on record so."),
    "two": gettext_lazy("What needs a second person is decided by a second person."),
}


class Choice(TypedDict):
    """What the city's office chooses about its powers."""

    choice: str


def _will_choose(proposal: Proposal) -> list[str]:
    return [str(CHOICES[proposal.facts["choice"]])]


def _choose(proposal: Proposal, *, by: User, at: datetime) -> None:
    office, choice = proposal.office, proposal.facts["choice"]
    if choice == "join":
        join_duties(office, by=by, at=at, reason=proposal.reason)
    elif choice == "separate":
        separate_duties(office, by=by, at=at)
    else:
        office.decides_alone = choice == "alone"
        office.alone_because = proposal.reason if office.decides_alone else ""
        office.save(update_fields=["decides_alone", "alone_because"])
    ledger.record(DUTIES_CHANGED, by=by, at=at, about=office, choice=choice)


def _administrators(proposal: Proposal) -> list[User]:
    return list(User.objects.of_city_office())


CHOOSE = kind(
    "choose_powers",
    pgettext_lazy("approvals", "Choose how powers are separated"),
    facts=Choice,
    decides=Duty.ADMINISTRATOR,
    describe=_will_choose,
    carry_out=_choose,
    concerned=_administrators,
    begins=True,
)
