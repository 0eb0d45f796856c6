"""A university's home: orders to dispatch, offers that wait, and its doctors' months, those behind first."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import SignedIn
from assignments.models import Assignment, Dispatch, Order
from experts.models import Doctor
from service.models import Standing, Visit
from service.outlook import plain
from ui.templatetags.ui_format import cndate

SHOWN = 30


def show(request: SignedIn) -> HttpResponse:
    user, now = request.user, timezone.now()
    standings = Standing.objects.visible_to(user).select_related(
        "assignment__doctor", "assignment__host__enterprise", "assignment__batch"
    )
    facts = {
        "todo": [
            item for item in [_orders(user, now), _offers(user), _behind(user), _preparing(user)] if item["count"]
        ],
        "figures": _figures(user),
        "standings": standings.order_by("-behind", "-owed", "pk")[:SHOWN],
        "total": standings.count(),
        "on": timezone.localdate(now),
    }
    return render(request, "talentlink/home_university.html", facts)


def _orders(user: User, now: datetime) -> dict[str, Any]:
    found = (
        Order.objects.visible_to(user)
        .awaiting_dispatch()
        .aggregate(n=Count("pk", distinct=True), first=Min("placed_at"))
    )
    days = (now - found["first"]).days if found["first"] else 0
    waited = ngettext("the oldest waits %(count)d day", "the oldest waits %(count)d days", days) % {"count": days}
    return {
        "title": _("Orders to name doctors for"),
        "count": found["n"],
        "url": reverse("dispatch_table"),
        "text": waited,
        "tone": "wait",
    }


def _offers(user: User) -> dict[str, Any]:
    found = Dispatch.objects.visible_to(user).pending().aggregate(n=Count("pk"), first=Min("answer_by"))
    return {
        "title": _("Offers your doctors have not answered"),
        "count": found["n"],
        "url": f"{reverse('dispatch_list')}?status={Dispatch.Status.OFFERED}",
        "text": _("the first is due on %(day)s") % {"day": cndate(found["first"])} if found["first"] else "",
        "tone": "live",
    }


def _behind(user: User) -> dict[str, Any]:
    return {
        "title": _("Doctors behind"),
        "count": Standing.objects.visible_to(user).behind().count(),
        "url": f"{reverse('home')}#months",
        "text": _("call them before the month ends"),
        "tone": "bad",
    }


def _preparing(user: User) -> dict[str, Any]:
    rows = Assignment.objects.visible_to(user).filter(status=Assignment.Status.PREPARING)
    return {
        "title": _("Services in preparation"),
        "count": rows.count(),
        "url": f"{reverse('assignment_list')}?status={Assignment.Status.PREPARING}",
        "text": _("the host sets the first day"),
        "tone": "idle",
    }


def _figures(user: User) -> dict[str, Any]:
    doctors = Doctor.objects.visible_to(user).aggregate(n=Count("pk"), active=Count("pk", filter=Q(active=True)))
    standings = Standing.objects.visible_to(user).aggregate(
        n=Count("pk"), days=Sum("days_counted"), awaiting=Sum("days_awaiting"), missed=Sum("months_missed")
    )
    visits = Visit.objects.visible_to(user).standing().aggregate(last=Max("ends_on"))
    return {
        "doctors": doctors["n"],
        "active": doctors["active"],
        "serving": standings["n"],
        "days": plain(standings["days"] or Decimal(0)),
        "awaiting": plain(standings["awaiting"] or Decimal(0)),
        "missed": standings["missed"] or 0,
        "last": visits["last"],
    }
