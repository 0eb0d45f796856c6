"""Real Celery workers and beats on the test's database and broker; a test can kill and restart them."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.db import connection

from core.lanes import LANES
from supervisor.process import Child, Spec
from supervisor.roles import APPLICATION, OWNER
from supervisor.state import ROOT, State
from supervisor.valkey import Valkey

CELERY = [sys.executable, "-m", "talentlink"]


def eventually(true: Callable[[], object], seconds: float = 30) -> None:
    """Return as soon as `true` returns a true value; fail the test if it does not within `seconds`."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            pytest.fail(f"still not true after {seconds:g} s")
        time.sleep(0.05)


def environment() -> dict[str, str]:
    """The environment of a process that uses this test's database; as on a site, with the application's role."""
    database = urlsplit(os.environ["DATABASE_URL"].replace(f"//{OWNER}@", f"//{APPLICATION}@"))
    return os.environ | {"DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl()}


class Worker:
    """A `celery worker` process with its children."""

    def __init__(self, log: Path, concurrency: int, lanes: str, include: str, extra: Mapping[str, str]) -> None:
        env = environment() | extra
        command = [*CELERY, "worker", "--loglevel", "INFO"]
        command += [
            "--include",
            include,
            "--without-gossip",
            "--without-mingle",
            "--concurrency",
            str(concurrency),
            "--queues",
            lanes,
        ]
        self.child = Child(Spec("worker", command, env, death_signal=signal.SIGKILL), log, ROOT)

    @property
    def pid(self) -> int:
        return self.child.pid

    def words(self) -> str:
        """The text that the worker logged since its last start."""
        return self.child.words()

    def start(self, *, ready: bool = True) -> None:
        """Start the worker, also again after `kill`; return when it takes tasks, or at once if `ready` is False."""
        self.child.start()
        eventually(lambda: not ready or " ready." in self.words() or self.child.status() is not None)
        assert self.child.status() is None, self.words()

    def kill(self) -> None:
        """Kill the worker and its children, as a power cut would."""
        self.child.kill()

    def stop(self) -> None:
        """Ask the worker to end, as the supervisor does, and wait until it has ended."""
        self.child.stop()


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers on this test's database; the broker is empty before and after."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    workers: list[Worker] = []

    def start(
        *,
        concurrency: int = 1,
        lanes: str = ",".join(LANES),
        include: str = "supervisor.celery_pool",
        ready: bool = True,
        **extra: str,
    ) -> Worker:
        worker = Worker(tmp_path / f"worker-{len(workers)}.log", concurrency, lanes, include, extra)
        workers.append(worker)
        worker.start(ready=ready)
        return worker

    yield start
    for worker in workers:
        worker.kill()
    broker.flushdb()
    broker.close()


@pytest.fixture
def worker(start_worker: Callable[..., Worker]) -> Worker:
    return start_worker()


@pytest.fixture
def start_beat(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Starts beats on this test's database."""
    beats: list[Child] = []

    def start(**extra: str) -> Child:
        command = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile", ""]
        spec = Spec("beat", command, environment() | extra, death_signal=signal.SIGKILL)
        beat = Child(spec, tmp_path / f"beat-{len(beats)}.log", ROOT)
        beats.append(beat)
        beat.start()
        return beat

    yield start
    for beat in beats:
        beat.kill()


@pytest.fixture
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Child]]:
    """The address and the process of a Valkey for one test, which may stop or empty it."""
    state = State.open({"TALENTLINK_STATE": str(tmp_path_factory.mktemp("broker"))})
    server = Valkey(state, for_tests=True)
    server.prepare()
    child = Child(server.spec(os.environ), state.root / "valkey.log", ROOT)
    child.start()
    eventually(lambda: child.spec.ready(child))
    yield server.url, child
    child.kill()
