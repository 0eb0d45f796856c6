"""A real worker that is frozen, or the processes that do its jobs: the office's page says so."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

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


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    # A process beats every ten seconds; for real it is silent after 45.
    monkeypatch.setattr(processes, "SILENT_AFTER", timedelta(seconds=14))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(CityUserFactory())
    return client


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def children(worker: Worker) -> list[int]:
    """The processes of the worker that do jobs, as soon as each has said that it lives."""
    found = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    pids = sorted(int(pid) for pid in found)
    eventually(lambda: sorted(Heartbeat.objects.filter(kind="job").values_list("pid", flat=True)) == pids)
    return pids


def test_frozen_job_processes_stand_on_the_page_and_on_the_home_until_they_go_on(
    start_worker: Callable[..., Worker], client: Client
) -> None:
    worker = start_worker(concurrency=2)
    pids = children(worker)
    eventually(lambda: str(workers_on(client).level) == "good")
    assert workers_on(client).details[0] == "work people wait for: 2 of 2 job processes live"
    with frozen(pids[:1]):
        eventually(lambda: str(workers_on(client).level) == "wait", seconds=60)
        assert workers_on(client).headline == "1 of 2 job processes stand still"
        with frozen(pids[1:]):
            eventually(lambda: str(workers_on(client).level) == "bad", seconds=60)
            sign = workers_on(client)
            cache.clear()
            home = client.get("/office/").content.decode()
    assert sign.headline == "No job process moves: work people wait for、rounds、the calendar"
    assert sign.details[0] == "work people wait for: 0 of 2 job processes live"
    assert "Workers: No job process moves" in home
    eventually(lambda: str(workers_on(client).level) == "good", seconds=60)


def test_a_frozen_main_process_stops_no_work(start_worker: Callable[..., Worker], client: Client) -> None:
    worker = start_worker()
    children(worker)
    with frozen([worker.pid]):
        eventually(lambda: str(workers_on(client).level) == "wait", seconds=60)
        sign = workers_on(client)
    assert sign.headline == "The main process does not answer; jobs are still done"
    assert f"process {worker.pid}" in sign.details[3] and "silent for" in sign.details[3]
    eventually(lambda: str(workers_on(client).level) == "good", seconds=60)


def test_the_signs_of_life_go_with_their_processes(start_worker: Callable[..., Worker]) -> None:
    worker = start_worker()
    (first,) = children(worker)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: Heartbeat.objects.get(kind="job").pid != first)
    worker.stop()
    assert not Heartbeat.objects.exists()
