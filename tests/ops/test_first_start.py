"""A first start that is cut short, and a database that a newer release has changed: real servers, real programs."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from supervisor import keep, newer
from supervisor.base_servers import BaseServers
from supervisor.release import release
from supervisor.start import Start, listen
from supervisor.state import ROOT, State
from supervisor.supervisor import Supervisor
from supervisor.trouble import Trouble
from supervisor.valkey import free_port
from talentlink.management.commands.migrate import unknown_migrations
from tests.ops.running import Run, Started, environ


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements, each in a transaction of its own; what the last one answers."""
    server = psycopg2.connect(url)
    server.autocommit = True
    with server.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        answer = list(cursor.fetchall()) if cursor.description else []
    server.close()
    return answer


class Site:
    """The servers of a state, up without anything over them."""

    def __init__(self, root: Path, **others: str) -> None:
        self.state = State.open({"TALENTLINK_STATE": str(root)})
        self.supervisor = Supervisor(self.state.logs, ROOT, say=lambda line: None)
        self.listener = listen("0")
        self.env = environ(root, **others)
        self.start = Start(self.state, self.env, self.supervisor, self.listener, empty=False)
        self.base: BaseServers = self.start.base
        self.base.start(self.supervisor)
        self.url = self.base.database_url

    def end(self) -> None:
        self.supervisor.stop()
        self.listener.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    up = Site(tmp_path / "state")
    execute(up.url, "CREATE TABLE accounts_user (id int)", "INSERT INTO accounts_user VALUES (1)")
    yield up
    up.end()


def note(site: Site, name: str, text: str) -> Path:
    path = site.state.database_facts / name
    keep.write(path, text)
    return path


@pytest.mark.processes
@pytest.mark.parametrize("text", ["embedded", ""], ids=["ours", "of an earlier release"])
def test_half_a_demo_of_ours_is_thrown_away(site: Site, text: str) -> None:
    unfinished, accounts = note(site, "demo-unfinished", text), note(site, "demo", "who can sign in")
    site.start.throw_half_a_demo_away()
    assert execute(site.url, "SELECT to_regclass('accounts_user') IS NULL") == [(True,)]
    assert (unfinished.exists(), accounts.exists()) == (False, False)


@pytest.mark.processes
@pytest.mark.parametrize("why", ["it tells of another database", "the first start was over"])
def test_a_note_of_half_a_demo_that_is_not_this_one_costs_nothing(site: Site, why: str) -> None:
    if why == "it tells of another database":
        note(site, "demo-unfinished", "db.example.org:5432/talentlink")
    else:
        note(site, "demo-unfinished", "embedded")
        note(site, "started", release())
    site.start.throw_half_a_demo_away()
    assert execute(site.url, "SELECT count(*) FROM accounts_user") == [(1,)]


@pytest.mark.processes
def test_half_a_demo_in_a_given_database_is_left_to_its_owner(site: Site, tmp_path: Path) -> None:
    given = Site(tmp_path / "other", DATABASE_URL=site.url, REDIS_URL=site.base.redis_url)
    unfinished = note(given, "demo-unfinished", given.base.whose())
    with pytest.raises(Trouble, match="the demo was interrupted half way in the database named by DATABASE_URL"):
        given.start.throw_half_a_demo_away()
    assert execute(site.url, "SELECT count(*) FROM accounts_user") == [(1,)]
    given.start.empty = True
    given.start.throw_half_a_demo_away()
    assert not unfinished.exists()
    given.end()


@pytest.mark.processes
def test_a_given_broker_that_does_not_answer_is_told_by_name(site: Site, tmp_path: Path, run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"redis://:secret@127.0.0.1:{taken.getsockname()[1]}/0"
        refused = run("start", state=tmp_path / "s", PORT=str(free_port()), DATABASE_URL=site.url, REDIS_URL=nobody)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: the server named by REDIS_URL (on 127.0.0.1) does not answer: ")
    assert ("secret" in refused.stderr, "Traceback" in refused.stderr) == (False, False)


@pytest.mark.long
@pytest.mark.processes
def test_a_start_killed_within_the_demo_is_made_up_for_by_the_next(migrated: Path) -> None:
    """A usual run does the same by `test_half_a_demo_of_ours_is_thrown_away`, without the demo."""
    command = [sys.executable, "-m", "supervisor", "start"]
    env = environ(migrated, PORT=str(free_port()))
    killed = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    said = iter(killed.stdout or ())
    assert any("the survey" in line for line in said)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    for _ in said:  # until the last child has closed it
        pass
    started = Started(migrated)
    try:
        assert "the first start was interrupted: its half of a demo is thrown away" in started.said()
        assert "No account yet." in started.said()
        assert (migrated / "postgres" / "started").read_text() == release()
    finally:
        started.process.terminate()
        started.process.wait(60)


# -- a newer release ------------------------------------------------------------------------------

FUTURE = "INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0999_of_the_future', now())"
NEW_APP = "INSERT INTO django_migrations (app, name, applied) VALUES ('parking', '0001_initial', now())"


@pytest.mark.processes
def test_a_database_of_a_newer_release_is_refused_by_name(run: Run, migrated: Path) -> None:
    site = Site(migrated)
    execute(site.url, FUTURE, NEW_APP, "COMMENT ON TABLE django_migrations IS 'TalentLink 9.9.9'")
    before = execute(site.url, "SELECT app, name FROM django_migrations ORDER BY 1, 2")
    site.end()
    refused = run("start", state=migrated, PORT=str(free_port()))
    assert refused.returncode == 1
    [english, chinese] = refused.stderr.splitlines()
    assert english == (
        f"error: this database was changed by release 9.9.9 of TalentLink; this is release {release()}, which does not "
        "know its migrations core.0999_of_the_future, parking.0001_initial. Nothing was changed. Start that release or "
        "a later one, or restore a backup made by this one."
    )
    assert chinese.startswith("错误：该数据库已被版本 9.9.9 的人才对接系统升级")
    by_hand = run("manage", "migrate", "--noinput", state=migrated)
    assert by_hand.returncode == 1
    assert "core.0999_of_the_future, parking.0001_initial" in by_hand.stderr
    site = Site(migrated)
    assert execute(site.url, "SELECT app, name FROM django_migrations ORDER BY 1, 2") == before
    assert execute(site.url, "SELECT count(*) FROM accounts_user") == [(0,)]
    site.end()


@pytest.mark.django_db
def test_what_was_replaced_is_known(capfd: pytest.CaptureFixture[str]) -> None:
    assert unknown_migrations(connection) == []
    recorder = MigrationRecorder(connection)
    for app, name in [("core", "0001_initial"), ("matching", "0004_strength_of_a_planned_pair")]:
        recorder.record_applied(app, name)
    assert unknown_migrations(connection) == []
    for number in range(7):
        recorder.record_applied("core", f"0{number}99_later")
    with pytest.raises(CommandError, match=r"core.0499_later and 2 more\. Nothing was changed\.") as told:
        call_command("migrate", "--noinput")
    assert "等 7 项" in str(told.value)


def test_the_fingerprint_of_what_is_applied_knows_no_order() -> None:
    assert newer.digest([("a", "1"), ("b", "2")]) == newer.digest([("b", "2"), ("a", "1"), ("a", "1")])
    assert newer.digest([("a", "1")]) != newer.digest([("a", "2")])
