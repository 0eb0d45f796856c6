"""The PostgreSQL and Valkey of one test run; each process of the run has a database in both."""

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

# Variables that the settings read; the values of a developer must not reach the tests.
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
    *("SITE_NAME", "STATIC_ROOT", "TRUST_PROXY", "TRUSTED_PROXIES"),
    *(
        f"OIDC_{part}"
        for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_SECRET_FILE", "LABEL", "USERNAME_CLAIM")
    ),
    *("SITE_NAME", "STATIC_ROOT", "TRUST_PROXY", "TRUSTED_PROXIES", "SESSION_IDLE", "SESSION_LONGEST"),
    *("SIGN_INS_AT_ONCE", "SIGN_INS_PER_MINUTE"),
    *(f"MATCHING_ENCODER{part}" for part in ("", "_URL", "_MODEL", "_KEY", "_FOLDER", "_TIMEOUT")),
]
FIXED = {
    # Tests of the second factor require it themselves.
    "SECOND_FACTOR": "",
    "SECRET_KEY": "only-for-tests-and-long-enough-to-keep-every-check-quiet-0123456789",
    # Tests sign in as people of factories, who are not asked for their consent; tests/privacy asks them.
    "ASK_CONSENT": "0",
    # Playwright runs an event loop in the thread of the test, so Django would take the test for asynchronous code.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    # One folder for all runs of the tests, so that the loops are not compiled again for each state folder.
    "NUMBA_CACHE_DIR": str(ROOT / ".pytest_cache" / "compiled"),
}
# Running all migrations takes many times longer than copying their result.
MIGRATED = ROOT / ".pytest_cache" / "migrated"
KEPT = 3


class Servers:
    """The servers of a run, in a folder that is deleted at its end; the main database is the template of tests."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="talentlink-test-"))
        # Registered here, so that the servers also stop if a test module or the settings cannot be imported.
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
            # The folder is copied while the server is stopped.
            self.supervisor.stop()
            self.keep(ready_made)
            self.environ = self.start()

    def start(self) -> dict[str, str]:
        """Start the servers; the tests have the owner's role, unless they take another one (tests.application)."""
        self.base = BaseServers(self.state, self.given, for_tests=True)
        self.base.start(self.supervisor)
        environ = for_django(self.state, self.given, self.base.database_url, self.base.redis_url)
        return environ | {"MEDIA_ROOT": str(self.folder / "media")}

    def migrate(self) -> None:
        """Run `migrate` with both roles, so that the application has its rights in every copy."""
        roles = {"DATABASE_URL": self.base.application_url, "DATABASE_OWNER_URL": self.base.database_url}
        command = [sys.executable, "manage.py", "migrate", "--noinput"]
        self.supervisor.run(Spec("migrate", command, self.environ | roles, death_signal=signal.SIGKILL))

    def keep(self, place: Path) -> None:
        """Save the migrated data folder for the next runs, and delete the oldest ones."""
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
    """Put the addresses of the servers into the environment and load Django; only the first process starts servers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        # pytest-django gives each process its own database in PostgreSQL; this does the same in Valkey.
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
    # A site registers the office's tables when it loads the addresses; tests use the tables before that.
    admin.site.take_tables()
    # On a real site it takes a third of a second to hash a password; tests make thousands of users.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]
