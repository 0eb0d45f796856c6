"""The numbers in the office's charts; each function runs a fixed number of queries over the rows the user may see."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import District, User
from assignments.models import Assignment, Dispatch, Order
from assignments.round_needs import needs_of_round
from enterprises.models import Host, Need, NeedQuerySet, VisitSheet
from officedata.months import Month
from programmes.models import Batch
from service.models import Check, Outcome, Standing, Visit
from ui.office_table import person


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a round: its label, how many reached it, and the address of their list."""

    label: str
    count: int
    url: str = ""


def batches_shown(user: User) -> list[Batch]:
    """The batches that are not closed, running ones first; the latest batch if all are closed.

    The first one is the round that a page shows if no batch was chosen.
    """
    rows = list(Batch.objects.visible_to(user).select_related("programme").exclude(status=Batch.Status.CLOSED))
    running = [batch for batch in rows if batch.status == Batch.Status.RUNNING]
    others = [batch for batch in rows if batch.status != Batch.Status.RUNNING]
    return running + others or list(Batch.objects.visible_to(user).select_related("programme")[:1])


# -- The round ---------------------------------------------------------------------------------------------


class MonthDays(TypedDict):
    """Days of a month: those confirmed and those awaiting confirmation."""

    month: Month
    counted: Decimal
    awaiting: Decimal


class DistrictFigures(TypedDict):
    """Needs and hosts in a district, with the addresses of their lists."""

    district: District
    needs: int
    needs_url: str
    hosts: int
    hosts_url: str


class RoundFigures(TypedDict):
    """What office/batch_figures.html reads: the charts of a round, that is, of one batch."""

    batch: Batch
    stages: list[Stage]
    months: list[MonthDays]
    districts: list[DistrictFigures]
    assignments: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


def of_round(batch: Batch, request: HttpRequest) -> RoundFigures:
    """The charts of a round."""
    user = person(request)
    return {
        "batch": batch,
        "stages": funnel(batch, user),
        "months": days_by_month(batch, user),
        "districts": by_district(batch, user),
        "assignments": assignments_by_status(batch, user),
        "outcomes": outcomes_by_kind(batch, user),
    }


def needs_of(batch: Batch, user: User) -> NeedQuerySet:
    """The needs of a round that the user may see."""
    return needs_of_round(Need.objects.visible_to(user), batch)


def funnel(batch: Batch, user: User) -> list[Stage]:
    """The stages of a round, from the enterprises planned for a visit to the outcomes of the service."""
    sheets = VisitSheet.objects.visible_to(user).filter(survey__batch=batch)
    visits = sheets.aggregate(planned=Count("pk"), visited=Count("pk", filter=Q(visited_on__isnull=False)))
    needs = needs_of(batch, user).aggregate(
        found=Count("pk"), published=Count("pk", filter=Q(published_at__isnull=False))
    )
    orders = Order.objects.visible_to(user).filter(host__batch=batch)
    ordered = orders.aggregate(
        placed=Count("need", distinct=True),
        dispatched=Count("need", distinct=True, filter=Q(dispatches__isnull=False)),
        accepted=Count("need", distinct=True, filter=Q(dispatches__status=Dispatch.Status.ACCEPTED)),
    )
    rows = Assignment.objects.visible_to(user).filter(batch=batch)
    begun = [Assignment.Status.ACTIVE, Assignment.Status.COMPLETED, Assignment.Status.STOPPED]
    served = rows.filter(status__in=begun).count()
    outcomes = Outcome.objects.visible_to(user).filter(assignments__batch=batch).values("pk").distinct().count()
    return [
        Stage(_("Enterprises planned"), visits["planned"]),
        Stage(_("Enterprises visited"), visits["visited"]),
        Stage(_("Needs found"), needs["found"]),
        Stage(_("Needs published"), needs["published"]),
        Stage(_("Ordered"), ordered["placed"]),
        Stage(_("Dispatched"), ordered["dispatched"]),
        Stage(_("Accepted"), ordered["accepted"]),
        Stage(_("In service"), served),
        Stage(_("Outcomes"), outcomes),
    ]


def days_by_month(batch: Batch, user: User) -> list[MonthDays]:
    """Days confirmed and days awaiting confirmation in each month: as judged, or, in a programme whose rules are not
    about months, as logged."""
    zero = Decimal(0)
    found = _judged_days(batch, user) or _logged_days(batch, user)
    months = Month.between(min(found), max(found)) if found else []
    return [
        {
            "month": month,
            "counted": found.get(month.first, (zero, zero))[0],
            "awaiting": found.get(month.first, (zero, zero))[1],
        }
        for month in months
    ]


