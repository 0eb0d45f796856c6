"""Private PostgreSQL and Valkey for one test run, and a Valkey database for each process of it."""

import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest

from talentlink.local.ground import Ground, for_django
from talentlink.local.state import ROOT, State
from talentlink.local.supervisor import Supervisor
from talentlink.local.trouble import Trouble

# What the settings read; a developer's own values must not reach the tests.
FOREIGN = [
    *("ALLOWED_HOSTS", "CITY_NAME", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEMO", "JOB_LEASE_SECONDS", "LOG_LEVEL"),
    *("REDIS_URL", "SITE_NAME", "TRUST_PROXY"),
]
FIXED = {
    "SECRET_KEY": "only-for-tests-and-long-enough-to-keep-every-check-quiet-0123456789",
    # Static files are found where they lie, without a manifest; pytest-django turns DEBUG itself off.
    "DEBUG": "1",
    # Playwright runs an event loop in the thread of the test, which Django takes for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}


class Servers:
    """Servers of one run in a folder of their own, gone with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="talentlink-test-"))
        given = {name: value for name, value in os.environ.items() if name not in FOREIGN} | FIXED
        state = State.open(given | {"TALENTLINK_STATE": str(self.folder)})
        self.supervisor = Supervisor(state.logs, ROOT, say=lambda line: None)
        ground = Ground(state, given, for_tests=True)
        ground.start(self.supervisor)
        self.environ = for_django(state, given, ground.database_url, ground.redis_url)
        self.environ["MEDIA_ROOT"] = str(self.folder / "media")

    def end(self) -> None:
        self.supervisor.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare() -> Servers | None:
    """Put the servers' addresses into the environment and load Django; only the run's first process starts any."""
    servers = None
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        # pytest-django gives each process a PostgreSQL database of its own; this does the same for Valkey.
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{number}"
    else:
        try:
            servers = Servers()
        except Trouble as trouble:
            pytest.exit(f"{trouble.english}\n{trouble.chinese}", returncode=trouble.status)
        os.environ.clear()
        os.environ.update(servers.environ)
    django.setup()
    return servers
