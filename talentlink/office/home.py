"""The office's home: its to-dos, troubles of operation, the charts of a round, and the tables."""

from typing import Any, NotRequired, TypedDict

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import is_office
from programmes.models import Batch
from talentlink.office import figures
from talentlink.watch import looking
from talentlink.watch.page import may_watch
from talentlink.watch.signs import Sign
from ui.contributions import Item, todos_of
from ui.office_table import person


class HomePage(TypedDict):
    """What office/home.html reads; the charts are missing where there is no batch yet."""

    troubles: list[Sign]
    todos: list[Item]
    batch: Batch | None
    others: list[Batch]
    tables: list[dict[str, Any]]
    stages: NotRequired[list[figures.Stage]]
    months: NotRequired[list[figures.MonthDays]]
    districts: NotRequired[list[figures.DistrictFigures]]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The home of somebody of an office; without business it has no round, no charts and no tables of the round."""
    if not is_office(person(request)):
        return _without_business(request)
    user = person(request)
    batch, *others = figures.batches_shown(user) or [None]  # type: ignore[list-item]
    page: HomePage = {
        "troubles": looking.troubles() if may_watch(user) else [],
        "todos": todos_of(user, timezone.localdate()),
        "batch": batch,
        "others": others,
        "tables": site.get_app_list(request),
    }
    if batch is not None:
        page["stages"] = figures.funnel(batch, user)
        page["months"] = figures.days_by_month(batch, user)
        page["districts"] = figures.by_district(batch, user)
    return render(request, "office/home.html", page)


def _without_business(request: HttpRequest) -> HttpResponse:
    """The home of an administrator or an auditor."""
    user = person(request)
    context = {
        "troubles": looking.troubles() if may_watch(user) else [],
        "todos": todos_of(user, timezone.localdate()),
        "tables": site.get_app_list(request),
    }
    return render(request, "office/home_of_duty.html", context)
