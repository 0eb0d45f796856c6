"""The to-dos about proposals."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.lists import waiting_for
from ui.contributions import Item


def to_decide(user: User, on: date) -> Iterator[Item]:
    """How many proposals of others this person can decide."""
    text = _("A second person approves or refuses each.")
    url = reverse("proposal_list") + "?show=waiting"
    yield Item(_("Proposals to decide"), url, text, "wait", waiting_for(user).count())
