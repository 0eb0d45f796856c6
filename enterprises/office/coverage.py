"""How far a survey has come: visited of planned, by department and by district, and the sheets themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Max, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from accounts.models import District, Office, User
from core.permissions import may, rules_let
from enterprises.columns import SHEET
from enterprises.filters import firm_found
from enterprises.models import Survey, VisitSheet
from ui.filters import ListFilter, saying
from ui.forms import offered
from ui.lists import Empty, ListPage


class SheetFilter(ListFilter):
    q = CharFilter(
        method="search", label=gettext_lazy("Search"), help_text=gettext_lazy("Enterprise, pinyin, code, people")
    )
    department = ModelChoiceFilter(
        queryset=offered(Office, kind=Office.Kind.DEPARTMENT),
        label=gettext_lazy("Department"),
        empty_label=gettext_lazy("all"),
    )
    district = ModelChoiceFilter(
        field_name="enterprise__district",
        queryset=offered(District),
        label=gettext_lazy("District"),
        empty_label=gettext_lazy("all"),
    )
    state = ChoiceFilter(
        method="visited",
        choices=[("planned", gettext_lazy("planned")), ("visited", gettext_lazy("visited"))],
        label=gettext_lazy("State"),
        empty_label=gettext_lazy("all"),
    )

    class Meta:
        model = VisitSheet
        fields: list[str] = []

    def search(self, rows: QuerySet[VisitSheet], name: str, value: str) -> QuerySet[VisitSheet]:
        return rows.filter(firm_found("enterprise", value) | saying("people", value))

    def visited(self, rows: QuerySet[VisitSheet], name: str, value: str) -> QuerySet[VisitSheet]:
        return rows.filter(visited_on__isnull=value == "planned")


class Covered(TypedDict):
    """A line of the coverage: what was planned, visited and found in one group, and the share visited in per cent."""

    name: Any
    planned: int
    visited: int
    needs: int
    last: Any
    share: int


class CoveragePage(TypedDict):
    """What office/survey_coverage.html reads beside the sheets; `sums` is the line below the departments."""

    survey: Survey
    by_department: list[Covered]
    by_district: list[Covered]
    sums: dict[str, int]
    share: int
    may_fill: bool
    may_plan: bool


class SheetList(ListPage):
    """The sheets of one survey, those still to be visited first, below how far it has come."""

    model, base, order = VisitSheet, "office/base.html", (F("visited_on").desc(nulls_first=True), "pk")
    related = ("enterprise__district", "department")
    filterset_class, columns, paginate_by, dense = SheetFilter, SHEET, 50, True
    template_name = "office/survey_coverage.html"
    none_found = gettext_lazy("No sheet fits these filters")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may(self.user, "view", Survey):
            raise PermissionDenied
        seen = Survey.objects.visible_to(self.user).select_related("programme", "batch")
        self.survey = get_object_or_404(seen, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return str(self.survey)

    def seen(self) -> QuerySet[VisitSheet]:
        return VisitSheet.objects.visible_to(self.user).filter(survey=self.survey)

    def get_queryset(self) -> QuerySet[VisitSheet]:
        rows: QuerySet[VisitSheet] = super().get_queryset().annotate(found=Count("needs"))
        return rows

    def none(self, user: User) -> Empty:
        title, text = _("No sheet here"), _("Put enterprises on the departments' lists.")
        if not rules_let(user, "add", VisitSheet):
            return Empty(title)
        return Empty(title, text, reverse("admin:survey_plan", args=[self.survey.pk]), _("Plan visits"))

    def facts(self) -> CoveragePage:
        sheets = self.seen()
        by_department = coverage(sheets, "department__name")
        sums = total(by_department, "planned", "visited", "needs")
        return {
            "survey": self.survey,
            "by_department": by_department,
            "by_district": coverage(sheets, "enterprise__district__name"),
            "sums": sums,
            "share": round(100 * sums["visited"] / sums["planned"]) if sums["planned"] else 0,
            "may_fill": rules_let(self.user, "fill", VisitSheet),
            "may_plan": rules_let(self.user, "add", VisitSheet),
        }


survey_coverage = SheetList.as_view()


def coverage(sheets: QuerySet[VisitSheet], group: str) -> list[Covered]:
    """Visited, planned and needs found by `group` (a lookup such as department__name), with the share visited."""
    rows: dict[Any, dict[str, Any]] = defaultdict(lambda: {"planned": 0, "visited": 0, "needs": 0, "last": None})
    visits = (
        sheets.order_by()
        .values(group)
        .annotate(planned=Count("pk"), visited=Count("pk", filter=Q(visited_on__isnull=False)), last=Max("visited_on"))
    )
    for row in visits:
        rows[row[group]].update(planned=row["planned"], visited=row["visited"], last=row["last"])
    found = sheets.order_by().values(group).annotate(n=Count("needs", distinct=True))
    for row in found:
        rows[row[group]]["needs"] = row["n"]
    return [
        {
            "name": name,
            "planned": facts["planned"],
            "visited": facts["visited"],
            "needs": facts["needs"],
            "last": facts["last"],
            "share": round(100 * facts["visited"] / facts["planned"]) if facts["planned"] else 0,
        }
        for name, facts in sorted(rows.items(), key=lambda item: (-item[1]["planned"], str(item[0])))
    ]


def total(rows: Sequence[Mapping[str, Any]], *names: str) -> dict[str, int]:
    """The sum line of a table."""
    return {name: sum(row[name] for row in rows) for name in names}
