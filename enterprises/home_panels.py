"""What enterprises show on a home: the states of needs, those written last, the survey under way."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from enterprises.lists import state_figures
from enterprises.models import Need, Survey

LATEST = 5


def states(user: User, request: HttpRequest) -> dict[str, Any]:
    """How many needs are in each state."""
    return {"figures": state_figures(user)}


def latest(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The needs written last."""
    needs = Need.objects.visible_to(user).order_by("-pk")[:LATEST]
    return {"needs": needs} if needs else None


def coverage(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The latest survey an office sees."""
    survey = Survey.objects.visible_to(user).order_by("-starts_on", "-pk").first()
    return {"survey": survey} if survey is not None else None
