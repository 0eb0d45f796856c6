"""What became of a thing, step by step, read from the append-only history."""

from datetime import datetime
from typing import Any

from accounts.models import User
from core.status import Stateful
from ui.templatetags.ui_tones import tone_of


def steps_of(thing: Stateful) -> list[dict[str, Any]]:
    """The statuses a thing went through, the latest first, as a timeline shows them: at, who, what, reason, tone."""
    labels = dict(type(thing).Status.choices)  # type: ignore[attr-defined]
    model = str(thing._meta.model_name)
    steps: list[dict[str, Any]] = []
    status = None
    for event in thing.events.select_related("pgh_context", "status_by").order_by("pgh_id"):  # type: ignore[attr-defined]
        if event.status == status or event.status_at is None:
            continue
        status = event.status
        reason = (event.pgh_context.metadata.get("reason") or "") if event.pgh_context else ""
        steps.append(step(event.status_at, event.status_by, labels[status], reason, tone_of(status, model)))
    return steps[::-1]


def step(at: datetime, who: User | None, what: Any, reason: str = "", tone: str = "") -> dict[str, Any]:
    """One line of a timeline."""
    return {"at": at, "who": str(who) if who else "", "what": what, "reason": reason, "tone": tone}
