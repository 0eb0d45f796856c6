"""The pages on which somebody of an office asks for a large export or for more phone numbers."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.action import action
from core.approvals import propose
from core.large_exports import LARGE_EXPORT, deciding
from core.many_phones import MANY_PHONES
from core.models import Proposal
from core.permissions import may
from ui.act_page import Ask, act_page
from ui.exports import ASKED
from ui.office_table import ReasonForm, person

A_DAY = 86400


@action(gettext_lazy("export of many rows asked for"))
def ask_for_export(user: User, *, by: User, at: datetime, reason: str, **asked: Any) -> Proposal:
    """Propose an export of many rows; `asked` are the facts of `core.large_exports.Asked`."""
    return propose(LARGE_EXPORT, by=by, at=at, reason=reason, decides=deciding(by), **asked)


@action(gettext_lazy("many phone numbers asked for"))
def ask_for_phones(user: User, *, by: User, at: datetime, reason: str) -> Proposal:
    """Propose that somebody sees more whole phone numbers on this day than one may see alone."""
    day = timezone.localdate(at).isoformat()
    return propose(MANY_PHONES, by=by, at=at, reason=reason, decides=deciding(by), day=day)


def export_propose(request: HttpRequest) -> HttpResponse:
    """Ask for the export that a list led here for; what is asked for is signed by the list."""
    user = person(request)
    try:
        asked = signing.loads(request.GET.get("asked", ""), salt=ASKED, max_age=A_DAY)
    except signing.BadSignature:
        raise Http404 from None
    if asked.pop("by") != user.pk:
        raise Http404
    rows = asked["rows"]
    ask = Ask(
        ngettext("Export %(count)s row", "Export %(count)s rows", rows) % {"count": rows},
        _("Propose"),
        lede=_("“%(title)s” has more rows than one person exports alone. A second person decides.") % asked,
        base="office/base.html",
    )
    return _page(request, ask_for_export, ask, given=asked)


def phones_propose(request: HttpRequest) -> HttpResponse:
    ask = Ask(
        _("See more phone numbers today"),
        _("Propose"),
        lede=_("A second person decides. Each number shown stays on record."),
        base="office/base.html",
    )
    if not may(person(request), "ask_phones", Proposal):
        raise PermissionDenied
    return _page(request, ask_for_phones, ask)


def _page(request: HttpRequest, ask_for: Any, ask: Ask, given: Any = None) -> HttpResponse:
    if not may(person(request), "withdraw", Proposal):
        raise PermissionDenied
    return act_page(
        request, person(request), ReasonForm, ask_for, ask=ask, done=_("Proposed."), back=reverse("proposal_list"),
        leads_to=lambda made: made, given=given,
    )  # fmt: skip
