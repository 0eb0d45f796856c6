"""Health pages for load balancers and monitors: they use no session and no user, and answer within a second.

`/livez` tells whether this process answers. `/readyz` tells whether the database answers: no page works without it, so
a load balancer should ask this page. `/healthz` also lists the broker among its troubles. Without a broker all pages
work and jobs only start some seconds later, so its status is the same as that of `/readyz`.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

from core.bounded import Probe

SECONDS = 0.8
BROKER_SOCKET = {"socket_connect_timeout": 1, "socket_timeout": 1}


def ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def ask_broker() -> None:
    with Connection(settings.CELERY_BROKER_URL, transport_options=BROKER_SOCKET) as broker:
        broker.ensure_connection(max_retries=1, timeout=1)


DATABASE, BROKER = Probe(ask_database), Probe(ask_broker)


@never_cache
@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"ok": True})


@never_cache
@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    ready = DATABASE.is_good(seconds=SECONDS)
    return JsonResponse({"ok": ready, "troubles": [] if ready else ["database"]}, status=200 if ready else 503)


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    BROKER.begin()  # at the same time as the database, so that both answer within one second
    wells = {"database": DATABASE.is_good(seconds=SECONDS), "broker": BROKER.is_good(seconds=SECONDS)}
    troubles = [name for name, well in wells.items() if not well]
    return JsonResponse({"ok": not troubles, "troubles": troubles}, status=200 if wells["database"] else 503)
