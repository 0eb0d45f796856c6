"""Pages that belong to no app: health, the style page, and what is shown when a form's key is stale."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from kombu import Connection

from talentlink.style import samples


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database and the broker answer, 503 with the name of what does not."""
    troubles = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001  whatever it is, the answer is the same
        troubles.append("database")
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # noqa: BLE001  whatever it is, the answer is the same
        troubles.append("broker")
    return JsonResponse({"ok": not troubles, "troubles": troubles}, status=503 if troubles else 200)


@login_not_required
def style(request: HttpRequest) -> HttpResponse:
    """Every component of the pages on one page."""
    return render(request, "style.html", samples(request.GET))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was too old: says so, and that the browser kept what was typed."""
    return render(request, "403_csrf.html", status=403)