def _judged_days(batch: Batch, user: User) -> dict[date, tuple[Decimal, Decimal]]:
    """The days of closed months from their checks, those of the current month from the standings.

    A month has a check for each rule on months; its days are taken from the first.
    """
    same = {name: OuterRef(name) for name in ("assignment", "window")}
    before = Check.objects.filter(**same, rule__lt=OuterRef("rule"))
    months = Check.objects.visible_to(user).monthly().filter(assignment__batch=batch)
    checks = months.filter(~Exists(before)).order_by()
    found = {
        Month.parse(row["window"]).first: (row["counted"], row["awaiting"])
        for row in checks.values("window").annotate(counted=Sum("days_counted"), awaiting=Sum("days_awaiting"))
    }
    standings = Standing.objects.visible_to(user).filter(assignment__batch=batch, month__isnull=False).order_by()
    for row in standings.values("month").annotate(counted=Sum("month_days"), awaiting=Sum("month_awaiting")):
        if row["month"] is not None:
            found.setdefault(row["month"], (row["counted"], row["awaiting"]))
    return found


def _logged_days(batch: Batch, user: User) -> dict[date, tuple[Decimal, Decimal]]:
    """The days of visits, each in the month in which it began."""
    visits = Visit.objects.visible_to(user).filter(assignment__batch=batch).order_by()
    rows = visits.values("status", month=TruncMonth("starts_on")).annotate(
        between=Sum(F("ends_on") - F("starts_on")), visits=Count("pk")
    )
    days = {(row["month"], row["status"]): Decimal(row["between"].days + row["visits"]) for row in rows}
    confirmed, logged, zero = Visit.Status.CONFIRMED, Visit.Status.LOGGED, Decimal(0)
    return {
        month: (days.get((month, confirmed), zero), days.get((month, logged), zero))
        for month, status in days
        if status in (confirmed, logged)
    }


def by_district(batch: Batch, user: User) -> list[DistrictFigures]:
    """Needs and hosts of the round in each district."""
    needs = needs_of(batch, user).order_by().values_list("enterprise__district").annotate(n=Count("pk"))
    found = Host.objects.visible_to(user).filter(batch=batch).order_by()
    hosts = found.values_list("enterprise__district").annotate(n=Count("pk"))
    needs_url = f"{reverse('admin:enterprises_need_changelist')}?round={batch.pk}"
    hosts_url = f"{reverse('admin:enterprises_host_changelist')}?batch__id__exact={batch.pk}"
    counted, chosen = dict(needs), dict(hosts)
    return [
        {
            "district": one,
            "needs": counted.get(one.pk, 0),
            "needs_url": f"{needs_url}&enterprise__district__code__exact={one.code}",
            "hosts": chosen.get(one.pk, 0),
            "hosts_url": f"{hosts_url}&enterprise__district__code__exact={one.code}",
        }
        for one in District.objects.order_by("code")
    ]


def assignments_by_status(batch: Batch, user: User) -> list[dict[str, Any]]:
    counts = dict(
        Assignment.objects.visible_to(user).filter(batch=batch).order_by().values_list("status").annotate(n=Count("pk"))
    )
    url = reverse("admin:assignments_assignment_changelist")
    return [
        {
            "status": status,
            "count": counts.get(status, 0),
            "url": f"{url}?batch__id__exact={batch.pk}&status__exact={status}",
        }
        for status in Assignment.Status
        if counts.get(status)
    ]


def outcomes_by_kind(batch: Batch, user: User) -> list[dict[str, Any]]:
    """Outcomes of the round by kind: the kinds of `Outcome.COUNTED`, also with zero, and other kinds that occurred.

    An outcome of two assignments counts once.
    """
    keys = Outcome.objects.visible_to(user).filter(assignments__batch=batch).values("pk")
    counts = dict(Outcome.objects.filter(pk__in=keys).order_by().values_list("kind").annotate(n=Count("pk")))
    url = reverse("admin:service_outcome_changelist")
    return [
        {
            "label": kind.label,
            "count": counts.get(kind.value, 0),
            "url": f"{url}?batch={batch.pk}&kind__exact={kind.value}",
        }
        for kind in Outcome.Kind
        if kind.value in Outcome.COUNTED or counts.get(kind.value)
    ]
