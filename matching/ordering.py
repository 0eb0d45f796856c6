"""Whether a need can be ordered for now, and if not, why: the rules ask it and the page of the need shows it."""

from django.utils import timezone

from assignments.actions import host_for
from core.errors import Refused
from enterprises.models import Need


def no_order_because(need: Need) -> str:
    """Why no order can be placed for a published need now, in a sentence; "" where one can."""
    try:
        host_for(need, None, timezone.localdate())
    except Refused as refusal:
        return refusal.message
    return ""
