"""An enterprise's home: what waits for it, the services that run, and where its needs stand."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import SignedIn
from assignments.models import Assignment, Order
from enterprises.models import Enterprise, Need
from enterprises.views import enterprise_of, state_figures
from matching.models import Suggestion
from service.followed import with_standing
from service.models import Visit
from ui.templatetags.ui_format import cndate

LATEST = 5


def enterprise_home(request: SignedIn) -> HttpResponse:
    user, on = request.user, timezone.localdate()
    enterprise = enterprise_of(user)
    facts = {
        "enterprise": enterprise,
        "todo": _todo(user),
        "services": [_service(row, on, enterprise) for row in _services(user)],
        "figures": state_figures(user),
        "needs": Need.objects.visible_to(user).order_by("-pk")[:LATEST],
    }
    return render(request, "talentlink/home_enterprise.html", facts)


def _todo(user: User) -> list[dict[str, Any]]:
    """What waits for this enterprise, the most pressing first; nothing that counts zero."""
    items = [_visits(user), *_needs(user), _to_begin(user)]
    return [item for item in items if item["count"]]


def _needs(user: User) -> list[dict[str, Any]]:
    own = Need.objects.visible_to(user)
    listed = Exists(Suggestion.objects.current().filter(need=OuterRef("pk")).order_by())
    ordered = Exists(Order.objects.open().filter(need=OuterRef("pk")))
    returned = list(own.filter(status=Need.Status.RETURNED).order_by("-status_at", "-pk")[:20])
    ready = list(own.filter(~ordered, listed, status=Need.Status.PUBLISHED).order_by("published_at", "pk")[:20])
    drafts = list(own.filter(status=Need.Status.DRAFT).order_by("-pk")[:20])
    return [
        {"title": _("Returned: please correct"), "tone": "wait", **_of(returned, "need_edit", "return_reason")},
        {"title": _("Shortlists to order from"), "tone": "live", **_of(ready, "need_detail")},
        {"title": _("Drafts to finish"), "tone": "idle", **_of(drafts, "need_edit")},
    ]


def _of(rows: list[Need], page: str, text: str = "title") -> dict[str, Any]:
    """Count, address and text of some needs: straight to the page of a single one, else to the list of them."""
    if not rows:
        return {"count": 0}
    url = reverse(page, args=[rows[0].pk]) if len(rows) == 1 else f"{reverse('need_list')}?status={rows[0].status}"
    return {"count": len(rows), "url": url, "text": getattr(rows[0], text)}


def _visits(user: User) -> dict[str, Any]:
    logged = Visit.objects.visible_to(user).awaiting_confirmation()
    count = logged.count()
    oldest = logged.order_by("starts_on", "pk").values_list("starts_on", flat=True).first() if count else None
    text = _("The oldest is of %(day)s; days count once you confirm them.") % {"day": cndate(oldest)} if oldest else ""
    url = f"{reverse('visit_list')}?status={Visit.Status.LOGGED}"
    return {"title": _("Visits to confirm"), "count": count, "url": url, "tone": "wait", "text": text}


def _to_begin(user: User) -> dict[str, Any]:
    rows = Assignment.objects.filter(host__enterprise__members__user=user, status=Assignment.Status.PREPARING)
    found = list(rows.select_related("doctor").order_by("pk")[:20])
    names = "、".join(row.doctor.name for row in found[:3])
    url = found[0].get_absolute_url() if len(found) == 1 else reverse("assignment_list")
    return {"title": _("Services to begin"), "count": len(found), "url": url, "tone": "live", "text": names}


def _services(user: User) -> list[Assignment]:
    """Services at this enterprise that run, with where they stand."""
    rows = with_standing(Assignment.objects.visible_to(user).active(), user)
    return list(rows.select_related("doctor__university", "order__need").order_by("ends_on", "pk")[:12])


def _service(row: Assignment, on: date, enterprise: Enterprise) -> dict[str, Any]:
    """A running service with its bars; a standing is worked out by the night's run or the first visit."""
    need = row.order.need if row.order is not None and row.order.need.enterprise_id == enterprise.pk else None
    left = max((row.last_day - on).days + 1, 0)  # today can still be served
    standing = getattr(row, "standing", None)
    facts: dict[str, Any] = {"row": row, "need": need, "left": left, "standing": standing}
    if standing is not None:
        facts["term"] = [_number(value) for value in (standing.days_counted, standing.target, standing.days_awaiting)]
        facts["month"] = [
            _number(value) for value in (standing.month_days, standing.month_due, standing.month_awaiting)
        ]
    facts["until"] = ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left}
    return facts


def _number(value: Any) -> Any:
    """A count of days without idle zeros: 12, or 1.5 where half days count."""
    return int(value) if value == int(value) else float(value)
