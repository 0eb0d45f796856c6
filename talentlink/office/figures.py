"""The numbers of the office's pictures: each function is a fixed number of queries over what the reader may see."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import District, User
from assignments.models import Assignment, Dispatch, Order
from core.models import SetAside
from core.permissions import may
from enterprises.models import Enterprise, Host, Need, Survey, VisitSheet
from officedata.months import Month, day_end, day_start, working_days
from programmes.models import Batch
from service.models import MonthlyCheck, Outcome, Standing, Waiver
from ui.templatetags.ui_format import mmdd


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the round with how many got so far."""

    label: str
    count: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of the home's list: how many wait, where it is done, why it presses."""

    count: int
    title: str
    text: str
    tone: str
    url: str
    due: str = ""


def batches_shown(user: User) -> list[Batch]:
    """The batches under way, the one in service first: that is the round people mean when they say nothing."""
    rows = list(Batch.objects.visible_to(user).select_related("programme").exclude(status=Batch.Status.CLOSED))
    running = [batch for batch in rows if batch.status == Batch.Status.RUNNING]
    others = [batch for batch in rows if batch.status != Batch.Status.RUNNING]
    return running + others or list(Batch.objects.visible_to(user).select_related("programme")[:1])


def todos(user: User, on: date) -> list[Todo]:
    """What waits for a decision or needs an eye, with its count and where it is done; nothing waits, nothing stands."""
    needs = Need.objects.visible_to(user).awaiting_review().aggregate(n=Count("pk"), since=Min("submitted_at"))
    waivers = Waiver.objects.visible_to(user).pending().count() if may(user, "decide", Waiver) else 0
    preparing = Assignment.objects.visible_to(user).filter(status=Assignment.Status.PREPARING).count()
    overdue = Dispatch.objects.visible_to(user).overdue(on).count()
    behind = Standing.objects.visible_to(user).behind().count()
    aside = SetAside.objects.visible_to(user).open().count() if may(user, "view", SetAside) else 0
    items = [
        Todo(
            aside,
            _("Rows set aside"),
            _("Their work failed and is tried again; see why."),
            "bad",
            reverse("admin:core_setaside_changelist") + "?resolved_at__isempty=1",
        ),
        Todo(behind, _("Doctors behind"), _left(on), "bad", reverse("admin:behind")),
        Todo(needs["n"], _("Needs to review"), _waiting(needs["since"], on), "wait", reverse("admin:need_queue")),
        Todo(waivers, _("Waivers to decide"), "", "wait", reverse("admin:waivers")),
        Todo(
            preparing,
            _("Assignments to begin"),
            _("The agreement is signed: set the first day."),
            "live",
            reverse("admin:assignments_assignment_changelist") + "?status__exact=preparing",
        ),
        Todo(
            overdue,
            _("Offers past their day"),
            _("The doctor did not answer in time; the next alternate is asked."),
            "wait",
            f"{reverse('admin:assignments_dispatch_changelist')}?status__exact=offered&answer_by__lt={on.isoformat()}",
        ),
    ]
    return [item for item in [*items, *_to_visit(user, on)] if item.count]


def _to_visit(user: User, on: date) -> list[Todo]:
    """A line for each survey in which the office has enterprises left to visit; the city's office sends others."""
    if may(user, "add", VisitSheet):
        return []
    left = VisitSheet.objects.visible_to(user).planned().order_by("survey__ends_on", "survey")
    return [
        Todo(
            row["n"],
            _("Enterprises to visit"),
            row["survey__name"],
            "bad" if row["survey__ends_on"] < on else "wait",
            reverse("admin:survey_coverage", args=[row["survey"]]) + "?state=planned#visit-sheets",
            _("until %(day)s") % {"day": mmdd(row["survey__ends_on"])},
        )
        for row in left.values("survey", "survey__name", "survey__ends_on").annotate(n=Count("pk"))
    ]


def most_behind(user: User) -> list[Standing]:
    """The few who owe the most days."""
    parties = ["assignment__doctor", "assignment__host__enterprise"]
    return list(Standing.objects.visible_to(user).behind().select_related(*parties).order_by("-owed", "pk")[:5])


