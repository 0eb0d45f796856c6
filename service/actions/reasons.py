"""Why a soft rule was missed, in the words of those who know."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.errors import AlreadyDone, Refused
from core.status import lock
from service.models import Check


@action(gettext_lazy("reason of a warning given"))
def explain_warning(check: Check, *, by: User, at: datetime, reason: str) -> Check:
    """Give the reason of a warning, or a better one; the verdict stays a warning, also after the lock."""
    if not reason.strip():
        raise Refused(_("Say why the rule was not kept."), code="reason_missing")
    lock(check)
    if check.verdict != Check.Verdict.WARNING:
        raise AlreadyDone(_("This is no warning any more; nothing was saved."), code="no_warning")
    check.reason, check.reason_by, check.reason_at = reason.strip()[:300], by, at
    check.save(update_fields=["reason", "reason_by", "reason_at"])
    return check
