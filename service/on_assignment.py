"""What the page of an assignment shows of its service, and what can be done about it there."""

from typing import TypedDict

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assignments.models import Assignment
from assignments.rules import was_begun
from core.permissions import may
from service.given_lines import GivenLine, given_lines
from service.models import Outcome, SharedVisit, Visit, Waiver
from service.outlook import Outlook, outlook_of
from service.rule_lines import RuleLines, rule_lines
from service.sources import rules_of, trouble_with
from ui.offers import Offer, ShownOffer, offers_of

RECENT = 10  # visits shown on the page of an assignment


class WholeService(TypedDict, total=False):
    """What is not shown to a served enterprise, only to those who follow the whole service."""

    follows: bool
    waivers: QuerySet[Waiver]
    outcomes: QuerySet[Outcome]
    given: list[GivenLine]
    trouble: str
    outlook: Outlook
    rule_lines: list[RuleLines]


class ServicePart(WholeService):
    """What service/assignment_service.html reads."""

    assignment: Assignment
    visits: list[Visit]


def service_of(assignment: Assignment, request: HttpRequest) -> ServicePart:
    """The visits one sees; for those who follow the whole service its term, months, outcomes and waivers too."""
    user: User = request.user  # type: ignore[assignment]  # pages of assignments are behind the sign-in
    shared = list(SharedVisit.objects.filter(assignment=assignment).values_list("visit", flat=True))
    here = Q(assignment=assignment) | Q(pk__in=shared)
    visits = Visit.objects.visible_to(user).filter(here).select_related("enterprise")
    whole: WholeService = _whole_service(assignment, user) if may(user, "follow", assignment) else {}
    return {**whole, "assignment": assignment, "visits": list(visits.order_by("-starts_on", "-pk")[:RECENT])}


def _whole_service(assignment: Assignment, user: User) -> WholeService:
    whole: WholeService = {
        "follows": True,
        "waivers": Waiver.objects.filter(assignment=assignment).order_by("-month", "-pk"),
        "outcomes": Outcome.objects.filter(assignments=assignment).order_by("-happened_on", "-pk"),
        "given": given_lines(assignment),
        "trouble": trouble_with(assignment),
    }
    if was_begun(user, assignment) and not whole["trouble"]:
        on = timezone.localdate()
        whole["outlook"] = outlook_of(assignment, on=on)
        whole["rule_lines"] = rule_lines(rules_of(assignment), whole["outlook"].lines, on=on)
    return whole


def offers_on(assignment: Assignment, request: HttpRequest) -> dict[str, list[ShownOffer]]:
    """The buttons of doctors, hosts and the office that belong to the service."""
    user: User = request.user  # type: ignore[assignment]  # pages of assignments are behind the sign-in
    log = f"{reverse('visit_new')}?assignment={assignment.pk}"
    offers = [
        Offer("visit", _("Log a visit"), url=log, icon="plus", tone="primary"),
        Offer("outcome", _("Register an outcome"), url=reverse("outcome_new", args=[assignment.pk])),
        Offer("waive", _("Ask for a waiver"), url=reverse("waiver_new", args=[assignment.pk])),
        Offer("give", _("Give a value"), url=reverse("given_new", args=[assignment.pk])),
    ]
    return {"service_offers": offers_of(user, assignment, offers)}