def _waiting(since: Any, on: date) -> str:
    if since is None:
        return ""
    sent = timezone.localdate(since)
    days = (on - sent).days
    words = ngettext("The oldest waits for %(days)s day.", "The oldest waits for %(days)s days.", days) % {"days": days}
    if working_days(sent, on) <= settings.REVIEW_DAYS:
        return words
    return f"{words} {_('Promised: %s working days.') % settings.REVIEW_DAYS}"


def _left(on: date) -> str:
    days = (Month.of(on).last - on).days + 1  # today can still be served
    return ngettext("%(days)s day left in this month.", "%(days)s days left in this month.", days) % {"days": days}


# -- The round ---------------------------------------------------------------------------------------------


def needs_of(batch: Batch, user: User) -> QuerySet[Need]:
    """The needs of a round: found on its visits, ordered in it, or submitted from its first visit to its last order."""
    first = Survey.objects.filter(batch=batch).aggregate(first=Min("starts_on"))["first"] or batch.orders_from
    window = (day_start(min(first, batch.orders_from)), day_end(batch.orders_until))
    found = VisitSheet.needs.through.objects.filter(visitsheet__survey__batch=batch).values("need")
    ordered = Order.objects.filter(host__batch=batch).values("need")
    seen = Need.objects.visible_to(user).exclude(status=Need.Status.DRAFT)
    return seen.filter(Q(pk__in=found) | Q(pk__in=ordered) | Q(submitted_at__range=window))


def funnel(batch: Batch, user: User) -> list[Stage]:
    """The round from the enterprises planned for a visit to what came of the service."""
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


def days_by_month(batch: Batch, user: User) -> list[dict[str, Any]]:
    """Days confirmed and days awaiting confirmation, month by month: closed months by their checks, the running one by
    the standings."""
    zero = Decimal(0)
    checks = MonthlyCheck.objects.visible_to(user).filter(assignment__batch=batch).order_by()
    closed = {
        row["month"]: (row["counted"], row["awaiting"])
        for row in checks.values("month").annotate(counted=Sum("days_counted"), awaiting=Sum("days_awaiting"))
    }
    standings = Standing.objects.visible_to(user).filter(assignment__batch=batch).order_by()
    running = standings.values("month").annotate(counted=Sum("month_days"), awaiting=Sum("month_awaiting"))
    for row in running:
        if row["month"] not in closed:
            closed[row["month"]] = (row["counted"], row["awaiting"])
    if not closed:
        return []
    months = Month.between(min(closed), max(closed))
    return [
        {
            "month": month,
            "counted": closed.get(month.first, (zero, zero))[0],
            "awaiting": closed.get(month.first, (zero, zero))[1],
        }
        for month in months
    ]


def by_district(batch: Batch, user: User) -> list[dict[str, Any]]:
    """Needs and hosts of the round in each district, with its place in the tile map."""
    needs = needs_of(batch, user).order_by().values_list("enterprise__district").annotate(n=Count("pk"))
    seen = Enterprise.objects.visible_to(user)
    hosts = Host.objects.filter(batch=batch, enterprise__in=seen).order_by()
    counts = {"needs": dict(needs), "hosts": dict(hosts.values_list("enterprise__district").annotate(n=Count("pk")))}
    return [
        {"district": one, "needs": counts["needs"].get(one.pk, 0), "hosts": counts["hosts"].get(one.pk, 0)}
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
    """Each kind that is counted, zero or not, and others that occurred; an outcome of two assignments counts once."""
    keys = Outcome.objects.visible_to(user).filter(assignments__batch=batch).values("pk")
    counts = dict(Outcome.objects.filter(pk__in=keys).order_by().values_list("kind").annotate(n=Count("pk")))
    url = reverse("admin:service_outcome_changelist")
    return [
        {"label": kind.label, "count": counts.get(kind.value, 0), "url": f"{url}?kind__exact={kind.value}"}
        for kind in Outcome.Kind
        if kind.value in Outcome.COUNTED or counts.get(kind.value)
    ]
