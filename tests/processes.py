"""Real Celery workers on the test's own database and broker, to be killed and started again."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

from supervisor.process import Child, Spec
from supervisor.roles import APPLICATION, OWNER
from supervisor.state import ROOT


def eventually(true: Callable[[], object], seconds: float = 30) -> None:
    """Return as soon as something becomes true; fail if it does not within the time."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            pytest.fail(f"still not true after {seconds:g} s")
        time.sleep(0.05)


class Worker:
    """One `celery worker` process with its children."""

    def __init__(self, log: Path, concurrency: int) -> None:
        # As on a site, it is the application, whatever role the tests have.
        database = urlsplit(os.environ["DATABASE_URL"].replace(f"//{OWNER}@", f"//{APPLICATION}@"))
        env = os.environ | {"DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl()}
        command = [sys.executable, "-m", "talentlink", "worker", "--loglevel", "INFO"]
        command += [
            "--include",
            "supervisor.celery_pool",
            "--without-gossip",
            "--without-mingle",
            "--concurrency",
            str(concurrency),
        ]
        self.child = Child(Spec("worker", command, env, death_signal=signal.SIGKILL), log, ROOT)

    @property
    def pid(self) -> int:
        return self.child.pid

    def words(self) -> str:
        """What the worker logged since its last start."""
        return self.child.words()

    def start(self) -> None:
        """Start, or start again after `kill`; returns when it takes tasks."""
        self.child.start()
        eventually(lambda: " ready." in self.words() or self.child.status() is not None)
        assert self.child.status() is None, self.words()

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        self.child.kill()


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers on this test's database; the broker is empty before and after."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    workers: list[Worker] = []

    def start(*, concurrency: int = 1) -> Worker:
        worker = Worker(tmp_path / f"worker-{len(workers)}.log", concurrency)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.kill()
    broker.flushdb()
    broker.close()


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    return start_worker()
