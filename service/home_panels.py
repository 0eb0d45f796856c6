"""What service shows on a home: who is behind, the services that run with their bars, the visits made last."""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from assignments.models import Assignment, Dispatch, served_last
from enterprises.models import Enterprise, Need
from enterprises.views import enterprise_of
from service.followed import with_standing
from service.models import Standing, Visit
from service.outlook import Bar, month_bar, plain, term_bar

MOST_BEHIND, RECENT, AT_WORK, MONTHS = 5, 5, 12, 30


class Served(TypedDict):
    """A service that runs, with its bars; there is no standing until the nightly job or the first visit."""

    row: Assignment
    standing: Standing | None
    month: Bar | None
    term: Bar | None


class AtWork(Served):
    """What service/home_enterprise.html reads of a service; `need` only if it is one of the enterprise's own."""

    need: Need | None
    until: str


def _served(row: Assignment, on: date) -> Served:
    standing: Standing | None = getattr(row, "standing", None)
    if standing is None:
        return {"row": row, "standing": None, "month": None, "term": None}
    term = term_bar(standing, last_day=row.last_day, on=on)
    return {"row": row, "standing": standing, "month": month_bar(standing, on=on), "term": term}


# -- The office ---------------------------------------------------------------------------------------------


def most_behind(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The assignments with the most days owed."""
    rows = (
        Standing.objects.visible_to(user).behind().select_related("assignment__doctor", "assignment__host__enterprise")
    )
    behind = list(rows.order_by("-owed", "pk")[:MOST_BEHIND])
    return {"behind": behind} if behind else None


# -- The enterprise -----------------------------------------------------------------------------------------


def at_enterprise(user: User, request: HttpRequest) -> dict[str, Any]:
    """Services at this enterprise that run, with their standings."""
    rows = with_standing(Assignment.objects.visible_to(user).active(), user)
    found = rows.select_related("doctor__university", "order__need").order_by(served_last(), "pk")[:AT_WORK]
    own = enterprise_of(user)
    return {"services": [_at_work(row, timezone.localdate(), own) for row in found]}


def _at_work(row: Assignment, on: date, own: Enterprise) -> AtWork:
    left = max((row.last_day - on).days + 1, 0)  # today can still be served
    return {
        **_served(row, on),
        "need": row.order.need if row.order is not None and row.order.need.enterprise_id == own.pk else None,
        "until": ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left},
    }


# -- The university -----------------------------------------------------------------------------------------


def university_figures(user: User, request: HttpRequest) -> dict[str, Any]:
    """Doctors in service, and their days."""
    days = Standing.objects.visible_to(user).aggregate(counted=Sum("days_counted"), awaiting=Sum("days_awaiting"))
    return {
        "serving": Assignment.objects.visible_to(user).active().count(),
        "days": plain(days["counted"] or Decimal(0)),
        "awaiting": plain(days["awaiting"] or Decimal(0)),
    }


def university_months(user: User, request: HttpRequest) -> dict[str, Any]:
    """The doctors' months, those behind first."""
    parties = ["assignment__doctor", "assignment__host__enterprise", "assignment__batch"]
    standings = Standing.objects.visible_to(user).select_related(*parties)
    return {"standings": standings.order_by("-behind", "-owed", "pk")[:MONTHS]}


# -- The doctor ---------------------------------------------------------------------------------------------


def of_doctor(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The services that run, each with its month and its term; without any, nothing beside an offer to answer."""
    rows = Assignment.objects.visible_to(user).active().select_related("host__enterprise", "standing")
    services = [_served(row, timezone.localdate()) for row in rows.order_by("-starts_on", "-pk")]
    if not services and (_begins(user) or Dispatch.objects.visible_to(user).pending().exists()):
        return None
    return {"services": services}


def _begins(user: User) -> bool:
    return Assignment.objects.visible_to(user).filter(status=Assignment.Status.PREPARING).exists()


def recent_visits(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The visits made last."""
    rows = Visit.objects.visible_to(user).select_related("enterprise").order_by("-starts_on", "-pk")[:RECENT]
    return {"visits": rows} if rows else None
