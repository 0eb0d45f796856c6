"""What became of a thing, step by step, read from the append-only history."""

from datetime import datetime
from typing import Any, TypedDict

from accounts.models import User
from core.status import Stateful
from ui.templatetags.ui_tones import tone_of


class Step(TypedDict):
    """One line of a timeline, as components/timeline.html reads it."""

    at: datetime
    who: str
    what: Any
    reason: str
    tone: str


def steps_of(thing: Stateful) -> list[Step]:
    """The statuses a thing went through, the latest first, as a timeline shows them."""
    labels = dict(type(thing).Status.choices)  # type: ignore[attr-defined]
    model = str(thing._meta.model_name)
    steps: list[Step] = []
    status = None
    for event in thing.events.select_related("pgh_context", "status_by").order_by("pgh_id"):  # type: ignore[attr-defined]
        if event.status == status or event.status_at is None:
            continue
        status = event.status
        reason = (event.pgh_context.metadata.get("reason") or "") if event.pgh_context else ""
        steps.append(step(event.status_at, event.status_by, labels[status], reason, tone_of(status, model)))
    return steps[::-1]


def step(at: datetime, who: User | None, what: Any, reason: str = "", tone: str = "") -> Step:
    """One line of a timeline."""
    return {"at": at, "who": str(who) if who else "", "what": what, "reason": reason, "tone": tone}
