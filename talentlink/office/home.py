"""The office's home: what waits, the round in pictures, and the tables."""

from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.models import Survey
from talentlink.office import figures
from talentlink.watch import looking
from talentlink.watch.page import may_watch
from ui.office_table import person


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user, today = person(request), timezone.localdate()
    batch, *others = figures.batches_shown(user) or [None]  # type: ignore[list-item]
    facts: dict[str, Any] = {
        "troubles": looking.troubles() if may_watch(user) else [],
        "todos": figures.todos(user, today),
        "batch": batch,
        "others": others,
        "behind": figures.most_behind(user),
        "tables": site.get_app_list(request),
        "survey": Survey.objects.visible_to(user).order_by("-starts_on", "-pk").first(),
    }
    if batch is not None:
        facts |= {
            "stages": figures.funnel(batch, user),
            "months": figures.days_by_month(batch, user),
            "districts": figures.by_district(batch, user),
        }
    return render(request, "office/home.html", facts)
