"""What waits: requests about personal data for the office."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.permissions import rules_let
from privacy.models import PersonalRequest
from ui.contributions import Item
from ui.templatetags.ui_format import cndate


def requests_to_answer(user: User, on: date) -> Iterator[Item]:
    """Requests that wait for an answer, and erasures that wait for a second person, for whoever decides them."""
    if not rules_let(user, "answer", PersonalRequest):
        return
    waiting = PersonalRequest.objects.visible_to(user).open()
    first = waiting.order_by("due_on").first()
    text = _("Answer the first by %(day)s.") % {"day": cndate(first.due_on)} if first else ""
    tone = "bad" if first and first.due_on < on else "wait"
    yield Item(_("Requests about personal data"), reverse("admin:personal_requests"), text, tone, waiting.count())
