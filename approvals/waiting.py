"""The to-dos about proposals."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.lists import waiting_for, waiting_long
from ui.contributions import Item


def to_decide(user: User, on: date) -> Iterator[Item]:
    """How many proposals of others this person can decide."""
    text = _("A second person approves or refuses each.")
    url = reverse("proposal_list") + "?show=waiting"
    yield Item(_("Proposals to decide"), url, text, "wait", waiting_for(user).count())


def too_long(user: User, on: date) -> Iterator[Item]:
    """How many proposals have waited too long, for the auditor, who decides none."""
    text = _("Remind those who can decide, or ask why nobody does.")
    url = reverse("proposal_list") + "?show=long"
    yield Item(_("Proposals that wait for more than 3 days"), url, text, "wait", waiting_long(user).count())
