"""The doctor logs a visit on his phone, and the receipt that says what counts and what it waits for."""

from datetime import date, timedelta
from typing import Any, NotRequired, TypedDict
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedIn
from assignments.models import Assignment, Project
from core.errors import Refused
from core.parameters import client_key_of, renew_client_key
from core.permissions import check_permitted, may
from enterprises.actions import enterprise_users
from officedata.months import Month
from service import actions
from service.counting import days_that_count, shortest_asked
from service.forms import VisitForm
from service.models import Standing, Visit
from service.outlook import Bar, month_bar, term_bar
from service.rules import is_unlocked, may_take_entries
from service.sources import rules_of, trouble_with
from service.told import counted_of


class Rules(TypedDict):
    """How many days a visit has at least, or why nobody can say."""

    trouble: str
    least: int


class VisitFormPage(TypedDict):
    """What service/visit_new.html reads; the rules are those of the first service and missing where there is none."""

    form: VisitForm
    projects: list[Project]
    preparing: Assignment | None
    today: date
    yesterday: date
    before: date
    phrases: list[str]
    more_open: bool
    trouble: NotRequired[str]
    least: NotRequired[int]


class ReceiptPage(Rules):
    """What service/visit_receipt.html reads; without a standing there are no bars, `month` is for the running one."""

    visit: Visit
    said: str
    counted: str
    term: Bar | None
    month: Bar | None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def visit_new(request: SignedIn) -> HttpResponse:
    """The form of a visit; the browser does not store it, so that a new entry has a new key."""
    if not may(request.user, "visit", Assignment):
        raise PermissionDenied
    sent = _sent_before(request)
    if sent is not None and _same_again(request, sent):
        return redirect("visit_receipt", pk=sent.pk)
    projects = _projects(request)
    form = VisitForm(
        request.POST if request.method == "POST" else None, projects=projects, initial=_initial(request, projects)
    )
    if request.method == "POST" and projects and form.is_valid():
        visit = _log(request, form, sent)
        if visit is not None:
            return redirect("visit_receipt", pk=visit.pk)
    return render(request, "service/visit_new.html", _form_page(request, form, projects))


def _form_page(request: SignedIn, form: VisitForm, projects: list[Project]) -> VisitFormPage:
    today = timezone.localdate()
    written = any(form[name].errors or form[name].value() for name in ("solved", "next_step"))
    page: VisitFormPage = {
        "form": form,
        "projects": projects,
        "preparing": None if projects else _preparing(request),
        "today": today,
        "yesterday": today - timedelta(days=1),
        "before": today - timedelta(days=2),
        "phrases": _phrases(),
        "more_open": written or bool(form["mode"].errors),
    }
    return {**page, **_rules(projects[0].assignment)} if projects else page


def _same_again(request: SignedIn, sent: Visit) -> bool:
    """Whether the entry says what it said before, wherever the doctor may log by now."""
    services = [sent.assignment_id, *sent.shared.values_list("assignment_id", flat=True)]
    rows = Project.objects.filter(assignment__in=services).select_related(
        "enterprise", "assignment__batch__programme", "assignment__host__enterprise"
    )
    form = VisitForm(request.POST, projects=list(rows))
    if not form.is_valid():
        return False
    facts = dict(form.cleaned_data)
    also = {each.pk for each in facts.pop("also", [])}
    return also == set(sent.shared.values_list("assignment_id", flat=True)) and actions.says_the_same(
        sent, enterprise=facts.pop("place").enterprise, **facts
    )


def _rules(assignment: Assignment) -> Rules:
    trouble = trouble_with(assignment)
    return {"trouble": trouble, "least": 0 if trouble else shortest_asked(rules_of(assignment))}


def _sent_before(request: SignedIn) -> Visit | None:
    """The visit an entry of this key already made: sent again, it gets the same answer."""
    key = client_key_of(request.POST.get("client_key"))
    return Visit.objects.filter(client_key=key, doctor__user=request.user).first() if key else None


