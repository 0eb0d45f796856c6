"""What the page of a doctor shows of matching: the needs on whose shortlist he is."""

from typing import TypedDict

from django.http import HttpRequest

from accounts.models import User
from enterprises.models import Need
from experts.models import Doctor
from matching.models import Suggestion
from matching.shortlists import TONES

BEST = 5  # shortlists named on the page of a doctor


class ListedFor(TypedDict):
    """A need on whose shortlist a doctor is."""

    line: Suggestion
    need: Need
    tone: str


def shortlists_with(doctor: Doctor, request: HttpRequest) -> dict[str, list[ListedFor]] | None:
    """Open needs for which he is proposed, the best first, as far as the reader sees both."""
    user: User = request.user  # type: ignore[assignment]  # pages of doctors are behind the sign-in
    rows = Suggestion.objects.visible_to(user).filter(doctor=doctor, current=True)
    rows = rows.filter(need__in=Need.objects.visible_to(user).matchable()).select_related("need__enterprise")
    lines = list(rows.order_by("-score", "rank", "pk")[:BEST])
    shown: list[ListedFor] = [
        {"line": line, "need": line.need, "tone": TONES[Suggestion.Strength(line.strength)]} for line in lines
    ]
    return {"shortlists": shown} if shown else None
