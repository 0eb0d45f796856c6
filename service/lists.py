"""The lists of visits and of assignments in service."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.permissions import rules_let
from core.scope import Body, body_of
from service.columns import ASSIGNMENT, OF_MONTHS, VISIT
from service.filters import AssignmentFilter, VisitFilter
from service.followed import with_standing
from service.models import Visit
from service.progress import any_monthly, batches_with
from service.views.visits import MOST
from ui.exports import Column
from ui.lists import Empty, ListPage


def no_visits(user: User) -> Empty:
    if not rules_let(user, "visit", Assignment):
        return Empty(_("No visits yet"), _("Visits stand here as soon as a doctor has logged them."))
    text = _("Log a visit on the day it ends; it takes half a minute.")
    return Empty(_("No visits yet"), text, reverse("visit_new"), _("Log a visit"))


class VisitsPage(TypedDict):
    """What service/visit_list.html reads beside the rows; `sorts` gives the field that a head sorts by."""

    sorts: dict[str, str]
    to_confirm: list[Visit]
    may_log: bool
    with_doctor: bool
    with_enterprise: bool


class VisitList(ListPage):
    """All visits one sees; an enterprise has those that await its answer above, to confirm at one tap."""

    model, order = Visit, ("-starts_on", "-pk")
    related = ("doctor__university", "enterprise", "assignment__host__enterprise", "assignment__batch")
    filterset_class, columns = VisitFilter, VISIT
    title, template_name = _("Visits"), "service/visit_list.html"
    none, none_found = staticmethod(no_visits), _("No visit fits these filters")

    def facts(self) -> VisitsPage:
        body = body_of(self.user)
        return {
            "sorts": {"days": "starts_on", "doctor": "doctor", "enterprise": "enterprise"},
            "to_confirm": self._to_confirm(),
            "may_log": rules_let(self.user, "visit", Assignment),
            "with_doctor": body != Body.DOCTOR,
            "with_enterprise": body != Body.ENTERPRISE,
        }

    def _to_confirm(self) -> list[Visit]:
        if not rules_let(self.user, "confirm", Visit):
            return []
        awaiting = Visit.objects.visible_to(self.user).awaiting_confirmation()
        return list(awaiting.select_related(*self.related).order_by("starts_on", "pk")[:MOST])


class AssignmentList(ListPage):
    """Assignments with their standings, those furthest behind first."""

    model, related = Assignment, ("doctor__university", "host__enterprise", "batch")
    order = (F("standing_behind").desc(nulls_last=True), "-starts_on", "-pk")
    filterset_class, columns = AssignmentFilter, ASSIGNMENT
    title, template_name = _("Assignments"), "service/assignment_list.html"
    none = Empty(_("No assignments yet"), _("When a doctor accepts a dispatch, his service stands here."))
    none_found = _("No assignment fits these filters")

    def seen(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = with_standing(Assignment.objects.visible_to(self.user), self.user)
        return rows

    def get_columns(self) -> Sequence[Column]:
        return ASSIGNMENT if self._with_months() else [each for each in ASSIGNMENT if each not in OF_MONTHS]

    def facts(self) -> dict[str, Any]:
        return {"with_university": body_of(self.user) != Body.UNIVERSITY, "with_months": self._with_months()}

    def _with_months(self) -> bool:
        """Whether some service of the list is judged month by month."""
        return any_monthly(batches_with(Assignment.objects.visible_to(self.user), "batch"))