def _projects(request: SignedIn) -> list[Project]:
    """Where the doctor may have been: every enterprise of his services, the running ones and the lead first.

    The keys come first, in a query of their own: in one query they are nine relations, more than PostgreSQL plans as
    a whole (`join_collapse_limit` is 8), and it reads every project of the city.
    """
    today = timezone.localdate()
    mine = Assignment.objects.filter(may_take_entries(today), doctor__user=request.user)
    rows = Project.objects.filter(assignment__in=list(mine.values_list("pk", flat=True))).select_related(
        "enterprise", "assignment__batch__programme", "assignment__host__enterprise", "assignment__doctor"
    )
    found = rows.order_by("assignment__status", "-assignment__starts_on", "assignment", "kind", "pk")
    return [each for each in found if is_unlocked(each.assignment, today)]


def _initial(request: SignedIn, projects: list[Project]) -> dict[str, Any]:
    """The initial values: a key, the lead host of the assignment asked for, today."""
    asked = request.GET.get("assignment", "")
    first = next((each for each in projects if str(each.assignment_id) == asked), projects[0] if projects else None)
    place = f"{first.assignment_id}-{first.enterprise_id}" if first else ""
    today = timezone.localdate()
    return {"client_key": uuid4(), "place": place, "starts_on": today, "ends_on": today}


def _phrases() -> list[str]:
    """What doctors write most, to put in at a tap."""
    return [
        _("Looked at the process."),
        _("Took samples."),
        _("Discussed the plan."),
        _("Followed a trial."),
        _("Trained staff."),
    ]


def _preparing(request: SignedIn) -> Assignment | None:
    """The service that waits for its first day, when there is nothing to log for yet."""
    rows = Assignment.objects.visible_to(request.user).filter(status=Assignment.Status.PREPARING)
    return rows.select_related("host__enterprise").order_by("starts_on", "pk").first()


def _log(request: SignedIn, form: VisitForm, sent: Visit | None) -> Visit | None:
    """Log it; what is refused is said on the form, with everything typed kept."""
    facts = dict(form.cleaned_data)
    project = facts.pop("place")
    for service in (project.assignment, *facts.get("also", [])):
        check_permitted(service, "visit", request.user)
    try:
        return actions.log_visit(
            project.assignment, by=request.user, at=timezone.now(), on=timezone.localdate(),
            enterprise=project.enterprise, **facts,
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal.code, refusal.message, *refusal.reasons)
        if sent is not None:  # what was sent before stays; sent again, this is another visit
            form.refused = request.POST["client_key"]
        if sent is not None or refusal.code == "foreign_key":
            renew_client_key(form)
        return None


@require_safe
def visit_receipt(request: SignedIn, pk: int) -> HttpResponse:
    """What was logged, what counts now and what still waits."""
    rows = Visit.objects.visible_to(request.user).select_related("enterprise", "assignment__batch", "doctor")
    visit = get_object_or_404(rows, pk=pk)
    check_permitted(visit.assignment, "visit", request.user)
    standing, today = Standing.objects.filter(assignment=visit.assignment_id).first(), timezone.localdate()
    counted = days_that_count(visit)
    month = standing.month if standing is not None else None
    running = month is not None and Month.of(visit.starts_on) == Month.of(month)
    page: ReceiptPage = {
        **_rules(visit.assignment),
        "visit": visit,
        "said": _said(visit),
        "counted": counted_of(counted) if counted is not None and counted != visit.length else "",
        "term": term_bar(standing, last_day=visit.assignment.last_day, on=today) if standing is not None else None,
        "month": month_bar(standing, on=today) if standing is not None and running else None,
    }
    return render(request, "service/visit_receipt.html", page)


def _said(visit: Visit) -> str:
    """Who was told of a visit that waits, and what its days wait for."""
    if visit.status != Visit.Status.LOGGED:
        return ""
    if not enterprise_users(visit.enterprise):
        return _("The enterprise has no account yet, so nobody was told; ask it, or the talent office, to have one.")
    if days_that_count(visit) == 0:
        return _("The enterprise was told and is asked to confirm the visit.")
    return _("The enterprise was told. The days count once it confirms.")
