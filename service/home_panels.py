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
from service.outlook import Bar, month_bar, short_number, term_bar
from service.progress import Stand, any_monthly, stands_of

MOST_BEHIND, RECENT, AT_WORK, MONTHS = 5, 5, 12, 30


class Served(TypedDict):
    """A service that runs, with its bars; there is no standing until the nightly job or the first visit. `stand` has
    the bars of rules that are about other windows than months and the term."""

    row: Assignment
    stand: Stand | None
    standing: Standing | None
    month: Bar | None
    term: Bar | None


class AtWork(Served):
    """What service/home_enterprise.html reads of a service; `need` only if it is one of the enterprise's own."""

    need: Need | None
    until: str


def _served(row: Assignment, stand: Stand | None, on: date) -> Served:
    standing: Standing | None = getattr(row, "standing", None)
    if standing is None:
        return {"row": row, "stand": stand, "standing": None, "month": None, "term": None}
    term = term_bar(standing, last_day=row.last_day, on=on)
    return {"row": row, "stand": stand, "standing": standing, "month": month_bar(standing, on=on), "term": term}


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
    found = rows.select_related("doctor__university", "order__need", "batch").order_by(served_last(), "pk")[:AT_WORK]
    own, on = enterprise_of(user), timezone.localdate()
    followed = [row for row in found if getattr(row, "standing", None) is not None]
    stands = stands_of(followed, on=on)
    return {"services": [_at_work(row, stands.get(row.pk), on, own) for row in found]}


def _at_work(row: Assignment, stand: Stand | None, on: date, own: Enterprise) -> AtWork:
    left = max((row.last_day - on).days + 1, 0)  # today can still be served
    return {
        **_served(row, stand, on),
        "need": row.order.need if row.order is not None and row.order.need.enterprise_id == own.pk else None,
        "until": ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left},
    }


# -- The university -----------------------------------------------------------------------------------------


def university_figures(user: User, request: HttpRequest) -> dict[str, Any]:
    """Doctors in service, and their days."""
    days = Standing.objects.visible_to(user).aggregate(counted=Sum("days_counted"), awaiting=Sum("days_awaiting"))
    return {
        "serving": Assignment.objects.visible_to(user).active().count(),
        "days": short_number(days["counted"] or Decimal(0)),
        "awaiting": short_number(days["awaiting"] or Decimal(0)),
    }


def university_months(user: User, request: HttpRequest) -> dict[str, Any]:
    """How far the doctors' services are, those behind first."""
    parties = ["assignment__doctor", "assignment__host__enterprise", "assignment__batch"]
    standings = Standing.objects.visible_to(user).select_related(*parties)
    found = list(standings.order_by("-behind", "-owed", "pk")[:MONTHS])
    batches = {each.assignment.batch_id: each.assignment.batch for each in found}
    return {"standings": found, "with_months": any_monthly(batches.values())}


# -- The doctor ---------------------------------------------------------------------------------------------


def of_doctor(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The services that run, each with its month and its term; without any, nothing beside an offer to answer."""
    rows = Assignment.objects.visible_to(user).active().select_related("host__enterprise", "standing", "batch")
    found, on = list(rows.order_by("-starts_on", "-pk")), timezone.localdate()
    stands = stands_of(found, on=on)
    services = [_served(row, stands.get(row.pk), on) for row in found]
    if not services and (_begins(user) or Dispatch.objects.visible_to(user).pending().exists()):
        return None
    return {"services": services}


def _begins(user: User) -> bool:
    return Assignment.objects.visible_to(user).filter(status=Assignment.Status.PREPARING).exists()


def recent_visits(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The visits made last."""
    rows = Visit.objects.visible_to(user).select_related("enterprise").order_by("-starts_on", "-pk")[:RECENT]
    return {"visits": rows} if rows else None
