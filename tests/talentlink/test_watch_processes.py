"""A real worker that is frozen: the office's page says so."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from core.models import Heartbeat
from talentlink.watch import processes
from talentlink.watch.signs import Sign
from tests.factories import CityUserFactory
from tests.processes import Worker, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def workers_on(client: Client) -> Sign:
    found = client.get("/office/watch/").context
    (sign,) = [sign for sign in [*found["troubles"], *found["fine"]] if sign.key == "workers"]
    return sign


def test_a_frozen_worker_stands_on_the_page_and_on_the_home_until_it_goes_on(
    start_worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A worker beats every ten seconds; for real it is silent after 45.
    monkeypatch.setattr(processes, "SILENT_AFTER", timedelta(seconds=14))
    worker = start_worker()
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(CityUserFactory())
    eventually(lambda: Heartbeat.objects.filter(kind="worker", pid=worker.pid).exists())
    assert str(workers_on(client).level) == "good"
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        eventually(lambda: str(workers_on(client).level) == "bad", seconds=60)
        sign = workers_on(client)
        cache.clear()
        home = client.get("/office/").content.decode()
    finally:
        os.kill(worker.pid, signal.SIGCONT)
    assert sign.headline == "No worker is there for: work people wait for、rounds、the calendar"
    assert f"process {worker.pid}" in sign.details[0] and "silent for" in sign.details[0]
    assert "Workers: No worker is there for" in home
    eventually(lambda: str(workers_on(client).level) == "good", seconds=60)
