"""How far a survey has come: visited of planned, by department and by district, and the sheets themselves."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from accounts.models import District, Office
from core.permissions import may
from enterprises.models import Survey, VisitSheet
from officedata.text import fold
from ui.filters import ListFilter, named, saying
from ui.forms import offered
from ui.office_table import person

PAGE = 50


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
        found = named("enterprise", value) | Q(enterprise__credit_code__iexact=fold(value))
        return rows.filter(found | saying("people", value))

    def visited(self, rows: QuerySet[VisitSheet], name: str, value: str) -> QuerySet[VisitSheet]:
        return rows.filter(visited_on__isnull=value == "planned")


@require_safe
def survey_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    if not may(user, "view", Survey):
        raise PermissionDenied
    survey = get_object_or_404(Survey.objects.visible_to(user).select_related("programme", "batch"), pk=pk)
    sheets = VisitSheet.objects.visible_to(user).filter(survey=survey)
    by_department = coverage(sheets, "department__name")
    by_district = coverage(sheets, "enterprise__district__name")
    filters = SheetFilter(request.GET, sheets, request=request)
    listed = filters.qs.select_related("enterprise__district", "department").annotate(found=Count("needs"))
    page = Paginator(listed.order_by(F("visited_on").desc(nulls_first=True), "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    sums = total(by_department, "planned", "visited", "needs")
    facts = {
        "survey": survey,
        "by_department": by_department,
        "by_district": by_district,
        "sums": sums,
        "share": round(100 * sums["visited"] / sums["planned"]) if sums["planned"] else 0,
        "filter": filters,
        "page": page,
        "may_fill": may(user, "fill", VisitSheet),
        "may_plan": may(user, "add", VisitSheet),
    }
    return render(request, "office/survey_coverage.html", facts)


def coverage(sheets: QuerySet[VisitSheet], group: str) -> list[dict[str, Any]]:
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
        {"name": name, **facts, "share": round(100 * facts["visited"] / facts["planned"]) if facts["planned"] else 0}
        for name, facts in sorted(rows.items(), key=lambda item: (-item[1]["planned"], str(item[0])))
    ]


def total(rows: Sequence[dict[str, Any]], *names: str) -> dict[str, Any]:
    """The sum line of a table."""
    return {name: sum(row[name] for row in rows) for name in names}
