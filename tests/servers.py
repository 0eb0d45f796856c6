"""Private PostgreSQL and Valkey for one test run, and a database of each for every process of it."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection

from supervisor import stamps
from supervisor.base_servers import BaseServers, for_django
from supervisor.process import Spec
from supervisor.state import ROOT, State
from supervisor.supervisor import Supervisor
from supervisor.trouble import Trouble

# What the settings read; a developer's own values must not reach the tests.
FOREIGN = [
    *("BACKUP_DAILY", "BACKUP_DIR", "BACKUP_KEY", "KEEP_DAYS"),
    *("ALLOWED_HOSTS", "CITY_NAME", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG", "DEMO", "JOB_LEASE_SECONDS"),
    *(
        "DATABASE_LIMITS",
        "DATABASE_OWNER_URL",
        "LOG_FORMAT",
        "LOG_LEVEL",
        "METRICS_TOKEN",
        "MATCHING_CACHE",
        "PROCESS_ROLE",
        "REDIS_URL",
    ),
    *("SITE_NAME", "STATIC_ROOT", "TRUST_PROXY"),
    *(f"MATCHING_ENCODER{part}" for part in ("", "_URL", "_MODEL", "_KEY", "_FOLDER", "_TIMEOUT")),
]
FIXED = {
    "SECRET_KEY": "only-for-tests-and-long-enough-to-keep-every-check-quiet-0123456789",
    # Playwright runs an event loop in the thread of the test, which Django takes for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    # Compiled once for all runs of the tests, not once for each state folder.
    "NUMBA_CACHE_DIR": str(ROOT / ".pytest_cache" / "compiled"),
}
# Running all migrations takes many times longer than copying their result.
MIGRATED = ROOT / ".pytest_cache" / "migrated"
KEPT = 3


class Servers:
    """Servers of one run in a folder of their own, gone with it. The main database is the tests' template."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="talentlink-test-"))
        # Also when a test module, or a settings file, cannot even be read.
        atexit.register(self.end)
        self.given = {name: value for name, value in os.environ.items() if name not in FOREIGN} | FIXED
        self.state = State.open(self.given | {"TALENTLINK_STATE": str(self.folder)})
        self.supervisor = Supervisor(self.state.logs, ROOT, say=lambda line: None)
        ready_made = MIGRATED / stamps.of_migrations()
        if ready_made.exists():
            shutil.copytree(ready_made, self.state.postgres / "data")
        self.environ = self.start()
        if not ready_made.exists():
            self.migrate()
            # Copied while it stands still; every test database is made from it.
            self.supervisor.stop()
            self.keep(ready_made)
            self.environ = self.start()

    def start(self) -> dict[str, str]:
        """The tests are the owner, who may undo and forge, unless they say otherwise (tests.application)."""
        self.ground = BaseServers(self.state, self.given, for_tests=True)
        self.ground.start(self.supervisor)
        environ = for_django(self.state, self.given, self.ground.database_url, self.ground.redis_url)
        return environ | {"MEDIA_ROOT": str(self.folder / "media")}

    def migrate(self) -> None:
        """With both roles named, so that the application has its rights in every copy."""
        roles = {"DATABASE_URL": self.ground.application_url, "DATABASE_OWNER_URL": self.ground.database_url}
        command = [sys.executable, "manage.py", "migrate", "--noinput"]
        self.supervisor.run(Spec("migrate", command, self.environ | roles, death_signal=signal.SIGKILL))

    def keep(self, place: Path) -> None:
        """Save the migrated data folder for the next runs, and forget the oldest ones."""
        MIGRATED.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=MIGRATED)) / "data"
        shutil.copytree(self.state.postgres / "data", fresh)
        if not place.exists():
            fresh.rename(place)
        shutil.rmtree(fresh.parent)
        for old in sorted(MIGRATED.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def end(self) -> None:
        self.supervisor.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare() -> None:
    """Put the servers' addresses into the environment and load Django; only the run's first process starts any."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        # pytest-django gives each process a PostgreSQL database of its own; this does the same for Valkey.
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{number}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "talentlink.settings"
    else:
        try:
            environ = Servers().environ
        except Trouble as trouble:
            pytest.exit(f"{trouble.english}\n{trouble.chinese}", returncode=trouble.status)
        os.environ.clear()
        os.environ.update(environ)
    django.setup()
    # The addresses load the tables of the office; tests ask which there are before any page was asked.
    admin.site.take_tables()
    # A password takes a third of a second to store as it must be on a real site; tests make thousands of people.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]
