"""The office's home: its to-dos, troubles of operation, the charts of a round, and the tables."""

from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from talentlink.office import figures
from talentlink.watch import looking
from talentlink.watch.page import may_watch
from ui.contributions import todos_of
from ui.office_table import person


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = person(request)
    batch, *others = figures.batches_shown(user) or [None]  # type: ignore[list-item]
    context: dict[str, Any] = {
        "troubles": looking.troubles() if may_watch(user) else [],
        "todos": todos_of(user, timezone.localdate()),
        "batch": batch,
        "others": others,
        "tables": site.get_app_list(request),
    }
    if batch is not None:
        context |= {
            "stages": figures.funnel(batch, user),
            "months": figures.days_by_month(batch, user),
            "districts": figures.by_district(batch, user),
        }
    return render(request, "office/home.html", context)
