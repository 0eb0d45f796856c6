"""What the pages of an order and of a dispatch show of matching: why this doctor, and where a doctor is named."""

from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Dispatch, Order
from matching.models import Suggestion
from matching.shortlists import ShortlistLine, shortlist_rows
from ui.offers import Offer, ShownOffer, offers_of


class ReasonsPart(TypedDict):
    """What matching/dispatch_reasons.html reads."""

    suggestion: ShortlistLine | None
    order: Order


def reasons_of(dispatch: Dispatch, request: HttpRequest) -> ReasonsPart:
    """Why the engine put the doctor on the shortlist: points and quoted words; None for one it did not name."""
    found = Suggestion.objects.current().filter(need=dispatch.order.need_id, doctor=dispatch.doctor_id)
    rows = shortlist_rows(found.select_related("doctor"))
    return {"suggestion": rows[0] if rows else None, "order": dispatch.order}


def naming_of(order: Order, request: HttpRequest) -> dict[str, list[ShownOffer]]:
    """The button that leads to the table where the university names a doctor."""
    user: User = request.user  # type: ignore[assignment]  # pages of orders are behind the sign-in
    url = reverse("order_dispatch", args=[order.pk])
    naming = Offer("dispatch", _("Name the doctor"), url=url, icon="send", tone="primary")
    return {"offers": offers_of(user, order, [naming])}
