"""A doctor's home, made for the phone: log a visit, where he stands, what is asked of him."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import SignedIn
from assignments.models import Assignment, Dispatch
from core.models import Notice
from service.models import MonthlyCheck, Visit
from service.outlook import month_bar, term_bar
from ui.templatetags.ui_format import cndate, daterange

RECENT = 5


def show(request: SignedIn) -> HttpResponse:
    user, on = request.user, timezone.localdate()
    services = [_service(row, on) for row in _running(user)]
    facts = {
        "services": [each for each in services if each["row"].status == Assignment.Status.ACTIVE],
        "todo": [*_offers(user), *_disputed(user), *_behind(user), *_preparing(services)],
        "visits": Visit.objects.visible_to(user).select_related("enterprise").order_by("-starts_on", "-pk")[:RECENT],
        "notices": Notice.objects.visible_to(user).order_by("-created_at", "-pk")[:RECENT],
        "today": on,
    }
    return render(request, "talentlink/home_doctor.html", facts)


def _running(user: User) -> list[Assignment]:
    rows = Assignment.objects.visible_to(user).taking_a_place()
    return list(rows.select_related("host__enterprise", "standing").order_by("status", "-starts_on", "-pk"))


def _service(row: Assignment, on: date) -> dict[str, Any]:
    standing = getattr(row, "standing", None)
    facts: dict[str, Any] = {"row": row, "standing": standing}
    if standing is not None:
        facts |= {"month": month_bar(standing, on=on), "term": term_bar(standing, last_day=row.last_day, on=on)}
    return facts


def _offers(user: User) -> list[dict[str, Any]]:
    rows = Dispatch.objects.visible_to(user).pending().select_related("order__host__enterprise", "order__need")
    return [
        {
            "title": _("Answer %(host)s by %(day)s") % {"host": row.order.host, "day": cndate(row.answer_by)},
            "url": row.get_absolute_url(),
            "text": row.order.need.title,
            "tone": "wait",
        }
        for row in rows.order_by("answer_by", "pk")
    ]


def _disputed(user: User) -> list[dict[str, Any]]:
    rows = Visit.objects.visible_to(user).filter(status=Visit.Status.DISPUTED).select_related("enterprise")
    return [
        {
            "title": _("%(host)s disputes a visit") % {"host": row.enterprise},
            "url": row.get_absolute_url(),
            "text": f"{daterange(row)} · {row.dispute_reason}",
            "tone": "bad",
        }
        for row in rows.order_by("-starts_on", "-pk")
    ]


def _behind(user: User) -> list[dict[str, Any]]:
    """Months that are over and not met; those that still take entries say until when."""
    rows = MonthlyCheck.objects.visible_to(user).unlocked().filter(verdict=MonthlyCheck.Verdict.NOT_MET)
    return [
        {
            "title": _("%(month)s is not met yet") % {"month": f"{row.month:%Y-%m}"},
            "url": reverse("check_detail", args=[row.pk]),
            "text": _("Visits made then can be logged before %(day)s.") % {"day": cndate(row.locks_on)}
            if row.locks_on
            else _("Visits made then can still be logged."),
            "tone": "bad",
        }
        for row in rows.order_by("month", "pk")
    ]


def _preparing(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "title": _("%(host)s sets your first day") % {"host": each["row"].host},
            "url": each["row"].get_absolute_url(),
            "text": _("Agree on it with the enterprise; visits can be logged from then on."),
            "tone": "live",
        }
        for each in services
        if each["row"].status == Assignment.Status.PREPARING
    ]
