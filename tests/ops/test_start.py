"""bin/start and bin/manage as real processes with the real children, on states of their own."""

import os
import signal
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from supervisor.base_servers import plain
from supervisor.postgres import Postgres
from supervisor.roles import APPLICATION
from supervisor.state import ROOT, State, is_alive
from supervisor.supervisor import Supervisor
from supervisor.valkey import free_port
from tests.ops.running import Run, Started, descendants, pid_of
from tests.processes import eventually

pytestmark = pytest.mark.processes


def test_a_running_site(started: Started, run: Run) -> None:
    said = started.said().splitlines()
    assert f"READY http://127.0.0.1:{started.port}/" in said
    assert "bin/manage createoffice" in said[-1]
    assert started.answers()
    # The addresses hold a password.
    assert (started.state / "servers.json").stat().st_mode & 0o077 == 0

    second = run("start", state=started.state, PORT=str(free_port()))
    assert second.returncode == 1
    assert f"(process {started.process.pid}, http://127.0.0.1:{started.port}/)" in second.stderr
    assert "Traceback" not in second.stderr

    # bin/manage joins the servers that are up: it sees what they see, and leaves them up.
    question = "from django.db import connection; print(connection.cursor().connection.info.host)"
    beside = run("manage", "shell", "--no-imports", "-c", question, state=started.state)
    assert beside.stdout.strip() == str(State(started.state).sockets())
    assert started.answers()

    below = descendants(started.process.pid)
    assert len(below) > 8
    for name in ("gunicorn", "people@%h"):
        os.kill(pid_of(name, below), signal.SIGKILL)
    eventually(lambda: "web started again" in started.said() and "worker-people started again" in started.said())
    eventually(started.answers)

    below = descendants(started.process.pid)
    started.process.kill()
    eventually(lambda: not any(map(is_alive, below)), 10)


def ask(state: Path, question: str) -> list[tuple[Any, ...]]:
    """What the database of a running site answers its owner."""
    servers = State(state).servers()
    assert servers
    with closing(psycopg2.connect(servers.database_url)) as owner, owner.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def environ_of(pid: int) -> bytes:
    """The environment of a process; nothing of one that ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_web_worker_and_beat_are_the_application_and_do_not_know_the_owner(started: Started) -> None:
    roles = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'talentlink' AND pid <> pg_backend_pid()"
    eventually(lambda: started.answers() and ask(started.state, roles) == [(APPLICATION,)])
    environs = [environ_of(pid) for pid in descendants(started.process.pid)]
    of_django = [one for one in environs if b"DATABASE_URL=" in one]
    assert len(of_django) >= 6
    assert [one for one in of_django if b"DATABASE_OWNER_URL" in one or APPLICATION.encode() not in one] == []


WRITES = """
from django.db import connection
from accounts.models import District
from core.database_roles import may_change_history
District.objects.create(code="140591", name="九区", tile_x=91)
print(connection.cursor().connection.info.user, may_change_history(), District.events.rel.related_model.objects.count())
"""


def test_a_state_of_one_role_is_carried_over(migrated: Path, run: Run) -> None:
    """As releases before the two roles left it: everything is the owner's, and nobody else is there."""
    supervisor, server = Supervisor(migrated / "log", ROOT, say=lambda line: None), Postgres(State(migrated))
    server.prepare(plain(os.environ))
    supervisor.start(server.spec(plain(os.environ)))
    with closing(psycopg2.connect(server.url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {APPLICATION}; DROP ROLE {APPLICATION}")
        cursor.execute("GRANT ALL ON DATABASE talentlink TO PUBLIC")
    supervisor.stop()
    (migrated / "postgres" / "migrated").write_text("of the release before")
    done = run("manage", "migrate", state=migrated)
    assert done.returncode == 0, done.stderr
    done = run("manage", "shell", "--no-imports", "-c", WRITES, state=migrated)
    assert done.stdout.split() == [APPLICATION, "False", "1"], done.stderr


def test_a_site_stops_in_order_and_starts_again(started: Started) -> None:
    below = descendants(started.process.pid)
    secret = (started.state / "secret_key").read_text()
    started.process.terminate()
    assert started.process.wait(60) == 0
    assert started.said().splitlines()[-1].endswith("stopped")
    assert [pid for pid in below if is_alive(pid)] == []
    assert "database system is shut down" in (started.state / "log" / "postgres.log").read_text()

    again = Started(started.state)
    try:
        assert again.answers()
        assert "tables are ready" not in again.said()
        assert (started.state / "secret_key").read_text() == secret
    finally:
        again.process.terminate()
        again.process.wait(60)


def test_a_taken_port_is_told_before_anything_is_done(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run("start", state=tmp_path / "state", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0] == (
        f"error: port {port} cannot be used (Address already in use). Choose another: PORT=8001 bin/start"
    )
    assert not (tmp_path / "state" / "postgres" / "data").exists()


@pytest.mark.parametrize("port", ["web", "70000", "-1"])
def test_a_port_that_is_none(run: Run, tmp_path: Path, port: str) -> None:
    refused = run("start", state=tmp_path / "state", PORT=port)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0] == f"error: PORT={port} is not a port number (1-65535)."


def test_a_state_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for program in ("start", "manage"):
        refused = run(program, state=tmp_path / "file" / "state")
        assert refused.returncode == 1
        assert refused.stderr.startswith("error: the state folder")
        assert "Traceback" not in refused.stderr


def test_postgres_that_does_not_start_tells_its_own_reason(run: Run, migrated: Path) -> None:
    with (migrated / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = plenty\n")
    refused = run("start", "--empty", state=migrated, PORT=str(free_port()))
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: PostgreSQL did not start: ")
    assert 'FATAL:  configuration file "' in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (migrated / "servers.json").exists()


def test_manage_brings_its_own_servers_and_takes_them_away(run: Run, migrated: Path) -> None:
    done = run("manage", "shell", "--no-imports", "-c", "import sys; print(sys.argv); sys.exit(7)", state=migrated)
    assert done.returncode == 7
    assert done.stdout.strip() == str(
        [str(ROOT / "manage.py"), "shell", "--no-imports", "-c", "import sys; print(sys.argv); sys.exit(7)"]
    )
    assert not (migrated / "postgres" / "data" / "postmaster.pid").exists()
    assert not (migrated / "servers.json").exists()


def test_given_servers_are_used_and_none_is_embedded(run: Run, tmp_path: Path) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    nowhere = {"TALENTLINK_POSTGRES": "/nowhere", "TALENTLINK_VALKEY": "/nowhere"}
    question = "from django.conf import settings; print(settings.REDIS_URL)"
    done = run("manage", "shell", "--no-imports", "-c", question, state=tmp_path / "state", **given, **nowhere)
    assert (done.returncode, done.stdout.strip()) == (0, given["REDIS_URL"])
    assert not (tmp_path / "state" / "postgres" / "data").exists()


def test_a_given_database_that_does_not_answer(run: Run, tmp_path: Path) -> None:
    url = "postgresql://somebody:secret@127.0.0.1:1/nothing"
    refused = run(
        "start", state=tmp_path / "state", PORT=str(free_port()), DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0"
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: the database named by DATABASE_URL (on 127.0.0.1) does not answer:")
    assert "secret" not in refused.stderr
    assert "Traceback" not in refused.stderr
