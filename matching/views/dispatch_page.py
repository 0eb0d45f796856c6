"""One dispatch: who was named for what, what the engine said of it, and what became of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from assignments.forms import ReasonForm
from assignments.models import Assignment, Dispatch
from assignments.views.dispatches import WITH_PARTIES, facts_of
from core.permissions import may
from matching.models import Suggestion
from matching.shortlists import shortlist_rows
from ui.steps import step, steps_of


@require_safe
def dispatch_detail(request: SignedIn, pk: int) -> HttpResponse:
    dispatch = get_object_or_404(Dispatch.objects.visible_to(request.user).select_related(*WITH_PARTIES), pk=pk)
    facts = facts_of(dispatch)
    if dispatch.status == Dispatch.Status.OFFERED:
        facts |= {f"may_{verb}": may(request.user, verb, dispatch) for verb in ("accept", "decline", "withdraw")}
    facts["lapsed"] = facts["today"] > dispatch.answer_by
    facts["reason_form"] = ReasonForm(label=_("Reason"))
    facts["suggestion"] = _suggestion(dispatch)
    facts["history"] = [*steps_of(dispatch), step(dispatch.offered_at, dispatch.offered_by, _("offered"), "", "wait")]
    facts["assignment"] = (
        Assignment.objects.visible_to(request.user).filter(order=dispatch.order, doctor=dispatch.doctor).first()
    )
    return render(request, "matching/dispatch_detail.html", facts)


def _suggestion(dispatch: Dispatch) -> dict[str, Any] | None:
    """Why the engine put the doctor on the shortlist: points and quoted words; None for one it did not name."""
    found = Suggestion.objects.current().filter(need=dispatch.order.need_id, doctor=dispatch.doctor_id)
    rows = shortlist_rows(found.select_related("doctor"))
    return rows[0] if rows else None
